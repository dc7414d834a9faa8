"""ISO 8601 durations (control/duration.py)."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexprice_emulator.control.duration import Duration

START = datetime(2026, 1, 31, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("P1M", datetime(2026, 2, 28, 12, tzinfo=UTC)),
        ("P1M1D", datetime(2026, 3, 1, 12, tzinfo=UTC)),
        ("P2Y1M", datetime(2028, 2, 29, 12, tzinfo=UTC)),
        ("P11M", datetime(2026, 12, 31, 12, tzinfo=UTC)),
        ("P2W", datetime(2026, 2, 14, 12, tzinfo=UTC)),
        ("P1DT12H", datetime(2026, 2, 2, tzinfo=UTC)),
        ("PT30M", datetime(2026, 1, 31, 12, 30, tzinfo=UTC)),
        ("PT0.25S", datetime(2026, 1, 31, 12, 0, 0, 250_000, tzinfo=UTC)),
        ("P0D", START),
    ],
)
def test_what_a_duration_adds(text: str, after: datetime) -> None:
    assert Duration.parse(text).after(START) == after


@pytest.mark.parametrize(
    "text", ["", "P", "PT", "P1", "1M", "-P1D", "P-1D", "P1H", "PT1D", "P1DT", "p1m", "P1.5M", "PT1.1234567S", 5, None, "P١D"]
)
def test_what_is_no_duration_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match="give one such as P1M"):
        Duration.parse(text)


def test_beyond_the_calendar_is_an_overflow() -> None:
    for text in ("P9999Y", "P9999999D"):
        with pytest.raises(OverflowError):
            Duration.parse(text).after(START)


@given(st.integers(0, 1000), st.integers(0, 23), st.integers(0, 59), st.integers(0, 59))
def test_without_months_it_is_a_span(days: int, hours: int, minutes: int, seconds: int) -> None:
    span = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    assert Duration.parse(f"P{days}DT{hours}H{minutes}M{seconds}S").after(START) == START + span
