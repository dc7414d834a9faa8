"""Storage of invoices, their lines, discounts and taxes. Scales are the reference's columns (rating.md §0)."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from flexprice_emulator.workspace.storage import Entity, Money, Table


class InvoiceRow(Entity, Table):
    """`derivation` is how its totals came about; `billing_sequence` is 0 without a subscription.

    `last_computed_at` bounds the finalization delay; `finalize_at` is when a waiting draft falls due.
    """

    __tablename__ = "invoices"
    __table_args__ = (
        Index("invoices_key", "idempotency_key", unique=True, sqlite_where=text("status = 'published' AND invoice_status != 'VOIDED'")),
        Index("invoices_of_subscription", "subscription_id", "invoice_status"),
    )

    customer_id: Mapped[str] = mapped_column(index=True)
    subscription_id: Mapped[str | None]
    subscription_customer_id: Mapped[str | None] = mapped_column(index=True)
    invoice_type: Mapped[str]
    invoice_status: Mapped[str] = mapped_column(index=True)
    payment_status: Mapped[str]
    currency: Mapped[str]
    amount_due: Mapped[Decimal] = mapped_column(Money(8))
    amount_paid: Mapped[Decimal] = mapped_column(Money(8))
    amount_remaining: Mapped[Decimal] = mapped_column(Money(8))
    subtotal: Mapped[Decimal] = mapped_column(Money(8))
    total: Mapped[Decimal] = mapped_column(Money(8))
    total_discount: Mapped[Decimal] = mapped_column(Money(8))
    total_tax: Mapped[Decimal] = mapped_column(Money(8))
    total_prepaid_credits_applied: Mapped[Decimal] = mapped_column(Money(8))
    adjustment_amount: Mapped[Decimal] = mapped_column(Money(8))
    refunded_amount: Mapped[Decimal] = mapped_column(Money(8))
    invoice_number: Mapped[str] = mapped_column(default="", index=True)
    idempotency_key: Mapped[str | None]
    billing_sequence: Mapped[int] = mapped_column(default=0)
    description: Mapped[str] = mapped_column(default="")
    due_date: Mapped[datetime | None]
    paid_at: Mapped[datetime | None]
    voided_at: Mapped[datetime | None]
    finalized_at: Mapped[datetime | None]
    issue_date: Mapped[datetime | None]
    last_computed_at: Mapped[datetime | None]
    finalize_at: Mapped[datetime | None] = mapped_column(index=True)
    period_start: Mapped[datetime | None]
    period_end: Mapped[datetime | None]
    billing_period: Mapped[str | None] = mapped_column(default="")
    billing_reason: Mapped[str] = mapped_column(default="")
    invoice_pdf_url: Mapped[str | None]
    metadata_: Mapped[dict[str, str] | None] = mapped_column("metadata")
    version: Mapped[int] = mapped_column(default=1)
    recalculated_invoice_id: Mapped[str | None]
    is_manually_edited: Mapped[bool] = mapped_column(default=False)
    derivation: Mapped[dict[str, Any] | None]


class InvoiceLineItemRow(Entity, Table):
    """`position` keeps the assembly's order; `derivation` explains quantity and amount step by step."""

    __tablename__ = "invoice_line_items"

    invoice_id: Mapped[str] = mapped_column(index=True)
    position: Mapped[int] = mapped_column(default=0)
    customer_id: Mapped[str]
    subscription_id: Mapped[str | None] = mapped_column(index=True)
    entity_id: Mapped[str | None]
    entity_type: Mapped[str | None] = mapped_column(default="")
    plan_display_name: Mapped[str | None]
    price_id: Mapped[str | None] = mapped_column(index=True)
    price_type: Mapped[str | None] = mapped_column(default="")
    meter_id: Mapped[str | None]
    meter_display_name: Mapped[str | None]
    price_unit_id: Mapped[str | None]
    price_unit: Mapped[str | None]
    price_unit_amount: Mapped[Decimal | None] = mapped_column(Money(8))
    display_name: Mapped[str | None]
    amount: Mapped[Decimal] = mapped_column(Money(8))
    quantity: Mapped[Decimal] = mapped_column(Money(8))
    currency: Mapped[str]
    period_start: Mapped[datetime | None]
    period_end: Mapped[datetime | None]
    metadata_: Mapped[dict[str, str] | None] = mapped_column("metadata")
    commitment_info: Mapped[dict[str, Any] | None]
    prepaid_credits_applied: Mapped[Decimal] = mapped_column(Money(8))
    line_item_discount: Mapped[Decimal] = mapped_column(Money(8))
    invoice_level_discount: Mapped[Decimal] = mapped_column(Money(8))
    adjusted_entitlement_quantity: Mapped[Decimal | None] = mapped_column(Money(8))
    subscription_line_item_id: Mapped[str | None] = mapped_column(index=True)
    parent_line_item_id: Mapped[str | None]
    derivation: Mapped[dict[str, Any] | None]


class InvoiceSequenceRow(Table):
    """The last number given for a date text: different date forms count apart."""

    __tablename__ = "invoice_sequences"

    date_text: Mapped[str] = mapped_column(primary_key=True)
    last_value: Mapped[int]


class CouponApplicationRow(Entity, Table):
    """One discount taken on an invoice; unique per invoice, coupon and line."""

    __tablename__ = "coupon_applications"

    coupon_id: Mapped[str] = mapped_column(index=True)
    coupon_association_id: Mapped[str | None] = mapped_column(index=True)
    invoice_id: Mapped[str] = mapped_column(index=True)
    invoice_line_item_id: Mapped[str | None]
    subscription_id: Mapped[str | None] = mapped_column(index=True)
    applied_at: Mapped[datetime]
    original_price: Mapped[Decimal] = mapped_column(Money(8))
    final_price: Mapped[Decimal] = mapped_column(Money(8))
    discounted_amount: Mapped[Decimal] = mapped_column(Money(8))
    discount_type: Mapped[str]
    discount_percentage: Mapped[Decimal | None] = mapped_column(Money(4))
    currency: Mapped[str]
    coupon_snapshot: Mapped[dict[str, Any] | None]
    metadata_: Mapped[dict[str, str] | None] = mapped_column("metadata")


class TaxAppliedRow(Entity, Table):
    """One rate's tax on an invoice; unique per rate and entity."""

    __tablename__ = "tax_applied"

    tax_rate_id: Mapped[str] = mapped_column(index=True)
    entity_type: Mapped[str] = mapped_column(default="invoice")
    entity_id: Mapped[str] = mapped_column(index=True)
    tax_association_id: Mapped[str | None]
    taxable_amount: Mapped[Decimal] = mapped_column(Money(6))
    tax_amount: Mapped[Decimal] = mapped_column(Money(6))
    currency: Mapped[str]
    applied_at: Mapped[datetime]
    idempotency_key: Mapped[str] = mapped_column(default="", index=True)
    metadata_: Mapped[dict[str, str] | None] = mapped_column("metadata")
