"""`POST /subscriptions/usage`: gross charges of a window (subscriptions.md §13.5)."""

from decimal import Decimal

from flexprice_client.models.base import ZERO_TIME
from flexprice_client.models.subscriptions import (
    GetUsageBySubscriptionRequest,
    GetUsageBySubscriptionResponse,
    SubscriptionUsageByMetersResponse,
)
from flexprice_emulator.catalog.expansion import rows_by_id
from flexprice_emulator.catalog.prices import present_prices
from flexprice_emulator.catalog.tables import PriceRow
from flexprice_emulator.events.usage import SqlUsage
from flexprice_emulator.rating.invoice.gross import usage_charges
from flexprice_emulator.rating.invoice.model import UsageCharges
from flexprice_emulator.rating.money import display_rounded
from flexprice_emulator.subscriptions.reads import get_row
from flexprice_emulator.subscriptions.tables import SubscriptionRow
from flexprice_emulator.subscriptions.terms import line_item_rows, rating_line_items, rating_subscription, usage_customers
from flexprice_emulator.wire.errors import ValidationError
from flexprice_emulator.workspace.context import Context


def subscription_usage(ctx: Context, request: GetUsageBySubscriptionRequest) -> GetUsageBySubscriptionResponse:
    """Usage and charges per line, no entitlement taken off. Raises NotFoundError, ValidationError for the window."""
    subscription = get_row(ctx, request.subscription_id)
    start = request.start_time or subscription.current_period_start
    end = request.end_time or subscription.current_period_end
    if request.lifetime_usage:
        start, end = ZERO_TIME, ctx.now
    if end < start:
        raise ValidationError("end_time must be after start_time", {"start_time": start, "end_time": end})
    items = rating_line_items(ctx, line_item_rows(ctx, [subscription.id]))
    customers = usage_customers(ctx, subscription, (start, end))
    source = SqlUsage(ctx)
    source.prefetch([item.meter for item in items if item.meter is not None], customers, start, end)
    found = usage_charges(rating_subscription(ctx, subscription), items, source, customers, start, end)
    return _response(ctx, subscription, found)


def _response(ctx: Context, subscription: SubscriptionRow, found: UsageCharges) -> GetUsageBySubscriptionResponse:
    rows = rows_by_id(ctx, PriceRow, (charge.line_item.price.id for charge in found.charges))
    prices = {price.id: price for price in present_prices(ctx, list(rows.values()))}
    currency = subscription.currency
    charges = []
    for charge in found.charges:
        item = charge.line_item
        meter = item.meter
        charges.append(
            SubscriptionUsageByMetersResponse.model_construct(
                subscription_line_item_id=item.id,
                amount=_number(charge.amount),
                currency=currency,
                display_amount=display_rounded(charge.amount, currency),
                quantity=_number(charge.quantity),
                filter_values={f.key: list(f.values) for f in meter.filters} if meter else {},
                meter_id=meter.id if meter else "",
                meter_display_name=item.meter_display_name,
                price=prices.get(item.price.id),
                is_overage=charge.is_overage,
                overage_factor=_number(charge.overage_factor) if charge.overage_factor is not None else None,
            )
        )
    return GetUsageBySubscriptionResponse.model_construct(
        amount=_number(found.amount),
        currency=currency,
        display_amount=display_rounded(found.amount, currency),
        start_time=found.start_time,
        end_time=found.end_time,
        charges=charges,
        commitment_amount=_number(subscription.commitment_amount or Decimal(0)),
        overage_factor=_number(subscription.overage_factor or Decimal(0)),
        commitment_utilized=_number(found.commitment_utilized),
        overage_amount=_number(found.overage_amount),
        has_overage=found.has_overage,
    )


def _number(value: Decimal) -> float:
    """A plain JSON number, as this one answer has them; whole ones without a fraction."""
    return int(value) if value == value.to_integral_value() else float(value)
