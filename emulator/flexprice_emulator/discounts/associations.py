"""Coupons on subscriptions and their line items."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select

from flexprice_client.models.base import Metadata
from flexprice_client.models.coupons import CouponAssociationFilter, CouponAssociationResponse, ListCouponAssociationsResponse
from flexprice_emulator.discounts import coupons
from flexprice_emulator.discounts.tables import CouponAssociationRow, CouponRow
from flexprice_emulator.rating.discount.model import CouponAssociation
from flexprice_emulator.rating.periods import billing_date_after
from flexprice_emulator.wire.errors import NotFoundError, ValidationError
from flexprice_emulator.wire.listing import ListSpec, page
from flexprice_emulator.wire.present import present
from flexprice_emulator.workspace.context import Context

LIST_HINT = "Invalid filter parameters"
LIST = ListSpec(
    CouponAssociationRow,
    zero_limit="refuse",
    unlimited=True,
    expands={"coupon", "subscription_line_items"},
    unknown_field_hint="Failed to list coupon associations",
)


def attach(
    ctx: Context,
    coupon: CouponRow,
    subscription_id: str,
    *,
    currency: str,
    start_date: datetime,
    billing_period: str,
    billing_period_count: int = 1,
    billing_anchor: datetime | None = None,
    timezone: str = "",
    end_date: datetime | None = None,
    subscription_line_item_id: str | None = None,
    subscription_phase_id: str | None = None,
    metadata: Metadata | None = None,
) -> CouponAssociationRow:
    """Put a coupon on a subscription of `currency`, and count the redemption. Raises ValidationError where it cannot be redeemed.

    A `repeated` coupon ends one second before its last billing period does, unless `end_date` is given.
    """
    check_redeemable(ctx, coupon, currency)
    if end_date is None and coupon.cadence == "repeated" and coupon.duration_in_periods:
        anchor, periods = billing_anchor or start_date, coupon.duration_in_periods
        end = billing_date_after(start_date, anchor, billing_period, billing_period_count, periods, timezone=timezone)
        end_date = end - timedelta(seconds=1)
    coupon.total_redemptions += 1
    ctx.touch(coupon)
    return ctx.add(
        CouponAssociationRow(
            id=ctx.new_id("coupon_assoc"),
            coupon_id=coupon.id,
            subscription_id=subscription_id,
            subscription_line_item_id=subscription_line_item_id,
            subscription_phase_id=subscription_phase_id,
            start_date=start_date,
            end_date=end_date,
            metadata_=metadata,
            **ctx.stamp(),
        )
    )


def check_redeemable(ctx: Context, coupon: CouponRow, currency: str) -> None:
    """Raises ValidationError for a coupon that is archived, outside its window, of another currency, or used up."""
    details = {"coupon_id": coupon.id}
    if coupon.status != "published":
        raise ValidationError("Coupon is not active", details)
    if coupon.redeem_after is not None and ctx.now < coupon.redeem_after:
        raise ValidationError("Coupon is not yet available for redemption", details)
    if coupon.redeem_before is not None and ctx.now > coupon.redeem_before:
        raise ValidationError("Coupon has expired", details)
    if coupon.type == "fixed" and coupon.currency and coupon.currency != currency.lower():
        raise ValidationError("Coupon currency does not match the subscription currency", details)
    if coupon.max_redemptions is not None and coupon.total_redemptions >= coupon.max_redemptions:
        raise ValidationError("Coupon has reached its maximum number of redemptions", details)


def detach(ctx: Context, row: CouponAssociationRow, end_date: datetime) -> None:
    """End an association; its redemption stays counted."""
    row.end_date = end_date
    ctx.touch(row)
    ctx.session.flush()


def of_subscription(ctx: Context, subscription_id: str) -> Sequence[CouponAssociationRow]:
    """Published associations by start_date and id, the order in which they are applied."""
    query = select(CouponAssociationRow).where(
        CouponAssociationRow.subscription_id == subscription_id, CouponAssociationRow.status == "published"
    )
    return ctx.session.scalars(query.order_by(CouponAssociationRow.start_date, CouponAssociationRow.id)).all()


def for_rating(row: CouponAssociationRow, coupon: CouponRow, prior_applications: int = 0) -> CouponAssociation:
    """The association as the rating core takes it; the caller counts the coupon's earlier applications on the subscription."""
    return CouponAssociation(
        id=row.id,
        coupon=coupons.for_rating(coupon),
        start_date=row.start_date,
        end_date=row.end_date,
        subscription_line_item_id=row.subscription_line_item_id,
        prior_applications=prior_applications,
    )


def get_row(ctx: Context, association_id: str) -> CouponAssociationRow:
    """Raises NotFoundError."""
    row = ctx.session.get(CouponAssociationRow, association_id)
    if row is None:
        details = {"coupon_association_id": association_id}
        raise NotFoundError(f"Coupon association with ID {association_id} was not found", details)
    return row


def search(ctx: Context, wanted: CouponAssociationFilter) -> ListCouponAssociationsResponse:
    """A page of associations; each shows its coupon, asked for or not."""
    found = page(ctx, LIST, wanted, *_clauses(ctx, wanted))
    return found.response(present_all(ctx, found.rows))


def present_all(ctx: Context, rows: Sequence[CouponAssociationRow]) -> list[CouponAssociationResponse]:
    """The wire's associations with their coupons."""
    held = coupons.by_ids(ctx, [row.coupon_id for row in rows])
    shown = {coupon_id: coupons.to_response(ctx, coupon) for coupon_id, coupon in held.items()}
    return [present(ctx, CouponAssociationResponse, row, coupon=shown.get(row.coupon_id)) for row in rows]


def _clauses(ctx: Context, wanted: CouponAssociationFilter) -> list[ColumnElement[bool]]:
    row = CouponAssociationRow
    clauses: list[ColumnElement[bool]] = []
    for column, values in (
        (row.subscription_id, wanted.subscription_ids),
        (row.coupon_id, wanted.coupon_ids),
        (row.subscription_line_item_id, wanted.subscription_line_item_ids),
        (row.subscription_phase_id, wanted.subscription_phase_ids),
    ):
        if values:
            clauses.append(column.in_(values))
    if wanted.active_only:
        clauses += [row.start_date <= ctx.now, or_(row.end_date.is_(None), row.end_date >= ctx.now)]
    return clauses
