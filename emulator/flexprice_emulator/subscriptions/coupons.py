"""Coupons of a new subscription or phase (subscriptions.md §3.1, invoices.md §7)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from flexprice_client.models.subscriptions import SubscriptionCouponInput
from flexprice_emulator.catalog.expansion import rows_by_id
from flexprice_emulator.catalog.tables import PriceRow
from flexprice_emulator.discounts import service as discounts
from flexprice_emulator.discounts.tables import CouponRow
from flexprice_emulator.subscriptions.tables import SubscriptionLineItemRow, SubscriptionRow
from flexprice_emulator.wire.errors import NotFoundError, ValidationError
from flexprice_emulator.workspace.context import Context


def attach_coupons(
    ctx: Context,
    subscription: SubscriptionRow,
    lines: Sequence[SubscriptionLineItemRow],
    *,
    by_code: Sequence[SubscriptionCouponInput] = (),
    ids: Sequence[str] = (),
    by_price: Mapping[str, Sequence[str]] | None = None,
    start: datetime | None = None,
    phase_id: str | None = None,
) -> None:
    """Attach all of them, each counted as a redemption. Raises ValidationError for one that is unknown or cannot be redeemed."""
    for given in by_code:
        coupon = discounts.find_by_code(ctx, given.coupon_code)
        if coupon is None:
            raise ValidationError(f"No published coupon with code '{given.coupon_code}'")
        line_id = _line_of(ctx, lines, given.price_id) if given.price_id else None
        _attach(ctx, subscription, coupon, given.start_date or start, line_id=line_id, phase_id=phase_id, end=given.end_date)
    wanted: list[tuple[str, str | None]] = [(identity, None) for identity in ids]
    wanted += [(identity, _line_of(ctx, lines, price_id)) for price_id, many in (by_price or {}).items() for identity in many]
    held = discounts.by_ids(ctx, [identity for identity, _ in wanted])
    for identity, line_id in wanted:
        if identity not in held:
            raise NotFoundError(f"Coupon with ID {identity} was not found", {"coupon_id": identity})
        _attach(ctx, subscription, held[identity], start, line_id=line_id, phase_id=phase_id)


def _attach(
    ctx: Context,
    subscription: SubscriptionRow,
    coupon: CouponRow,
    start: datetime | None,
    *,
    line_id: str | None = None,
    phase_id: str | None = None,
    end: datetime | None = None,
) -> None:
    discounts.attach(
        ctx,
        coupon,
        subscription.id,
        currency=subscription.currency,
        start_date=start or subscription.start_date,
        end_date=end,
        billing_period=subscription.billing_period,
        billing_period_count=subscription.billing_period_count,
        billing_anchor=subscription.billing_anchor,
        timezone=subscription.timezone,
        subscription_line_item_id=line_id,
        subscription_phase_id=phase_id,
    )


def _line_of(ctx: Context, lines: Sequence[SubscriptionLineItemRow], price_id: str) -> str:
    """The line of a price, or of the price that overrides it."""
    prices = rows_by_id(ctx, PriceRow, (line.price_id for line in lines))
    for line in lines:
        price = prices.get(line.price_id)
        if line.price_id == price_id or (price is not None and price.parent_price_id == price_id):
            return line.id
    raise ValidationError("Coupon refers to a price that is not part of the subscription", {"price_id": price_id})
