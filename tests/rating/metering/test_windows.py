from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from flexprice_emulator.rating.metering.windows import anchor_day, bucket_end, bucket_start, window_size_or_day, zone

NEW_YORK = "America/New_York"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("size", "instant", "zone_name", "start", "end"),
    [
        ("MINUTE", "2024-03-06T10:07:59.5Z", "Asia/Kolkata", "2024-03-06T10:07:00+00:00", "2024-03-06T10:08:00+00:00"),
        ("30MIN", "2024-03-10T06:59:59Z", NEW_YORK, "2024-03-10T01:30:00-05:00", "2024-03-10T03:00:00-04:00"),
        ("HOUR", "2024-11-03T06:30:00Z", NEW_YORK, "2024-11-03T01:00:00-05:00", "2024-11-03T02:00:00-05:00"),
        ("3HOUR", "2024-03-10T06:59:59Z", NEW_YORK, "2024-03-10T00:00:00-05:00", "2024-03-10T03:00:00-04:00"),
        ("12HOUR", "2024-03-10T18:30:00Z", NEW_YORK, "2024-03-10T12:00:00-04:00", "2024-03-11T00:00:00-04:00"),
        ("DAY", "2024-03-10T18:30:00Z", "Asia/Kolkata", "2024-03-11T00:00:00+05:30", "2024-03-12T00:00:00+05:30"),
        ("DAY", "2024-03-31T12:00:00Z", "Asia/Beirut", "2024-03-31T01:00:00+03:00", "2024-04-01T00:00:00+03:00"),
        ("WEEK", "2024-03-10T03:59:59Z", NEW_YORK, "2024-03-03T00:00:00+00:00", "2024-03-10T00:00:00+00:00"),
        ("WEEK", "2024-03-10T00:00:00Z", "UTC", "2024-03-10T00:00:00+00:00", "2024-03-17T00:00:00+00:00"),
        ("MONTH", "2024-12-31T20:00:00Z", "Asia/Kolkata", "2025-01-01T00:00:00+00:00", "2025-02-01T00:00:00+00:00"),
    ],
)
def test_windows(size: Any, instant: str, zone_name: str, start: str, end: str) -> None:
    timezone = zone(zone_name)
    assert bucket_start(size, at(instant), timezone).isoformat() == start
    assert bucket_end(size, at(instant), timezone).isoformat() == end


@pytest.mark.parametrize(
    ("instant", "start", "end"),
    [
        ("2024-02-15T00:00:00Z", "2024-01-31", "2024-03-02"),
        ("2024-03-02T10:00:00Z", "2024-03-02", "2024-03-31"),
        ("2024-05-01T00:00:00Z", "2024-05-01", "2024-05-31"),
    ],
)
def test_months_anchored_on_the_31st_are_uneven(instant: str, start: str, end: str) -> None:
    anchor = at("2024-01-31T10:00:00Z")
    assert bucket_start("MONTH", at(instant), anchor=anchor).date().isoformat() == start
    assert bucket_end("MONTH", at(instant), anchor=anchor).date().isoformat() == end


def test_the_anchor_counts_by_its_day_in_utc() -> None:
    assert anchor_day(at("2024-01-31T23:30:00-05:00")) == 1
    assert anchor_day(None) == 1


def test_an_unknown_zone_is_utc() -> None:
    assert zone("Mars/Olympus") is zone("") is zone("../etc") is UTC
    assert zone("Asia/Kolkata") == ZoneInfo("Asia/Kolkata")


def test_an_unknown_window_size_is_a_day() -> None:
    assert window_size_or_day("FORTNIGHT") == "DAY"
    assert window_size_or_day("3HOUR") == "3HOUR"
