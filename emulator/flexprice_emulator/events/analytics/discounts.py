"""Coupons as analytics counts them: percentages that last, on every item and point (events.md §10)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select

from flexprice_emulator.discounts.tables import CouponAssociationRow, CouponRow
from flexprice_emulator.rating.decimals import ZERO, add, subtract
from flexprice_emulator.rating.discount.coupon import apply_coupon
from flexprice_emulator.rating.discount.model import Coupon
from flexprice_emulator.workspace.context import Context

_LASTING = ("forever", "repeated")


@dataclass(frozen=True, slots=True)
class Coupons:
    """Of one subscription: on the whole of it, and by line item."""

    whole: tuple[Coupon, ...] = ()
    lines: tuple[tuple[str, Coupon], ...] = ()

    def discount(self, line_item_id: str, amount: Decimal, currency: str) -> Decimal:
        """What comes off an amount of a line: its own coupons each on the amount, then the others on what is left."""
        off = ZERO
        for line, coupon in self.lines:
            if line == line_item_id:
                off = add(off, apply_coupon(coupon, amount, currency).discount)
        left = max(subtract(amount, off), ZERO)
        for coupon in self.whole:
            taken = apply_coupon(coupon, left, currency).discount
            off, left = add(off, taken), subtract(left, taken)
        return min(off, amount)


NO_COUPONS = Coupons()


def lasting_coupons(ctx: Context, subscription_ids: Sequence[str], start: datetime, end: datetime) -> dict[str, Coupons]:
    """Percentage coupons, forever or repeated, that are attached at some time of [start, end), by subscription."""
    query = (
        select(CouponAssociationRow, CouponRow)
        .join(CouponRow, CouponRow.id == CouponAssociationRow.coupon_id)
        .where(
            CouponAssociationRow.subscription_id.in_(subscription_ids),
            CouponAssociationRow.status == "published",
            CouponAssociationRow.start_date < end,
            CouponRow.type == "percentage",
            CouponRow.cadence.in_(_LASTING),
        )
        .order_by(CouponAssociationRow.start_date, CouponAssociationRow.id)
    )
    attached: dict[str, list[tuple[str | None, Coupon]]] = {}
    for association, row in ctx.session.execute(query):
        if association.end_date is None or association.end_date > start:
            coupon = Coupon(row.id, row.type, row.cadence, percentage_off=row.percentage_off)
            attached.setdefault(association.subscription_id, []).append((association.subscription_line_item_id, coupon))
    return {subscription_id: _coupons(held) for subscription_id, held in attached.items()}


def _coupons(held: Iterable[tuple[str | None, Coupon]]) -> Coupons:
    whole, lines = [], []
    for line, coupon in held:
        if line:
            lines.append((line, coupon))
        else:
            whole.append(coupon)
    return Coupons(tuple(whole), tuple(lines))
