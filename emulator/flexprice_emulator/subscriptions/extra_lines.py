"""Lines beyond the plan's: a stored price, or one made for the subscription (subscriptions.md §11.4)."""

from decimal import Decimal

from flexprice_client.models.prices import CreatePriceRequest
from flexprice_client.models.subscription_line_items import (
    CreateSubscriptionLineItemRequest,
    LineItemCommitmentConfig,
    SubscriptionPriceCreateRequest,
)
from flexprice_emulator.catalog import prices as stored_prices
from flexprice_emulator.catalog.tables import PriceRow
from flexprice_emulator.rating.decimals import ZERO
from flexprice_emulator.rating.pricing.model import ONETIME
from flexprice_emulator.subscriptions.commitments import set_commitment
from flexprice_emulator.subscriptions.plan_prices import default_quantity, line_from_price, name_meters
from flexprice_emulator.subscriptions.tables import SubscriptionLineItemRow, SubscriptionRow
from flexprice_emulator.subscriptions.validation import check_commitment, check_proration_behavior
from flexprice_emulator.wire.binding import bind
from flexprice_emulator.wire.errors import ValidationError
from flexprice_emulator.workspace.context import Context


def add_line(
    ctx: Context, subscription: SubscriptionRow, request: CreateSubscriptionLineItemRequest, *, phase_id: str | None = None
) -> SubscriptionLineItemRow:
    """Store one more line of an active subscription. Raises ValidationError, NotFoundError (price)."""
    _check(request)
    if subscription.subscription_status != "active":
        raise ValidationError(
            "Line items can only be added to active subscriptions",
            {"subscription_id": subscription.id, "subscription_status": subscription.subscription_status},
        )
    _check_cadence(request.price)
    price = _price(ctx, subscription, request)
    _check_cadence(price)
    start = request.start_date or subscription.start_date
    end = request.end_date or subscription.end_date
    if end is not None and end <= start:
        raise ValidationError("End date must be after start date", {"start_date": start, "end_date": end})
    line = line_from_price(
        ctx,
        subscription,
        price,
        start=start,
        end=end,
        quantity=_quantity(request.quantity, price),
        display_name=request.display_name or price.display_name,
        plan_display_name=price.display_name,
        entity_id=subscription.id,
        entity_type="subscription",
        subscription_phase_id=request.subscription_phase_id or phase_id,
        metadata_=request.metadata,
    )
    commitment = _commitment(request)
    if commitment is not None:
        check_commitment(commitment, price.id)
        set_commitment(ctx, line, commitment)
    name_meters(ctx, [line])
    return ctx.add(line)


def subscription_price(ctx: Context, subscription: SubscriptionRow, request: SubscriptionPriceCreateRequest) -> PriceRow:
    """A price for this subscription alone, in its currency."""
    given = request.model_dump(exclude_none=True)
    given |= {"currency": subscription.currency, "entity_type": "SUBSCRIPTION", "entity_id": subscription.id}
    # It holds for the whole subscription unless it says from when.
    given.setdefault("start_date", subscription.start_date)
    return stored_prices.create_price(ctx, bind(CreatePriceRequest, given, "Invalid request format"))


def _check(request: CreateSubscriptionLineItemRequest) -> None:
    if bool(request.price_id) == (request.price is not None):
        raise ValidationError("Provide either price_id (existing price) or price (inline price).")
    if request.quantity is not None and request.quantity < ZERO:
        raise ValidationError("Quantity cannot be negative")
    check_proration_behavior(request.proration_behavior)


def _check_cadence(price: SubscriptionPriceCreateRequest | PriceRow | None) -> None:
    if price is not None and price.billing_period == ONETIME and price.invoice_cadence != "ADVANCE":
        raise ValidationError("One-time charges are always billed in advance")


def _price(ctx: Context, subscription: SubscriptionRow, request: CreateSubscriptionLineItemRequest) -> PriceRow:
    if request.price is not None:
        return subscription_price(ctx, subscription, request.price)
    price = stored_prices.get_row(ctx, request.price_id)
    if price.currency != subscription.currency:
        raise ValidationError("Price currency must match the subscription currency", {"currency": price.currency, "price_id": price.id})
    return price


def _quantity(wanted: Decimal | None, price: PriceRow) -> Decimal:
    if price.type == "USAGE":
        return ZERO
    return wanted or default_quantity(price)


def _commitment(request: CreateSubscriptionLineItemRequest) -> LineItemCommitmentConfig | None:
    if request.commitment_amount is None and request.commitment_quantity is None and not request.commitment_time_buckets:
        return None
    return LineItemCommitmentConfig(
        commitment_amount=request.commitment_amount,
        commitment_quantity=request.commitment_quantity,
        commitment_type=request.commitment_type or "",
        overage_factor=request.commitment_overage_factor,
        enable_true_up=request.commitment_true_up_enabled,
        is_window_commitment=request.commitment_windowed,
        commitment_duration=request.commitment_duration,
        commitment_time_buckets=request.commitment_time_buckets,
    )
