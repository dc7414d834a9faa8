"""Billing dates beyond the measured cases: odd units, changes of the clocks, other zones."""

from datetime import UTC, datetime

import pytest

from flexprice_emulator.rating.periods import (
    add_billing_period,
    billing_periods,
    calendar_anchor,
    next_billing_date,
    previous_billing_date,
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "anchor", "period", "unit", "following"),
    [
        ("2025-03-01T10:00", "2025-02-20T07:30", "DAILY", 2, "2025-03-03T07:30"),
        ("2025-03-03T00:00", "2025-03-03T00:00", "WEEKLY", 2, "2025-03-17T00:00"),
        ("2025-03-05T10:00", "2025-03-03T00:00", "WEEKLY", 3, "2025-03-24T00:00"),
        ("2025-03-05T10:00", "2025-03-15T00:00", "MONTHLY", 2, "2025-03-15T00:00"),
        ("2025-03-15T00:00", "2025-03-15T00:00", "MONTHLY", 2, "2025-05-15T00:00"),
        ("2025-03-05T10:00", "2025-06-30T00:00", "QUARTERLY", 1, "2025-06-30T00:00"),
        ("2025-11-30T00:00", "2025-08-31T00:00", "QUARTERLY", 1, "2026-02-28T00:00"),
        ("2025-03-05T10:00", "2025-10-01T00:00", "ANNUAL", 1, "2026-10-01T00:00"),
        ("2025-03-05T10:00", "2025-10-01T00:00", "ANNUAL", 2, "2027-10-01T00:00"),
    ],
)
def test_next_billing_date(start: str, anchor: str, period: str, unit: int, following: str) -> None:
    assert next_billing_date(at(start), at(anchor), period, unit) == at(following)


def test_fractions_of_a_second_of_the_anchor_do_not_carry_over() -> None:
    start = at("2026-11-22T05:39:41.844")
    assert next_billing_date(start, start, "MONTHLY") == at("2026-12-22T05:39:41")


def test_an_unknown_zone_is_utc() -> None:
    start = at("2025-01-31T18:30")
    assert next_billing_date(start, start, "MONTHLY", timezone="Mars/Olympus") == next_billing_date(start, start, "MONTHLY", timezone="UTC")


@pytest.mark.parametrize(
    ("zone", "anchor", "start", "following"),
    [
        # 02:30 does not exist: west of Greenwich an hour earlier, east of it an hour later.
        ("America/New_York", "2025-02-09T07:30", "2025-02-09T07:30", "2025-03-09T06:30"),
        ("Europe/Berlin", "2025-02-28T01:30", "2025-02-28T01:30", "2025-03-28T01:30"),
        # 02:30 exists twice in Berlin: the second one.
        ("Europe/Berlin", "2025-09-26T00:30", "2025-09-26T00:30", "2025-10-26T01:30"),
    ],
)
def test_the_clock_time_of_the_anchor_around_a_change_of_the_clocks(zone: str, anchor: str, start: str, following: str) -> None:
    assert next_billing_date(at(start), at(anchor), "MONTHLY", timezone=zone) == at(following)


@pytest.mark.parametrize(
    ("anchor", "period", "unit", "previous"),
    [
        ("2025-03-01T06:00", "DAILY", 3, "2025-02-26T06:00"),
        ("2025-03-10T00:00", "WEEKLY", 1, "2025-03-03T00:00"),
        ("2025-03-31T00:00", "MONTHLY", 1, "2025-02-28T00:00"),
        ("2025-01-01T00:00", "QUARTERLY", 2, "2024-07-01T00:00"),
        ("2024-02-29T00:00", "ANNUAL", 1, "2023-02-28T00:00"),
    ],
)
def test_previous_billing_date(anchor: str, period: str, unit: int, previous: str) -> None:
    assert previous_billing_date(at(anchor), period, unit) == at(previous)


@pytest.mark.parametrize(
    ("start", "period", "anchor"),
    [
        ("2025-03-10T00:00", "DAILY", "2025-03-11T00:00"),
        ("2025-03-10T00:00", "WEEKLY", "2025-03-17T00:00"),
        ("2025-03-31T00:00", "QUARTERLY", "2025-04-01T00:00"),
        ("2025-12-31T00:00", "HALF_YEARLY", "2026-01-01T00:00"),
        ("2025-01-01T00:00", "ANNUAL", "2026-01-01T00:00"),
    ],
)
def test_calendar_anchor_is_the_boundary_after_the_start(start: str, period: str, anchor: str) -> None:
    assert calendar_anchor(at(start), period) == at(anchor)


@pytest.mark.parametrize(
    ("start", "period", "count", "end"),
    [
        ("2025-01-31T05:00", "MONTHLY", 1, "2025-03-03T05:00"),
        ("2025-01-31T05:00", "ANNUAL", 1, "2026-01-31T05:00"),
        ("2024-02-29T05:00", "ANNUAL", 1, "2025-03-01T05:00"),
        ("2025-01-31T05:00", "WEEKLY", 2, "2025-02-14T05:00"),
        ("2025-01-31T05:00", "DAILY", 2, "2025-02-02T05:00"),
    ],
)
def test_adding_a_period_overflows_like_a_calendar(start: str, period: str, count: int, end: str) -> None:
    assert add_billing_period(at(start), period, count) == at(end)


def test_unknown_periods_are_refused() -> None:
    start = at("2025-01-01T00:00")
    for call in (
        lambda: next_billing_date(start, start, "ONETIME"),
        lambda: previous_billing_date(start, "ONETIME"),
        lambda: calendar_anchor(start, "FORTNIGHTLY"),
        lambda: add_billing_period(start, "ONETIME"),
    ):
        with pytest.raises(ValueError, match="invalid billing period"):
            call()


def test_a_unit_that_does_not_advance_ends_the_list() -> None:
    start = at("2025-01-01T00:00")
    assert list(billing_periods(start, at("2025-02-01T00:00"), start, "DAILY", 0)) == []
