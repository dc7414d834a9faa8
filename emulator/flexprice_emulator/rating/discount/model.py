"""Coupons, their attachment, and what an application records (invoices.md §7)."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Coupon:
    """`type` fixed uses `amount_off`, percentage uses `percentage_off`; any other type takes nothing off."""

    id: str
    type: str
    cadence: str = "forever"
    amount_off: Decimal | None = None
    percentage_off: Decimal | None = None
    currency: str | None = None
    duration_in_periods: int | None = None
    redeem_after: datetime | None = None
    redeem_before: datetime | None = None
    max_redemptions: int | None = None
    total_redemptions: int = 0
    is_published: bool = True


@dataclass(frozen=True, slots=True)
class CouponAssociation:
    """A coupon attached to a subscription or to one of its line items.

    `prior_applications` counts the coupon's applications on the subscription's earlier invoices.
    """

    id: str
    coupon: Coupon
    start_date: datetime
    end_date: datetime | None = None
    subscription_line_item_id: str | None = None
    prior_applications: int = 0


@dataclass(frozen=True, slots=True)
class CouponApplication:
    """One discount as it was taken. `line_index` points into the draft's lines, None for the whole invoice."""

    coupon_id: str
    coupon_association_id: str
    original_price: Decimal
    discounted_amount: Decimal
    final_price: Decimal
    discount_type: str
    discount_percentage: Decimal | None = None
    line_index: int | None = None
