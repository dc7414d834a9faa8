from datetime import UTC, datetime
from typing import Any

import pytest

from flexprice_emulator.rating.metering.grid import bucket_starts


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("size", "start", "end", "starts"),
    [
        ("HOUR", "2024-03-01T00:30", "2024-03-01T02:00", ["2024-03-01T00:00", "2024-03-01T01:00"]),
        ("HOUR", "2024-03-01T00:00", "2024-03-01T01:00:01", ["2024-03-01T00:00", "2024-03-01T01:00"]),
        ("15MIN", "2024-03-01T00:20", "2024-03-01T00:45", ["2024-03-01T00:15", "2024-03-01T00:30"]),
        ("12HOUR", "2024-03-01T13:00", "2024-03-02T01:00", ["2024-03-01T12:00", "2024-03-02T00:00"]),
        ("DAY", "2024-02-28T10:00", "2024-03-01T00:00", ["2024-02-28T00:00", "2024-02-29T00:00"]),
        ("WEEK", "2024-03-06T00:00", "2024-03-12T00:00", ["2024-03-04T00:00", "2024-03-11T00:00"]),
        ("MONTH", "2024-11-15T00:00", "2025-01-02T00:00", ["2024-11-01T00:00", "2024-12-01T00:00", "2025-01-01T00:00"]),
        ("DAY", "2024-03-01T00:00", "2024-03-01T00:00", []),
    ],
)
def test_grid(size: Any, start: str, end: str, starts: list[str]) -> None:
    assert bucket_starts(size, at(start), at(end)) == [at(text) for text in starts]


def test_anchored_months_clamp_to_short_ones() -> None:
    anchor = at("2024-01-31")
    assert bucket_starts("MONTH", at("2024-02-10"), at("2024-05-01"), anchor=anchor) == [
        at("2024-01-31"),
        at("2024-02-29"),
        at("2024-03-31"),
        at("2024-04-30"),
    ]


def test_an_empty_span_within_a_bucket_has_no_bucket() -> None:
    moment = datetime(2024, 3, 10, 12, 30, tzinfo=UTC)
    assert [bucket_starts(size, moment, moment) for size in ("HOUR", "DAY", "WEEK", "MONTH")] == [[], [], [], []]
