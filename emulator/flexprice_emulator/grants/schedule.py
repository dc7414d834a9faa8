"""When a grant gives its credits, and until when they live (wallets.md §10.6, §10.8). Pure.

Invariants: each period starts where the one before ended; a period that would end after the grant gives nothing;
credits expire after their period began, or never.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from flexprice_emulator.rating.decimals import multiply, round_places
from flexprice_emulator.rating.periods import add_billing_period, billing_periods, next_billing_date
from flexprice_emulator.rating.proration import coefficient

_CREDIT_PLACES = 8
_MAX_DEFERRAL_DOUBLINGS = 4
_FIRST_DEFERRAL = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class GrantTerms:
    """When a SUBSCRIPTION grant gives credits. `period` "" for ONETIME."""

    start_date: datetime
    anchor: datetime
    period: str = ""
    period_count: int = 1
    end_date: datetime | None = None
    timezone: str = ""


@dataclass(frozen=True, slots=True)
class GrantPeriod:
    """[start, end); end None for ONETIME, or where the calendar ends before the period does."""

    start: datetime
    end: datetime | None


@dataclass(frozen=True, slots=True)
class BillingCycle:
    """The subscription's periods, for credits that live until the end of theirs."""

    start_date: datetime
    anchor: datetime
    period: str
    period_count: int
    current_start: datetime
    current_end: datetime
    timezone: str = ""


def first_period(terms: GrantTerms) -> GrantPeriod:
    """From the start to the next boundary by the anchor; it counts even where it ends after the grant."""
    return GrantPeriod(terms.start_date, _boundary(terms, terms.start_date))


def following_period(terms: GrantTerms, previous: GrantPeriod) -> GrantPeriod | None:
    """The next one; None for ONETIME, and when it would end after the grant."""
    if previous.end is None:
        return None
    end = _boundary(terms, previous.end)
    if end is None or (terms.end_date is not None and end > terms.end_date):
        return None
    return GrantPeriod(previous.end, end)


def expiry_date(expiration_type: str, period_start: datetime, duration: int | None, unit: str, cycle: BillingCycle) -> datetime | None:
    """When credits of a period expire; None never. A date beyond the calendar is never, too."""
    try:
        if expiration_type == "DURATION":
            return _after(period_start, duration or 0, unit)
        if expiration_type == "BILLING_CYCLE":
            billed = billing_period_of(cycle, period_start)
            return billed.end if billed else None
    except (OverflowError, ValueError):
        return None
    return None


def billing_period_of(cycle: BillingCycle, moment: datetime) -> GrantPeriod | None:
    """The subscription's period that contains a moment; None before it started. Raises OverflowError beyond the calendar."""
    if cycle.current_start <= moment < cycle.current_end:
        return GrantPeriod(cycle.current_start, cycle.current_end)
    # One instant later, so that the period which begins at the moment is among them.
    until = moment + timedelta(microseconds=1)
    for start, _ in billing_periods(cycle.start_date, until, cycle.anchor, cycle.period, cycle.period_count, timezone=cycle.timezone):
        end = next_billing_date(start, cycle.anchor, cycle.period, cycle.period_count, timezone=cycle.timezone)
        if start <= moment < end:
            return GrantPeriod(start, end)
    return None


def prorated_credits(credits: Decimal, period_start: datetime, period_end: datetime, at: datetime) -> Decimal:
    """The share of a period that is left, by seconds, to 8 places: 100 from 20 Jan of a January is 38.70967742."""
    return round_places(multiply(credits, coefficient(period_start, period_end, at)), _CREDIT_PLACES)


def deferral(retry_count: int) -> timedelta:
    """How long an application waits for its subscription to become active: 30 min, doubled up to four times."""
    return _FIRST_DEFERRAL * (1 << min(retry_count, _MAX_DEFERRAL_DOUBLINGS))


def _boundary(terms: GrantTerms, start: datetime) -> datetime | None:
    if not terms.period:
        return None
    try:
        end = next_billing_date(start, terms.anchor, terms.period, terms.period_count, timezone=terms.timezone)
    except (OverflowError, ValueError):
        return None
    return end if end > start else None


def _after(start: datetime, duration: int, unit: str) -> datetime:
    if unit == "DAY":
        return start + timedelta(days=duration)
    if unit == "WEEK":
        return start + timedelta(weeks=duration)
    return add_billing_period(start, "MONTHLY" if unit == "MONTH" else "ANNUAL", duration)
