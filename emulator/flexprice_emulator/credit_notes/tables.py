"""Storage of credit notes and their lines."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from flexprice_emulator.workspace.storage import Entity, Money, Table


class CreditNoteRow(Entity, Table):
    """`finalized_at` and `voided_at` are never filled in, as in the reference."""

    __tablename__ = "credit_notes"
    __table_args__ = (Index("credit_notes_key", "idempotency_key", unique=True, sqlite_where=text("status = 'published'")),)

    credit_note_number: Mapped[str]
    invoice_id: Mapped[str] = mapped_column(index=True)
    customer_id: Mapped[str] = mapped_column(index=True)
    subscription_id: Mapped[str | None]
    credit_note_status: Mapped[str]
    credit_note_type: Mapped[str]
    refund_status: Mapped[str | None]
    reason: Mapped[str]
    memo: Mapped[str] = mapped_column(default="")
    currency: Mapped[str]
    metadata_: Mapped[dict[str, str] | None] = mapped_column("metadata")
    total_amount: Mapped[Decimal] = mapped_column(Money(8))
    idempotency_key: Mapped[str | None]
    voided_at: Mapped[datetime | None]
    finalized_at: Mapped[datetime | None]


class CreditNoteLineItemRow(Entity, Table):
    """A part of one line of the invoice."""

    __tablename__ = "credit_note_line_items"

    credit_note_id: Mapped[str] = mapped_column(index=True)
    invoice_line_item_id: Mapped[str] = mapped_column(index=True)
    display_name: Mapped[str]
    amount: Mapped[Decimal] = mapped_column(Money(8))
    currency: Mapped[str]
    metadata_: Mapped[dict[str, str] | None] = mapped_column("metadata")
