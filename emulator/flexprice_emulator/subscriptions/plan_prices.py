"""Which prices of a plan or add-on become lines, and what those lines say (subscriptions.md §3.3)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from flexprice_emulator.catalog.prices import prices_of
from flexprice_emulator.catalog.tables import PriceRow
from flexprice_emulator.rating.decimals import ONE, ZERO
from flexprice_emulator.rating.pricing.model import ONETIME
from flexprice_emulator.subscriptions.kept import meter_names
from flexprice_emulator.subscriptions.tables import SubscriptionLineItemRow, SubscriptionRow
from flexprice_emulator.wire.errors import ValidationError
from flexprice_emulator.workspace.context import Context

# A one-time charge is active for a moment only.
ONETIME_SPAN = timedelta(seconds=1)
_MONTHS = {"MONTHLY": 1, "QUARTERLY": 3, "HALF_YEARLY": 6, "ANNUAL": 12}
_DAYS = {"DAILY": 1, "WEEKLY": 7}


def plan_prices(ctx: Context, plan_id: str, currency: str, billing_period: str, count: int) -> list[PriceRow]:
    """Running prices of the period (or one-time) in the currency, newest first. Raises ValidationError where none fits."""
    details = {"entity_id": plan_id, "entity_type": "PLAN"}
    of_period = [
        price for price in prices_of(ctx, "PLAN", [plan_id], active_at=ctx.now) if price.billing_period in (billing_period, ONETIME)
    ]
    if not of_period:
        raise ValidationError("The entity must have at least one price to create a subscription", details)
    fitting = [
        price
        for price in of_period
        if price.currency == currency and (price.billing_period == ONETIME or price.billing_period_count == count)
    ]
    if not fitting:
        raise ValidationError("No prices match the subscription criteria", details)
    return fitting


def addon_prices(ctx: Context, addon_id: str, subscription: SubscriptionRow) -> list[PriceRow]:
    """An add-on's running prices in the currency; their period may be a multiple of the subscription's."""
    details = {"entity_id": addon_id, "entity_type": "ADDON"}
    running = prices_of(ctx, "ADDON", [addon_id], active_at=ctx.now)
    if not running:
        raise ValidationError("The entity must have at least one price to create a subscription", details)
    fitting = [price for price in running if price.currency == subscription.currency and _fits(price, subscription)]
    if not fitting:
        raise ValidationError("No prices match the subscription criteria", details)
    return fitting


def default_quantity(price: PriceRow) -> Decimal:
    """0 for usage; else the price's minimum, or 1."""
    if price.type == "USAGE":
        return ZERO
    return price.min_quantity if price.min_quantity else ONE


def line_from_price(
    ctx: Context, subscription: SubscriptionRow, price: PriceRow, *, start: datetime, end: datetime | None, **fields: Any
) -> SubscriptionLineItemRow:
    """A line for a price from max(start, the price's start) on; not yet stored."""
    begins = max(start, price.start_date) if price.start_date else start
    if price.billing_period == ONETIME:
        end = begins + ONETIME_SPAN
    values: dict[str, Any] = {
        "quantity": default_quantity(price),
        "display_name": price.display_name,
        "billing_period_count": price.billing_period_count,
        "meter_display_name": "",
        **fields,
    }
    return SubscriptionLineItemRow(
        id=ctx.new_id("subs_line"),
        subscription_id=subscription.id,
        customer_id=subscription.customer_id,
        price_id=price.id,
        price_type=price.type,
        meter_id=price.meter_id,
        price_unit_id=price.price_unit_id or None,
        price_unit=price.price_unit or None,
        currency=subscription.currency,
        billing_period=price.billing_period,
        invoice_cadence=price.invoice_cadence,
        start_date=begins,
        end_date=end,
        **values,
        **ctx.stamp(),
    )


def name_meters(ctx: Context, lines: Sequence[SubscriptionLineItemRow]) -> None:
    """Fill the meters' names in."""
    held = meter_names(ctx, (line.meter_id for line in lines))
    for line in lines:
        if line.meter_id in held:
            line.meter_display_name = held[line.meter_id]


def _fits(price: PriceRow, subscription: SubscriptionRow) -> bool:
    """Whether a price's period is the subscription's or a whole multiple of it."""
    if price.billing_period == ONETIME:
        return True
    for units in (_MONTHS, _DAYS):
        if price.billing_period in units and subscription.billing_period in units:
            own = units[subscription.billing_period] * subscription.billing_period_count
            return units[price.billing_period] * price.billing_period_count % own == 0
    return False
