"""One coupon on one amount, and whether it applies at all (invoices.md §7, rating.md §7).

Invariant: a discount is rounded at source and never exceeds the amount it is taken from.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from flexprice_emulator.rating.decimals import ZERO, multiply, round_currency, subtract
from flexprice_emulator.rating.discount.model import Coupon, CouponAssociation

_PERCENT: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Discount:
    """`discount` = min(rounded `unrounded`, amount); `final` is what remains."""

    amount: Decimal
    value: Decimal
    unrounded: Decimal
    discount: Decimal
    final: Decimal


def apply_coupon(coupon: Coupon, amount: Decimal, currency: str) -> Discount:
    """What the coupon takes off an amount; an unknown type takes nothing."""
    if coupon.type == "percentage":
        value = coupon.percentage_off or ZERO
        unrounded = multiply(amount, value, _PERCENT)
    elif coupon.type == "fixed":
        value = unrounded = coupon.amount_off or ZERO
    else:
        value = unrounded = ZERO
    discount = max(min(round_currency(unrounded, currency), amount), ZERO)
    return Discount(amount, value, unrounded, discount, subtract(amount, discount))


def overlaps(association: CouponAssociation, period_start: datetime, period_end: datetime) -> bool:
    """Whether the attachment touches the invoice period, both ends inclusive; a zero-length attachment never does."""
    end = association.end_date
    if end is not None and end <= association.start_date:
        return False
    return association.start_date <= period_end and (end is None or end >= period_start)


def blocked_reason(association: CouponAssociation, currency: str, now: datetime) -> str | None:
    """Why a coupon is passed over at invoice time, None when it applies.

    `once` is blocked only from its third invoice on (two earlier applications), and a coupon whose redemptions
    were used up, even by this very attachment, never discounts.
    """
    coupon = association.coupon
    if not coupon.is_published:
        return "coupon is not published"
    if coupon.redeem_after is not None and now < coupon.redeem_after:
        return "coupon is not yet redeemable"
    if coupon.redeem_before is not None and now > coupon.redeem_before:
        return "coupon is no longer redeemable"
    if coupon.max_redemptions is not None and coupon.total_redemptions >= coupon.max_redemptions:
        return "coupon has reached max_redemptions"
    if coupon.type == "fixed" and coupon.currency and coupon.currency.lower() != currency.lower():
        return "coupon currency differs from the invoice currency"
    if coupon.cadence == "once" and association.prior_applications > 1:
        return "coupon was already applied"
    if coupon.cadence == "repeated" and association.prior_applications >= (coupon.duration_in_periods or 0):
        return "coupon was applied for all its periods"
    return None


def applicable(
    associations: tuple[CouponAssociation, ...], currency: str, now: datetime, period_start: datetime, period_end: datetime
) -> tuple[CouponAssociation, ...]:
    """Those that count on an invoice, by start_date, then id; the others are skipped silently."""
    counted = [a for a in associations if overlaps(a, period_start, period_end) and blocked_reason(a, currency, now) is None]
    return tuple(sorted(counted, key=lambda a: (a.start_date, a.id)))
