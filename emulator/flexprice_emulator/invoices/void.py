"""Voiding, and what is given back for it (invoices.md §5.8)."""

from flexprice_emulator.invoices.credits import refund_to_wallet
from flexprice_emulator.invoices.drafts import changed
from flexprice_emulator.invoices.tables import InvoiceRow
from flexprice_emulator.rating.decimals import ZERO, add, subtract
from flexprice_emulator.wire.errors import ValidationError
from flexprice_emulator.workspace.context import Context

_VOIDABLE = ("DRAFT", "FINALIZED", "SKIPPED")
_PAYMENT_STATUSES = ("PENDING", "FAILED", "SUCCEEDED", "PARTIALLY_REFUNDED", "OVERPAID")


def void(ctx: Context, invoice: InvoiceRow, metadata: dict[str, str] | None = None) -> None:
    """Void an invoice; what was paid or taken from credits goes to a prepaid wallet. Raises ValidationError."""
    if invoice.invoice_status not in _VOIDABLE:
        raise ValidationError(f"invoice status - {invoice.invoice_status} is not allowed", {"allowed_statuses": list(_VOIDABLE)})
    if invoice.payment_status not in _PAYMENT_STATUSES:
        raise ValidationError(
            f"invoice payment status - {invoice.payment_status} is not allowed", {"allowed_statuses": list(_PAYMENT_STATUSES)}
        )
    refund = subtract(add(invoice.amount_paid, invoice.total_prepaid_credits_applied), invoice.refunded_amount)
    if refund > ZERO:
        refund_to_wallet(ctx, invoice, refund)
        invoice.refunded_amount = add(invoice.refunded_amount, refund)
        invoice.payment_status = "REFUNDED"
    invoice.invoice_status = "VOIDED"
    invoice.voided_at = ctx.now
    invoice.finalize_at = None
    if metadata:
        invoice.metadata_ = {**(invoice.metadata_ or {}), **metadata}
    changed(ctx, invoice)
    ctx.emit("invoice.update.voided", invoice_id=invoice.id)
