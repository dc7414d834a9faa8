"""Which fixed lines a window bills."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from flexprice_emulator.rating.invoice.fixed import has_mixed_periods
from flexprice_emulator.rating.invoice.windows import next_period, window_of


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "found"),
    [("2025-03-01", True), ("2025-03-31T23:59:59", True), ("2025-04-01", False), ("2025-02-28T23:59:59", False)],
)
def test_a_one_time_line_is_billed_where_it_starts(billing: Any, start: str, found: bool) -> None:
    line = billing.fixed("setup", "99", start=at(start), period="ONETIME", end_date=at(start) + timedelta(seconds=1))
    window = window_of(billing.subscription(), line, (billing.start, billing.end))
    assert (window is not None) == found
    if window is not None:
        assert (window.start, window.end) == (at(start), at(start) + timedelta(seconds=1))


@pytest.mark.parametrize(
    ("cadence", "start", "period"),
    [
        ("ADVANCE", "2024-12-01T10:00:00.500", ("2025-03-01T10:00:00", "2025-06-01T10:00:00")),
        ("ADVANCE", "2025-01-01", None),
        ("ARREAR", "2024-12-01", None),
        ("ARREAR", "2024-10-01", ("2025-01-01", "2025-04-01")),
        ("ARREAR", "2024-12-15", ("2024-12-15", "2025-03-15")),
        ("ADVANCE", "2025-04-01", None),
    ],
)
def test_a_quarterly_line_on_a_monthly_subscription(billing: Any, cadence: str, start: str, period: tuple[str, str] | None) -> None:
    window = window_of(
        billing.subscription(), billing.fixed("q", "90", cadence, at(start), period="QUARTERLY"), (billing.start, billing.end)
    )
    assert (None if window is None else (window.start, window.end)) == (None if period is None else (at(period[0]), at(period[1])))


def test_a_longer_line_that_has_ended_is_not_billed(billing: Any) -> None:
    line = billing.fixed("q", "90", start=at("2024-12-01"), period="QUARTERLY", end_date=at("2025-02-01"))
    assert window_of(billing.subscription(), line, (billing.start, billing.end)) is None


def test_a_count_makes_a_cadence_longer(billing: Any) -> None:
    line = billing.fixed("two", "90", start=at("2025-02-01"), count=2)
    assert window_of(billing.subscription(), line, (billing.start, billing.end)) is None
    assert window_of(billing.subscription(), line, (billing.end, at("2025-05-01"))) is not None


def test_the_next_period_ends_with_the_subscription(billing: Any) -> None:
    subscription = billing.subscription(end_date=at("2025-04-10"))
    assert next_period(subscription, billing.end) == (billing.end, at("2025-04-10"))
    assert next_period(subscription, at("2025-04-10")) is None


def test_a_grouped_subscription_has_the_periods_of_the_one_it_follows(billing: Any) -> None:
    leader = billing.subscription(timezone="America/New_York", end_date=at("2025-04-10"))
    following = at("2025-04-28T23:00")
    assert next_period(billing.subscription(), at("2025-04-01"), follows=leader) == (at("2025-04-01"), following)
    assert next_period(billing.subscription(end_date=at("2025-04-20")), at("2025-04-01"), follows=leader) == (
        at("2025-04-01"),
        at("2025-04-20"),
    )
    assert next_period(billing.subscription(end_date=at("2025-04-01")), at("2025-04-01"), follows=leader) is None


def test_one_time_lines_do_not_mix_periods(billing: Any) -> None:
    monthly, setup = billing.fixed("a", "1"), billing.fixed("b", "1", period="ONETIME")
    assert not has_mixed_periods([monthly, setup])
    assert has_mixed_periods([monthly, billing.fixed("c", "1", period="ANNUAL")])
