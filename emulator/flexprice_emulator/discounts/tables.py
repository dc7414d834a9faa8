"""Storage of coupons and their associations."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from flexprice_emulator.workspace.storage import Entity, Money, Table


class CouponRow(Entity, Table):
    """`coupon_code` in lower case, "" where there is none. The amount not used by `type` is 0."""

    __tablename__ = "coupons"
    __table_args__ = (Index("coupons_code", "coupon_code", unique=True, sqlite_where=text("status = 'published' AND coupon_code != ''")),)

    name: Mapped[str]
    coupon_code: Mapped[str] = mapped_column(default="")
    type: Mapped[str]
    cadence: Mapped[str]
    amount_off: Mapped[Decimal] = mapped_column(Money(8))
    percentage_off: Mapped[Decimal] = mapped_column(Money(4))
    currency: Mapped[str] = mapped_column(default="")
    duration_in_periods: Mapped[int | None]
    redeem_after: Mapped[datetime | None]
    redeem_before: Mapped[datetime | None]
    max_redemptions: Mapped[int | None]
    total_redemptions: Mapped[int] = mapped_column(default=0)
    rules: Mapped[dict[str, Any] | None]
    metadata_: Mapped[dict[str, str] | None] = mapped_column("metadata")


class CouponAssociationRow(Entity, Table):
    """A coupon on a subscription, or on one of its line items or phases."""

    __tablename__ = "coupon_associations"

    coupon_id: Mapped[str] = mapped_column(index=True)
    subscription_id: Mapped[str] = mapped_column(index=True)
    subscription_line_item_id: Mapped[str | None]
    subscription_phase_id: Mapped[str | None]
    start_date: Mapped[datetime]
    end_date: Mapped[datetime | None]
    metadata_: Mapped[dict[str, str] | None] = mapped_column("metadata")
