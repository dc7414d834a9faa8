"""What finalizing and voiding a credit note do to its invoice and to wallets (invoices.md §10)."""

from decimal import Decimal

from sqlalchemy import select

from flexprice_emulator.credit_notes.limits import ADJUSTMENT, REFUND, credit_limit
from flexprice_emulator.credit_notes.tables import CreditNoteRow
from flexprice_emulator.invoices.drafts import changed
from flexprice_emulator.invoices.drafts import get_row as get_invoice
from flexprice_emulator.invoices.tables import InvoiceRow
from flexprice_emulator.rating.decimals import ZERO, add
from flexprice_emulator.rating.totals import amount_due, amount_remaining
from flexprice_emulator.wallets.service import refund_credit_note
from flexprice_emulator.wire.errors import ValidationError
from flexprice_emulator.workspace.context import Context


def finalize(ctx: Context, note: CreditNoteRow) -> None:
    """Make a draft count. Raises ValidationError for any other, and where the invoice no longer has room for it."""
    if note.credit_note_status != "DRAFT":
        details = {"credit_note_id": note.id, "credit_note_status": note.credit_note_status}
        raise ValidationError("Only draft credit notes can be finalized", details)
    invoice = get_invoice(ctx, note.invoice_id)
    limit = credit_limit(invoice, note.credit_note_type)
    if note.total_amount > limit:
        # Several drafts may have been made within the same room.
        figures = {"max_creditable_amount": limit, "total_amount": note.total_amount}
        raise ValidationError(
            "Credit note total exceeds what can still be credited on this invoice", {"credit_note_id": note.id, **figures}
        )
    _set_status(ctx, note, "FINALIZED")
    if note.credit_note_type == REFUND:
        _refund(ctx, invoice, note)
    else:
        _adjust(ctx, invoice)
    ctx.emit("credit_note.updated", credit_note_id=note.id)


def void(ctx: Context, note: CreditNoteRow) -> None:
    """Take a note back. Raises ValidationError for a voided one, and for a finalized REFUND: its money is in a wallet."""
    details = {"credit_note_id": note.id, "credit_note_status": note.credit_note_status}
    if note.credit_note_status == "VOIDED":
        raise ValidationError("The credit note is voided already", details)
    counted = note.credit_note_status == "FINALIZED"
    if counted and note.credit_note_type == REFUND:
        raise ValidationError("A finalized refund credit note cannot be voided", details)
    _set_status(ctx, note, "VOIDED")
    if counted:
        _restore(ctx, get_invoice(ctx, note.invoice_id))
    ctx.emit("credit_note.updated", credit_note_id=note.id)


def adjustment_amount(ctx: Context, invoice_id: str) -> Decimal:
    """Sum of the invoice's finalized ADJUSTMENT notes."""
    query = select(CreditNoteRow.total_amount).where(
        CreditNoteRow.invoice_id == invoice_id,
        CreditNoteRow.credit_note_type == ADJUSTMENT,
        CreditNoteRow.credit_note_status == "FINALIZED",
        CreditNoteRow.status == "published",
    )
    return add(*ctx.session.scalars(query))


def _adjust(ctx: Context, invoice: InvoiceRow) -> None:
    invoice.adjustment_amount = adjustment_amount(ctx, invoice.id)
    _set_due(invoice, amount_due(invoice.total, invoice.adjustment_amount))
    if invoice.amount_remaining == ZERO:
        # Nothing was paid: amount_paid and paid_at stay as they are.
        invoice.payment_status = "SUCCEEDED"
    changed(ctx, invoice)


def _restore(ctx: Context, invoice: InvoiceRow) -> None:
    invoice.adjustment_amount = adjustment_amount(ctx, invoice.id)
    # Known oddity: with taxes on a subscription's invoice the whole total is due again, whatever other notes say.
    forgotten = invoice.invoice_type == "SUBSCRIPTION" and invoice.total_tax > ZERO
    _set_due(invoice, amount_due(invoice.total, ZERO if forgotten else invoice.adjustment_amount))
    if invoice.amount_remaining > ZERO and invoice.payment_status == "SUCCEEDED":
        invoice.payment_status = "PENDING"
    changed(ctx, invoice)


def _set_due(invoice: InvoiceRow, due: Decimal) -> None:
    invoice.amount_due = due
    invoice.amount_remaining = amount_remaining(due, invoice.amount_paid)


def _refund(ctx: Context, invoice: InvoiceRow, note: CreditNoteRow) -> None:
    if note.total_amount == ZERO:
        return
    refund_credit_note(ctx, invoice.customer_id, invoice.currency, note.total_amount, note.id, note.credit_note_number)
    invoice.refunded_amount = add(invoice.refunded_amount, note.total_amount)
    invoice.payment_status = "REFUNDED" if invoice.refunded_amount == invoice.amount_paid else "PARTIALLY_REFUNDED"
    changed(ctx, invoice)


def _set_status(ctx: Context, note: CreditNoteRow, status: str) -> None:
    note.credit_note_status = status
    ctx.touch(note)
    ctx.session.flush()
