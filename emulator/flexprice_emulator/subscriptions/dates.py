"""When a new subscription bills: its anchor, first period and trial (subscriptions.md §3.4-3.5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flexprice_emulator.catalog.tables import PriceRow
from flexprice_emulator.rating.periods import calendar_anchor, moved, next_billing_date
from flexprice_emulator.rating.pricing.model import ONETIME
from flexprice_emulator.wire.errors import ValidationError

_MILLISECOND = 1000


@dataclass(frozen=True, slots=True)
class Trial:
    """[start, end), UTC."""

    start: datetime
    end: datetime


def to_milliseconds(moment: datetime) -> datetime:
    """Cut, as start dates are."""
    return moment.replace(microsecond=moment.microsecond // _MILLISECOND * _MILLISECOND)


def anchor_of(start: datetime, billing_cycle: str, billing_period: str, timezone: str, wanted: datetime | None = None) -> datetime:
    """The billing anchor: the next calendar boundary, or the one asked for, or the start."""
    if billing_cycle == "calendar":
        return calendar_anchor(start, billing_period, timezone)
    return wanted or start


def first_period_end(
    start: datetime, anchor: datetime, billing_period: str, count: int, *, timezone: str, end_date: datetime | None
) -> datetime:
    """End of the period that begins at the start, cut at the subscription's end."""
    return next_billing_date(start, anchor, billing_period, count, timezone=timezone, subscription_end=end_date)


def trial_days(requested: int | None, prices: Sequence[PriceRow]) -> int:
    """Days asked for, or those all recurring FIXED prices agree on. Raises ValidationError where they disagree."""
    if requested is not None:
        return requested
    days = {price.trial_period_days for price in prices if price.type == "FIXED" and price.billing_period != ONETIME}
    if len(days) > 1:
        raise ValidationError(
            "All recurring fixed prices of the plan must have the same trial period, or pass trial_period_days",
            {"trial_period_days": sorted(days)},
        )
    return days.pop() if days else 0


def trial_window(start: datetime, days: int) -> Trial | None:
    """`days` days from the start; None without any."""
    return Trial(start, moved(start, days=days)) if days > 0 else None
