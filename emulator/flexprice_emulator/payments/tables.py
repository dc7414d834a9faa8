"""Storage of payments, their tries, and what the stand-in for the payment provider was told."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from flexprice_emulator.workspace.storage import Entity, Money, Table


class PaymentRow(Entity, Table):
    """`track_attempts`: each try leaves a row, which is so for whatever goes through a provider."""

    __tablename__ = "payments"
    __table_args__ = (
        Index("payments_key", "idempotency_key", unique=True, sqlite_where=text("status = 'published'")),
        Index("payments_of_destination", "destination_id", "payment_status"),
    )

    idempotency_key: Mapped[str]
    destination_type: Mapped[str]
    destination_id: Mapped[str]
    payment_method_type: Mapped[str]
    payment_method_id: Mapped[str] = mapped_column(default="")
    payment_gateway: Mapped[str | None]
    gateway_payment_id: Mapped[str | None] = mapped_column(index=True)
    gateway_tracking_id: Mapped[str | None]
    gateway_metadata: Mapped[dict[str, str] | None]
    payment_url: Mapped[str | None]
    amount: Mapped[Decimal] = mapped_column(Money(8))
    currency: Mapped[str]
    payment_status: Mapped[str]
    track_attempts: Mapped[bool] = mapped_column(default=False)
    save_card_and_make_default: Mapped[bool] = mapped_column(default=False)
    metadata_: Mapped[dict[str, str] | None] = mapped_column("metadata")
    succeeded_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    refunded_at: Mapped[datetime | None]
    voided_at: Mapped[datetime | None]
    error_message: Mapped[str | None]


class PaymentAttemptRow(Entity, Table):
    """One try; `attempt_number` counts from 1."""

    __tablename__ = "payment_attempts"

    payment_id: Mapped[str] = mapped_column(index=True)
    attempt_number: Mapped[int]
    payment_status: Mapped[str]
    gateway_attempt_id: Mapped[str | None]
    error_message: Mapped[str | None]
    metadata_: Mapped[dict[str, str] | None] = mapped_column("metadata")


class PaymentSandboxRuleRow(Table):
    """What the provider's stand-in does for a customer, or for everybody (`customer_id` is then empty)."""

    __tablename__ = "payment_sandbox_rules"

    customer_id: Mapped[str] = mapped_column(primary_key=True)
    outcome: Mapped[str]
    decline_code: Mapped[str] = mapped_column(default="")
    delay_seconds: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]


class ProviderPageRow(Table):
    """A page of the provider where a person acts, in the provider's own words; its id is the provider's (`cs_test_…`, `plink_…`).

    `purpose`: payment, setup, invoice. `state`: open, paid (also: saved), closed.
    """

    __tablename__ = "provider_pages"

    id: Mapped[str] = mapped_column(primary_key=True)
    provider: Mapped[str]
    purpose: Mapped[str]
    state: Mapped[str] = mapped_column(default="open")
    customer_id: Mapped[str] = mapped_column(default="", index=True)
    payment_id: Mapped[str] = mapped_column(default="", index=True)
    invoice_id: Mapped[str] = mapped_column(default="", index=True)
    gateway_payment_id: Mapped[str] = mapped_column(default="")
    gateway_invoice_id: Mapped[str] = mapped_column(default="")
    amount: Mapped[Decimal] = mapped_column(Money(8), default=Decimal(0))
    currency: Mapped[str] = mapped_column(default="")
    save_card: Mapped[bool] = mapped_column(default=False)
    last_decline: Mapped[str] = mapped_column(default="")
    success_url: Mapped[str] = mapped_column(default="")
    cancel_url: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class StoredMethodRow(Table):
    """A card that a provider keeps for a customer; at most one of a customer and provider is the default."""

    __tablename__ = "stored_payment_methods"

    id: Mapped[str] = mapped_column(primary_key=True)
    provider: Mapped[str]
    customer_id: Mapped[str] = mapped_column(index=True)
    brand: Mapped[str] = mapped_column(default="visa")
    last4: Mapped[str] = mapped_column(default="4242")
    is_default: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]


class IncomingWebhookRow(Table):
    """A provider's request as it came, and what came of it: processed, ignored, refused, failed."""

    __tablename__ = "incoming_webhook_events"

    id: Mapped[str] = mapped_column(primary_key=True)
    provider: Mapped[str]
    url: Mapped[str]
    headers: Mapped[dict[str, str]]
    body: Mapped[str]
    event_name: Mapped[str] = mapped_column(default="")
    result: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
