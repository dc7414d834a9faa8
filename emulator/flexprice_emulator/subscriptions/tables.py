"""Storage of subscriptions and what hangs on them. Scales are the reference's columns (rating.md §0)."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from flexprice_emulator.workspace.storage import Entity, Json, Money, Table


class SubscriptionRow(Entity, Table):
    """Everything that falls due (period end, trial end, cancellation) is a column, so that a query finds it."""

    __tablename__ = "subscriptions"
    __table_args__ = (Index("subscriptions_due", "subscription_status", "current_period_end"),)

    lookup_key: Mapped[str] = mapped_column(default="")
    customer_id: Mapped[str] = mapped_column(index=True)
    plan_id: Mapped[str] = mapped_column(index=True)
    subscription_status: Mapped[str]
    subscription_type: Mapped[str] = mapped_column(default="standalone")
    currency: Mapped[str]
    billing_anchor: Mapped[datetime]
    billing_cycle: Mapped[str]
    billing_cadence: Mapped[str] = mapped_column(default="RECURRING")
    billing_period: Mapped[str]
    billing_period_count: Mapped[int] = mapped_column(default=1)
    start_date: Mapped[datetime]
    end_date: Mapped[datetime | None]
    current_period_start: Mapped[datetime]
    current_period_end: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]
    cancel_at: Mapped[datetime | None]
    cancel_at_period_end: Mapped[bool] = mapped_column(default=False)
    trial_start: Mapped[datetime | None]
    trial_end: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    pause_status: Mapped[str] = mapped_column(default="none")
    active_pause_id: Mapped[str | None]
    commitment_amount: Mapped[Decimal | None] = mapped_column(Money(6))
    commitment_duration: Mapped[str | None]
    overage_factor: Mapped[Decimal | None] = mapped_column(Money(6))
    enable_true_up: Mapped[bool] = mapped_column(default=False)
    payment_behavior: Mapped[str]
    collection_method: Mapped[str]
    gateway_payment_method_id: Mapped[str | None] = mapped_column(default="")
    payment_terms: Mapped[str | None]
    timezone: Mapped[str] = mapped_column(default="UTC")
    proration_behavior: Mapped[str] = mapped_column(default="none")
    invoicing_customer_id: Mapped[str | None] = mapped_column(index=True)
    parent_subscription_id: Mapped[str | None] = mapped_column(index=True)
    auto_invoice_threshold: Mapped[Decimal | None] = mapped_column(Money(8))
    synced_price_sequence: Mapped[int] = mapped_column(default=0)
    metadata_: Mapped[dict[str, str] | None] = mapped_column("metadata")


class SubscriptionLineItemRow(Entity, Table):
    """A price on a subscription, active in [start_date, end_date)."""

    __tablename__ = "subscription_line_items"

    subscription_id: Mapped[str] = mapped_column(index=True)
    customer_id: Mapped[str] = mapped_column(index=True)
    entity_id: Mapped[str] = mapped_column(default="")
    entity_type: Mapped[str] = mapped_column(default="plan")
    plan_display_name: Mapped[str] = mapped_column(default="")
    price_id: Mapped[str] = mapped_column(index=True)
    price_type: Mapped[str]
    meter_id: Mapped[str] = mapped_column(default="")
    meter_display_name: Mapped[str] = mapped_column(default="")
    price_unit_id: Mapped[str | None]
    price_unit: Mapped[str | None]
    display_name: Mapped[str] = mapped_column(default="")
    quantity: Mapped[Decimal] = mapped_column(Money(8))
    currency: Mapped[str]
    billing_period: Mapped[str]
    billing_period_count: Mapped[int] = mapped_column(default=1)
    invoice_cadence: Mapped[str]
    start_date: Mapped[datetime]
    end_date: Mapped[datetime | None]
    subscription_phase_id: Mapped[str | None] = mapped_column(index=True)
    addon_association_id: Mapped[str | None] = mapped_column(index=True)
    metadata_: Mapped[dict[str, str] | None] = mapped_column("metadata")
    commitment_amount: Mapped[Decimal | None] = mapped_column(Money(8))
    commitment_quantity: Mapped[Decimal | None] = mapped_column(Money(8))
    commitment_type: Mapped[str | None]
    commitment_overage_factor: Mapped[Decimal | None] = mapped_column(Money(4))
    commitment_true_up_enabled: Mapped[bool] = mapped_column(default=False)
    commitment_windowed: Mapped[bool] = mapped_column(default=False)
    commitment_duration: Mapped[str | None]
    commitment_time_buckets: Mapped[list[dict[str, Any]] | None] = mapped_column(Json)


class SubscriptionPhaseRow(Entity, Table):
    """A stretch of a subscription with line items of its own."""

    __tablename__ = "subscription_phases"

    subscription_id: Mapped[str] = mapped_column(index=True)
    start_date: Mapped[datetime]
    end_date: Mapped[datetime | None]
    metadata_: Mapped[dict[str, str] | None] = mapped_column("metadata")


class SubscriptionScheduleRow(Entity, Table):
    """A plan change or cancellation that waits for its time. `configuration` is the request it will carry out."""

    __tablename__ = "subscription_schedules"
    __table_args__ = (Index("subscription_schedules_due", "schedule_status", "scheduled_at"),)

    subscription_id: Mapped[str] = mapped_column(index=True)
    schedule_type: Mapped[str]
    scheduled_at: Mapped[datetime]
    schedule_status: Mapped[str] = mapped_column(default="pending")
    configuration: Mapped[dict[str, Any] | None]
    executed_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    execution_result: Mapped[dict[str, Any] | None]
    error_message: Mapped[str | None]
    metadata_: Mapped[dict[str, str] | None] = mapped_column("metadata")


class SubscriptionPauseRow(Entity, Table):
    """One pause; no route of this version makes one."""

    __tablename__ = "subscription_pauses"

    subscription_id: Mapped[str] = mapped_column(index=True)
    pause_status: Mapped[str]
    pause_mode: Mapped[str]
    resume_mode: Mapped[str | None]
    pause_start: Mapped[datetime]
    pause_end: Mapped[datetime | None]
    resumed_at: Mapped[datetime | None]
    original_period_start: Mapped[datetime]
    original_period_end: Mapped[datetime]
    reason: Mapped[str] = mapped_column(default="")
    metadata_: Mapped[dict[str, str] | None] = mapped_column("metadata")


class AddonAssociationRow(Entity, Table):
    """An add-on on a subscription. `addon_status`: active, cancelled, pending."""

    __tablename__ = "addon_associations"

    entity_id: Mapped[str] = mapped_column(index=True)
    entity_type: Mapped[str] = mapped_column(default="subscription")
    addon_id: Mapped[str] = mapped_column(index=True)
    cadence: Mapped[str] = mapped_column(default="recurring")
    start_date: Mapped[datetime | None]
    end_date: Mapped[datetime | None]
    addon_status: Mapped[str] = mapped_column(default="active")
    cancellation_reason: Mapped[str] = mapped_column(default="")
    cancelled_at: Mapped[datetime | None]
    metadata_: Mapped[dict[str, Any] | None] = mapped_column("metadata")


class LineCreditRow(Table):
    """Money given back for a line under a key that does not name it."""

    __tablename__ = "subscription_line_credits"

    transaction_id: Mapped[str] = mapped_column(primary_key=True)
    line_id: Mapped[str] = mapped_column(index=True)
