"""Invariants of grants/schedule.py, for any grant."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from flexprice_emulator.grants.rules import DURATION_UNITS, PERIODS
from flexprice_emulator.grants.schedule import BillingCycle, GrantTerms, expiry_date, first_period, following_period, prorated_credits
from flexprice_emulator.rating.periods import next_billing_date

moments = st.integers(0, 11 * 366 * 86400).map(lambda seconds: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds))
zones = st.sampled_from(["", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Apia"])
recurring = st.builds(
    lambda start, period, count, end, zone: GrantTerms(start, start, period, count, end, zone),
    moments,
    st.sampled_from(PERIODS),
    st.integers(1, 14),
    st.none() | moments,
    zones,
)


@given(recurring)
def test_periods_follow_one_another_and_none_ends_after_the_grant(terms: GrantTerms) -> None:
    period = first_period(terms)
    assert period.start == terms.start_date
    for _ in range(30):
        assert period.end is not None
        assert period.end > period.start
        following = following_period(terms, period)
        if following is None:
            assert terms.end_date is not None
            break
        assert following.start == period.end
        assert terms.end_date is None or (following.end is not None and following.end <= terms.end_date)
        period = following


@given(recurring, st.integers(1, 60), st.sampled_from(DURATION_UNITS))
def test_credits_expire_after_their_period_began_or_never(terms: GrantTerms, duration: int, unit: str) -> None:
    start = terms.start_date
    end = next_billing_date(start, terms.anchor, terms.period, terms.period_count, timezone=terms.timezone)
    cycle = BillingCycle(start, terms.anchor, terms.period, terms.period_count, start, end, terms.timezone)
    for kind in ("DURATION", "BILLING_CYCLE"):
        expiry = expiry_date(kind, start, duration, unit, cycle)
        assert expiry is not None
        assert expiry > start
    assert expiry_date("NEVER", start, duration, unit, cycle) is None


@given(moments, st.integers(0, 400), st.integers(1, 400))
def test_billing_cycle_expiry_is_the_end_of_one_of_the_subscription_periods(start: datetime, offset: int, days: int) -> None:
    """Whatever the current period is, a period's credits end with the period that contains their start."""
    ends, moment = [], start
    for _ in range(30):
        moment = next_billing_date(moment, start, "MONTHLY")
        ends.append(moment)
    given_at = start + (ends[-2] - start) * offset / 400
    current = BillingCycle(start, start, "MONTHLY", 1, start, ends[0])
    later = BillingCycle(start, start, "MONTHLY", 1, ends[days % 28], ends[days % 28 + 1])
    expected = next(end for end in ends if given_at < end)
    assert expiry_date("BILLING_CYCLE", given_at, None, "", current) == expected
    assert expiry_date("BILLING_CYCLE", given_at, None, "", later) == expected


@given(st.decimals("0.00000001", 10**9, places=8), moments, st.integers(1, 366 * 86400), st.integers(0, 366 * 86400))
def test_prorated_credits_are_a_part_of_the_whole(credits_: Decimal, start: datetime, length: int, passed: int) -> None:
    end = datetime.fromtimestamp(start.timestamp() + length, UTC)
    at = datetime.fromtimestamp(start.timestamp() + min(passed, length), UTC)
    share = prorated_credits(credits_, start, end, at)
    assert 0 <= share <= credits_
    assert -int(share.as_tuple().exponent) <= 8
