"""Dates that no calendar has: one named error, whatever the period, its count and the zone."""

from datetime import UTC, date, datetime
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexprice_emulator.rating import periods
from flexprice_emulator.rating.periods import (
    BeyondCalendar,
    add_billing_period,
    calendar_anchor,
    next_billing_date,
    previous_billing_date,
)

PERIODS = st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "QUARTERLY", "HALF_YEARLY", "ANNUAL"])
COUNTS = st.sampled_from([1, 2, 12, 10_000, 2**31 - 1, 2**63 - 1]) | st.integers(1, 10**6)
MOMENTS = st.datetimes(timezones=st.just(UTC)) | st.sampled_from(
    [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC), datetime(9999, 11, 30, 12, tzinfo=UTC)]
)
ZONES = st.sampled_from(["", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kathmandu"])


@given(start=MOMENTS, anchor=MOMENTS, period=PERIODS, count=COUNTS, timezone=ZONES, end=MOMENTS)
def test_dates_are_in_the_calendar_or_refused(
    start: datetime, anchor: datetime, period: str, count: int, timezone: str, end: datetime
) -> None:
    for reckon in (
        lambda: next_billing_date(start, anchor, period, count, timezone=timezone),
        lambda: previous_billing_date(anchor, "MONTHLY" if period == "WEEKLY" else period, count, timezone=timezone),
        lambda: calendar_anchor(start, period, timezone),
        lambda: add_billing_period(start, period, count),
    ):
        try:
            found = reckon()
        except BeyondCalendar:
            continue
        assert found.tzinfo is not None


@given(start=MOMENTS, period=PERIODS, count=COUNTS)
def test_a_subscription_that_ends_in_the_calendar_has_periods_in_it(start: datetime, period: str, count: int) -> None:
    end = datetime(9999, 12, 31, tzinfo=UTC)
    assert next_billing_date(start, start, period, count, subscription_end=end) <= end


@pytest.mark.parametrize(("period", "unit"), [("DAILY", 1), ("WEEKLY", 1), ("MONTHLY", 2), ("QUARTERLY", 1), ("ANNUAL", 1)])
@given(day=st.dates(date(2000, 1, 1), date(2004, 12, 31)), anchor_day=st.integers(1, 31), count=st.integers(1, 40))
def test_many_periods_end_where_one_after_the_other_does(period: str, unit: int, day: date, anchor_day: int, count: int) -> None:
    start, anchor = datetime(day.year, day.month, day.day, 7, tzinfo=UTC), datetime(2000, 1, anchor_day, 5, tzinfo=UTC)
    end = start
    for _ in range(count):
        end = next_billing_date(end, anchor, period, unit)
    for steps in (1, 3, 10_000):
        with mock.patch.object(periods, "_STEPS", steps):
            assert periods.billing_date_after(start, anchor, period, unit, count) == end


def test_the_error_says_so() -> None:
    with pytest.raises(BeyondCalendar, match="beyond the calendar"):
        next_billing_date(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC), "ANNUAL", 8000)
