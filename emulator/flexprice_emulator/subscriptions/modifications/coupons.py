"""Attaching and detaching coupons (subscriptions.md §11.3)."""

from flexprice_client.models.subscription_changes import ChangedResources, SubModifyCouponParams
from flexprice_emulator.discounts import service as discounts
from flexprice_emulator.subscriptions.modifications import changed
from flexprice_emulator.subscriptions.modifications.checks import ADD_OR_REMOVE, check_word
from flexprice_emulator.subscriptions.modifications.lines import get_row
from flexprice_emulator.subscriptions.tables import SubscriptionRow
from flexprice_emulator.wire.errors import ValidationError
from flexprice_emulator.workspace.context import Context


def change_coupons(ctx: Context, row: SubscriptionRow, request: SubModifyCouponParams) -> ChangedResources:
    """Add by code, from `start_date` (default now); or end an association now. Raises ValidationError, NotFoundError."""
    check_word(request.action, ADD_OR_REMOVE)
    if request.action == "add":
        _add(ctx, row, request)
    else:
        _remove(ctx, row, request)
    return changed.resources()


def _add(ctx: Context, row: SubscriptionRow, request: SubModifyCouponParams) -> None:
    if not request.coupon_code:
        raise ValidationError("coupon_code is required when action is add")
    coupon = discounts.find_by_code(ctx, request.coupon_code)
    if coupon is None:
        raise ValidationError(f"No published coupon with code '{request.coupon_code}'")
    line_id = request.subscription_line_item_id
    if line_id and get_row(ctx, line_id).subscription_id != row.id:
        raise ValidationError("The line item does not belong to this subscription", {"line_item_id": line_id})
    start = request.start_date or ctx.now
    if request.end_date is not None and request.end_date <= start:
        raise ValidationError("End date must be after start date", {"start_date": start, "end_date": request.end_date})
    discounts.attach(
        ctx,
        coupon,
        row.id,
        currency=row.currency,
        start_date=start,
        end_date=request.end_date,
        billing_period=row.billing_period,
        billing_period_count=row.billing_period_count,
        billing_anchor=row.billing_anchor,
        timezone=row.timezone,
        subscription_line_item_id=line_id or None,
    )


def _remove(ctx: Context, row: SubscriptionRow, request: SubModifyCouponParams) -> None:
    if not request.coupon_association_id:
        raise ValidationError("coupon_association_id is required when action is remove")
    association = discounts.get_row(ctx, request.coupon_association_id)
    if association.subscription_id != row.id:
        details = {"coupon_association_id": association.id}
        raise ValidationError("The coupon association does not belong to this subscription", details)
    discounts.detach(ctx, association, request.end_date or ctx.now)
