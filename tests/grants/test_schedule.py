"""When grants give their credits, and until when those live (wallets.md §10.6, §10.8)."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from flexprice_emulator.grants.schedule import (
    BillingCycle,
    GrantPeriod,
    GrantTerms,
    deferral,
    expiry_date,
    first_period,
    following_period,
    prorated_credits,
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


CYCLE = BillingCycle(at("2026-01-10"), at("2026-01-10"), "MONTHLY", 1, at("2026-03-10"), at("2026-04-10"))


def starts(terms: GrantTerms, count: int) -> list[str]:
    period: GrantPeriod | None = first_period(terms)
    found = []
    while period is not None and len(found) < count:
        found.append(period.start.date().isoformat())
        period = following_period(terms, period)
    return found


def test_day_of_the_anchor_returns_after_short_months() -> None:
    terms = GrantTerms(at("2026-01-31"), at("2026-01-31"), "MONTHLY")
    assert starts(terms, 4) == ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]


def test_first_period_ends_at_the_anchor() -> None:
    terms = GrantTerms(at("2026-01-20"), at("2026-01-25"), "MONTHLY")
    assert starts(terms, 3) == ["2026-01-20", "2026-01-25", "2026-02-25"]


@pytest.mark.parametrize(
    ("period", "count", "second"),
    [
        ("DAILY", 3, "2026-01-04"),
        ("WEEKLY", 2, "2026-01-15"),
        ("QUARTERLY", 1, "2026-04-01"),
        ("HALF_YEARLY", 1, "2026-07-01"),
        ("ANNUAL", 1, "2027-01-01"),
    ],
)
def test_periods_of_every_length(period: str, count: int, second: str) -> None:
    assert starts(GrantTerms(at("2026-01-01"), at("2026-01-01"), period, count), 2) == ["2026-01-01", second]


def test_partial_last_period_gives_nothing() -> None:
    terms = GrantTerms(at("2026-01-01"), at("2026-01-01"), "MONTHLY", end_date=at("2026-03-15"))
    assert starts(terms, 9) == ["2026-01-01", "2026-02-01"]


def test_one_time_grant_has_no_period() -> None:
    terms = GrantTerms(at("2026-01-01"), at("2026-01-01"))
    assert first_period(terms) == GrantPeriod(at("2026-01-01"), None)
    assert starts(terms, 2) == ["2026-01-01"]


def test_periods_beyond_the_calendar_are_the_last() -> None:
    terms = GrantTerms(at("2026-01-01"), at("2026-01-01"), "ANNUAL", 9000)
    assert first_period(terms) == GrantPeriod(at("2026-01-01"), None)


@pytest.mark.parametrize(
    ("duration", "unit", "expiry"),
    [
        (45, "DAY", "2026-03-17"),
        (2, "WEEK", "2026-02-14"),
        (1, "MONTH", "2026-03-03"),
        (1, "YEAR", "2027-01-31"),
    ],
)
def test_durations_count_from_the_period_and_overflow(duration: int, unit: str, expiry: str) -> None:
    assert expiry_date("DURATION", at("2026-01-31"), duration, unit, CYCLE) == at(expiry)


def test_leap_day_plus_a_year_is_the_first_of_march() -> None:
    assert expiry_date("DURATION", at("2028-02-29"), 1, "YEAR", CYCLE) == at("2029-03-01")


def test_durations_beyond_the_calendar_never_end() -> None:
    for unit in ("DAY", "WEEK", "MONTH", "YEAR"):
        assert expiry_date("DURATION", at("2026-01-31"), 2**31 - 1, unit, CYCLE) is None


def test_billing_cycle_is_the_subscription_period_of_the_start() -> None:
    def ends(start: str) -> datetime | None:
        return expiry_date("BILLING_CYCLE", at(start), None, "", CYCLE)

    assert ends("2026-03-10") == ends("2026-04-09") == at("2026-04-10")
    assert ends("2026-01-10") == at("2026-02-10")
    assert ends("2026-04-10") == at("2026-05-10")
    assert ends("2026-01-09") is None


def test_never_is_never() -> None:
    assert expiry_date("NEVER", at("2026-01-31"), 3, "DAY", CYCLE) is None


def test_share_of_a_period_is_by_seconds_to_eight_places() -> None:
    assert prorated_credits(Decimal(100), at("2025-01-01"), at("2025-02-01"), at("2025-01-20")) == Decimal("38.70967742")
    assert prorated_credits(Decimal(100), at("2025-01-01"), at("2025-02-01"), at("2025-01-01")) == Decimal(100)


def test_deferrals_double_four_times() -> None:
    assert [deferral(count) // timedelta(minutes=30) for count in range(7)] == [1, 2, 4, 8, 16, 16, 16]
