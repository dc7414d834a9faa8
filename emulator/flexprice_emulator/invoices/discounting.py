"""Coupons of a subscription as rating reads them, and the rows their use leaves (invoices.md §7)."""

from collections.abc import Iterable, Sequence

from sqlalchemy import bindparam, func, select

from flexprice_emulator.discounts.service import for_rating
from flexprice_emulator.discounts.tables import CouponAssociationRow, CouponRow
from flexprice_emulator.invoices.lines import coupon_snapshot
from flexprice_emulator.invoices.tables import CouponApplicationRow, InvoiceLineItemRow, InvoiceRow
from flexprice_emulator.rating.discount.model import Coupon, CouponApplication, CouponAssociation
from flexprice_emulator.workspace.context import Context

_OF_SUBSCRIPTION = (
    select(CouponAssociationRow, CouponRow)
    .join(CouponRow, CouponRow.id == CouponAssociationRow.coupon_id)
    .where(CouponAssociationRow.subscription_id == bindparam("subscription_id"), CouponAssociationRow.status == "published")
    .order_by(CouponAssociationRow.id)
)


def subscription_coupons(ctx: Context, subscription_id: str, *, except_invoice: str = "") -> list[CouponAssociation]:
    """A subscription's coupons with how often each was used on other invoices; which of them count is for rating to say."""
    found = ctx.session.execute(_OF_SUBSCRIPTION, {"subscription_id": subscription_id}).all()
    if not found:
        return []
    uses = _uses(ctx, subscription_id, {coupon.id for _, coupon in found}, except_invoice)
    return [for_rating(association, coupon, uses.get(coupon.id, 0)) for association, coupon in found]


def store_applications(
    ctx: Context,
    invoice: InvoiceRow,
    lines: Sequence[InvoiceLineItemRow],
    applications: Sequence[CouponApplication],
    coupons: Iterable[Coupon],
) -> None:
    """One row per discount taken; `line_index` points into `lines`."""
    known = {coupon.id: coupon for coupon in coupons}
    ctx.session.add_all(
        CouponApplicationRow(
            id=ctx.new_id("coupon_app"),
            coupon_id=application.coupon_id,
            # A one-off invoice's coupons belong to no association.
            coupon_association_id=application.coupon_association_id if invoice.subscription_id else None,
            invoice_id=invoice.id,
            invoice_line_item_id=None if application.line_index is None else lines[application.line_index].id,
            subscription_id=invoice.subscription_id,
            applied_at=ctx.now,
            original_price=application.original_price,
            final_price=application.final_price,
            discounted_amount=application.discounted_amount,
            discount_type=application.discount_type,
            discount_percentage=application.discount_percentage,
            currency=invoice.currency,
            coupon_snapshot=coupon_snapshot(known.get(application.coupon_id), application),
            **ctx.stamp(),
        )
        for application in applications
    )
    ctx.session.flush()


def _uses(ctx: Context, subscription_id: str, coupon_ids: set[str], except_invoice: str) -> dict[str, int]:
    query = (
        select(CouponApplicationRow.coupon_id, func.count().label("uses"))
        .where(
            CouponApplicationRow.subscription_id == subscription_id,
            CouponApplicationRow.coupon_id.in_(coupon_ids),
            CouponApplicationRow.invoice_id != except_invoice,
            CouponApplicationRow.status == "published",
        )
        .group_by(CouponApplicationRow.coupon_id)
    )
    return {row.coupon_id: row.uses for row in ctx.session.execute(query)}
