"""From an invoice's total to what is still to be paid: credit notes, payments, refunds, as they stand now."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from flexprice_emulator.credit_notes.tables import CreditNoteRow
from flexprice_emulator.invoices.tables import InvoiceRow
from flexprice_emulator.payments.tables import PaymentRow
from flexprice_emulator.rating.decimals import ZERO
from flexprice_emulator.wallets.tables import WalletTransactionRow
from flexprice_emulator.workspace.context import Context

_REFUNDS = ("INVOICE_VOID_REFUND", "CREDIT_NOTE")
_FIGURES = ("total", "adjustment_amount", "amount_due", "amount_paid", "amount_remaining", "refunded_amount")


def settlement(ctx: Context, invoice: InvoiceRow) -> dict[str, Any]:
    """The figures, and the rows they come from.

    `adjustment_forgotten`: the whole total is due although notes were taken off, as after a voided note of a taxed invoice
    (credit_notes/effects.py).
    """
    notes = _notes(ctx, invoice)
    counted = [note for note in notes if note.credit_note_type == "ADJUSTMENT" and note.credit_note_status == "FINALIZED"]
    forgotten = bool(counted) and invoice.amount_due == invoice.total and any(note.credit_note_status == "VOIDED" for note in notes)
    payments = ctx.session.scalars(
        select(PaymentRow)
        .where(PaymentRow.destination_id == invoice.id, PaymentRow.status == "published")
        .order_by(PaymentRow.created_at, PaymentRow.id)
    )
    return {
        "payment_status": invoice.payment_status,
        **{name: getattr(invoice, name) for name in _FIGURES},
        "adjustment_forgotten": forgotten and invoice.adjustment_amount > ZERO,
        "credit_notes": [
            {"id": note.id, "type": note.credit_note_type, "status": note.credit_note_status, "amount": note.total_amount} for note in notes
        ],
        "payments": [
            {"id": row.id, "method": row.payment_method_type, "status": row.payment_status, "amount": row.amount} for row in payments
        ],
        "refunds": [
            {"id": row.id, "wallet_id": row.wallet_id, "reason": row.transaction_reason, "amount": row.amount}
            for row in _refunds(ctx, [invoice.id, *(note.id for note in notes)])
        ],
    }


def _notes(ctx: Context, invoice: InvoiceRow) -> Sequence[CreditNoteRow]:
    query = select(CreditNoteRow).where(CreditNoteRow.invoice_id == invoice.id, CreditNoteRow.status == "published")
    return ctx.session.scalars(query.order_by(CreditNoteRow.created_at, CreditNoteRow.id)).all()


def _refunds(ctx: Context, references: Sequence[str]) -> Sequence[WalletTransactionRow]:
    row = WalletTransactionRow
    query = select(row).where(row.reference_id.in_(references), row.transaction_reason.in_(_REFUNDS), row.status == "published")
    return ctx.session.scalars(query.order_by(row.created_at, row.id)).all()
