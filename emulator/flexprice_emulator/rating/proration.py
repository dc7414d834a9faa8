"""Proration (rating.md §6.3-6.4, subscriptions.md §7): second-based, 16-place coefficients, each side rounded alone.

Periods come with their end already reduced by one second. Invariants: a date at or after the end gives 0; a
date before the start is not clamped, its coefficient exceeds 1; net is the sum of the rounded sides.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final, Literal

from flexprice_emulator.rating.decimals import ZERO, add, divide, multiply, round_currency, round_places, subtract
from flexprice_emulator.rating.periods import zone

ProrationAction = Literal["upgrade", "downgrade", "quantity_change", "add_item", "remove_item", "cancellation"]
ProrationStrategy = Literal["second_based", "day_based"]

_CREDITED: Final = frozenset({"upgrade", "downgrade", "quantity_change", "remove_item"})
_CHARGED: Final = frozenset({"add_item", "upgrade", "downgrade", "quantity_change"})
_ONE_SECOND: Final = timedelta(seconds=1)
_MICRO: Final = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class ProrationRequest:
    """One change of one line. `period_end` is the period's last second; prices are amounts per unit."""

    action: ProrationAction
    period_start: datetime
    period_end: datetime
    proration_date: datetime
    currency: str = "usd"
    proration_behavior: str = "create_prorations"
    strategy: ProrationStrategy = "second_based"
    timezone: str = ""
    pay_in_advance: bool = True
    old_quantity: Decimal = ZERO
    old_unit_price: Decimal = ZERO
    new_quantity: Decimal = ZERO
    new_unit_price: Decimal = ZERO
    original_amount_paid: Decimal | None = None
    previous_credits_issued: Decimal = ZERO
    cancellation_type: str = ""
    refund_eligible: bool = False


@dataclass(frozen=True, slots=True)
class ProrationResult:
    """Credits are negative. A side that comes to 0 is left out."""

    coefficient: Decimal
    credits: tuple[Decimal, ...]
    charges: tuple[Decimal, ...]
    net: Decimal


def seconds(span: timedelta) -> Decimal:
    """Exact seconds of a span, fractions included."""
    return multiply(Decimal(span // timedelta(microseconds=1)), _MICRO)


def last_second(period_end: datetime) -> datetime:
    """The end as proration counts it."""
    return period_end - _ONE_SECOND


def coefficient(start: datetime, end: datetime, at: datetime) -> Decimal:
    """Remaining share of [start, end] at `at`: seconds over seconds to 16 places, not below 0; 0 for an empty period."""
    total = seconds(end - start)
    return divide(max(seconds(end - at), ZERO), total) if total > ZERO else ZERO


def day_coefficient(start: datetime, end: datetime, at: datetime, timezone: str) -> Decimal:
    """(calendar days from `at` to the end + 1) / (days of the period + 1) in the zone."""
    tz = zone(timezone)
    first, last, day = (moment.astimezone(tz).date() for moment in (start, end, at))
    total = (last - first).days + 1
    return divide(Decimal(max((last - day).days + 1, 0)), Decimal(total)) if total > 0 else ZERO


def calculate_proration(request: ProrationRequest) -> ProrationResult | None:
    """Credit for what was paid and is not used, charge for what is new; None when the behavior is `none`."""
    if request.proration_behavior == "none":
        return None
    if request.strategy == "day_based":
        share = day_coefficient(request.period_start, request.period_end, request.proration_date, request.timezone)
    else:
        share = coefficient(request.period_start, request.period_end, request.proration_date)
    credit, charge = _credit(request, share), _charge(request, share)
    net = round_currency(add(credit, charge), request.currency)
    return ProrationResult(share, (credit,) if credit else (), (charge,) if charge else (), net)


def _credit(request: ProrationRequest, share: Decimal) -> Decimal:
    refunds = request.action == "cancellation" and request.cancellation_type == "immediate" and request.refund_eligible
    if not request.pay_in_advance or not (refunds or request.action in _CREDITED):
        return ZERO
    owed = multiply(request.old_unit_price, request.old_quantity, share)
    if request.action != "quantity_change":
        list_price = multiply(request.old_unit_price, request.old_quantity)
        paid = list_price if request.original_amount_paid is None else request.original_amount_paid
        owed = min(owed, paid, subtract(paid, request.previous_credits_issued))
    return -round_currency(max(owed, ZERO), request.currency)


def _charge(request: ProrationRequest, share: Decimal) -> Decimal:
    if request.action not in _CHARGED:
        return ZERO
    return round_currency(multiply(request.new_unit_price, request.new_quantity, share), request.currency)


def prorate_limit(limit: int, share: Decimal) -> int:
    """An entitlement's limit for part of a period, to the nearest whole unit (rating.md §4.3)."""
    return int(round_places(multiply(Decimal(limit), share), 0))
