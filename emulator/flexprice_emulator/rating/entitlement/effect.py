"""What an entitlement takes off a usage charge's quantity (rating.md §4.2).

Invariants: unlimited bills nothing; a limit of 0 takes nothing off; soft and hard limits cost the same; the
first matching rule decides: reset = billing period, DAILY, MONTHLY, NEVER, anything else like the first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from flexprice_emulator.rating.decimals import ZERO, add, subtract
from flexprice_emulator.rating.derivation import EntitlementStep, WindowExcess
from flexprice_emulator.rating.entitlement.model import AggregatedEntitlement
from flexprice_emulator.rating.metering.model import Meter
from flexprice_emulator.rating.usage import UsageSource


@dataclass(frozen=True, slots=True)
class UsageWindow:
    """Where the charge's usage was read, and the subscription's dates that reset rules count from."""

    meter: Meter
    usage: UsageSource
    customers: Sequence[str]
    start: datetime
    end: datetime
    subscription_start: datetime
    billing_anchor: datetime
    billing_period: str


def entitlement_step(entitlement: AggregatedEntitlement, gross: Decimal, window: UsageWindow) -> EntitlementStep:
    """Billable quantity of a charge of `gross` units. Day and month windows are UTC, clipped to the charge's."""
    limit, reset = entitlement.usage_limit, entitlement.usage_reset_period
    if limit is None:
        return EntitlementStep(None, reset, "unlimited", gross, ZERO)
    if window.meter.is_bucketed or reset == window.billing_period:
        return EntitlementStep(limit, reset, "period", gross, _above(gross, limit))
    if reset == "DAILY":
        return _per_window(limit, reset, gross, window, "DAY")
    if reset == "MONTHLY":
        return _per_window(limit, reset, gross, window, "MONTH")
    if reset == "NEVER":
        return _never(limit, gross, window)
    return EntitlementStep(limit, reset, "period", gross, _above(gross, limit))


def _per_window(limit: int, reset: str, gross: Decimal, window: UsageWindow, size: Literal["DAY", "MONTH"]) -> EntitlementStep:
    anchor = window.billing_anchor if size == "MONTH" else None
    used = window.usage.windows(window.meter, window.customers, window.start, window.end, size, anchor=anchor)
    windows = tuple(WindowExcess(part.start, part.value, _above(part.value, limit)) for part in used)
    billable = add(*(part.excess for part in windows))
    return EntitlementStep(limit, reset, "day" if size == "DAY" else "month", gross, billable, windows)


def _never(limit: int, gross: Decimal, window: UsageWindow) -> EntitlementStep:
    """Earlier usage is subtracted, not earlier allowance: the limit is granted again in every period."""
    since = window.subscription_start
    total = window.usage.total(window.meter, window.customers, since, window.end).quantity
    before = window.usage.total(window.meter, window.customers, since, window.start).quantity if since < window.start else ZERO
    billable = _above(subtract(total, before), limit)
    return EntitlementStep(limit, "NEVER", "never", gross, billable, since_start=total, before_period=before)


def _above(quantity: Decimal, limit: int) -> Decimal:
    return max(subtract(quantity, Decimal(limit)), ZERO)
