"""Storage of credit grants. Scales are wallets.md §10.2's."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from flexprice_emulator.workspace.storage import Entity, Money, Table


class CreditGrantRow(Entity, Table):
    """PLAN and ADDON grants are templates; only SUBSCRIPTION grants have dates and applications.

    `addon_association_id` is the attachment a subscription's grant comes from.
    """

    __tablename__ = "credit_grants"

    name: Mapped[str]
    scope: Mapped[str]
    plan_id: Mapped[str] = mapped_column(default="", index=True)
    subscription_id: Mapped[str] = mapped_column(default="", index=True)
    addon_id: Mapped[str] = mapped_column(default="", index=True)
    addon_association_id: Mapped[str] = mapped_column(default="")
    credits: Mapped[Decimal] = mapped_column(Money(8))
    cadence: Mapped[str]
    period: Mapped[str] = mapped_column(default="")
    period_count: Mapped[int | None]
    expiration_type: Mapped[str]
    expiration_duration: Mapped[int | None]
    expiration_duration_unit: Mapped[str] = mapped_column(default="")
    priority: Mapped[int | None]
    conversion_rate: Mapped[Decimal | None] = mapped_column(Money(5))
    topup_conversion_rate: Mapped[Decimal | None] = mapped_column(Money(5))
    start_date: Mapped[datetime | None]
    end_date: Mapped[datetime | None]
    credit_grant_anchor: Mapped[datetime | None]
    metadata_: Mapped[dict[str, str] | None] = mapped_column("metadata")


class CreditGrantApplicationRow(Entity, Table):
    """The credits of one period. The next period's row is made when this one is applied or skipped."""

    __tablename__ = "credit_grant_applications"
    __table_args__ = (Index("credit_grant_applications_of", "subscription_id", "application_status", "scheduled_for"),)

    credit_grant_id: Mapped[str] = mapped_column(index=True)
    subscription_id: Mapped[str]
    scheduled_for: Mapped[datetime]
    applied_at: Mapped[datetime | None]
    period_start: Mapped[datetime]
    period_end: Mapped[datetime | None]
    application_status: Mapped[str] = mapped_column(default="pending")
    credits: Mapped[Decimal] = mapped_column(Money(8))
    application_reason: Mapped[str]
    subscription_status_at_application: Mapped[str]
    retry_count: Mapped[int] = mapped_column(default=0)
    failure_reason: Mapped[str] = mapped_column(default="")
    metadata_: Mapped[dict[str, str] | None] = mapped_column("metadata")
