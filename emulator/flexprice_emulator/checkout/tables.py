"""Storage of checkout sessions."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from flexprice_emulator.workspace.storage import Entity, Table


class CheckoutSessionRow(Entity, Table):
    """`subject_id`: the subscription or wallet it is about; `waiting`: what is done when it is paid, in no one's answer."""

    __tablename__ = "checkout_sessions"
    __table_args__ = (Index("checkout_sessions_of_subject", "subject_id", "checkout_status"),)

    customer_id: Mapped[str]
    action: Mapped[str]
    checkout_status: Mapped[str]
    payment_provider: Mapped[str]
    subject_id: Mapped[str]
    configuration: Mapped[dict[str, Any]]
    waiting: Mapped[dict[str, Any]]
    payment_action: Mapped[dict[str, str] | None]
    checkout_invoice_id: Mapped[str] = mapped_column(default="")
    checkout_payment_id: Mapped[str] = mapped_column(default="", index=True)
    payment_provider_config: Mapped[dict[str, Any] | None]
    result: Mapped[dict[str, Any] | None]
    provider_result: Mapped[dict[str, Any] | None]
    idempotency_key: Mapped[str] = mapped_column(default="", index=True)
    success_url: Mapped[str] = mapped_column(default="")
    failure_url: Mapped[str] = mapped_column(default="")
    cancel_url: Mapped[str] = mapped_column(default="")
    expires_at: Mapped[datetime]
    completed_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    failure_reason: Mapped[str] = mapped_column(default="")
    metadata_: Mapped[dict[str, str] | None] = mapped_column("metadata")
