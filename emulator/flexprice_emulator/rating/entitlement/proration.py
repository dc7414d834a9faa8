"""Limits of a short first period (rating.md §4.3): second-based, the period end not reduced by a second."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from flexprice_emulator.rating.periods import previous_billing_date
from flexprice_emulator.rating.proration import coefficient, prorate_limit


@dataclass(frozen=True, slots=True)
class ProratedLimit:
    """`limit` for the current period and the share that gave it."""

    coefficient: Decimal
    limit: int


def prorated_entitlement(
    limit: int,
    *,
    billing_cycle: str,
    billing_anchor: datetime,
    billing_period: str,
    period_start: datetime,
    period_end: datetime,
    proration_date: datetime,
    billing_period_count: int = 1,
    timezone: str = "",
) -> ProratedLimit:
    """Share of the full period that [proration_date, period_end) is; calendar cycles count from the previous boundary."""
    start = period_start
    if billing_cycle == "calendar":
        start = previous_billing_date(billing_anchor, billing_period, billing_period_count, timezone=timezone)
    share = coefficient(start, period_end, proration_date)
    return ProratedLimit(share, prorate_limit(limit, share))
