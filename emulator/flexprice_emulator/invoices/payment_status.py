"""A payment status set by hand, and the paid amount that follows from it (invoices.md §9.4)."""

from flexprice_client.models.invoices import UpdateInvoicePaymentRequest
from flexprice_emulator.invoices.drafts import changed
from flexprice_emulator.invoices.tables import InvoiceRow
from flexprice_emulator.payments.allocation import has_succeeded_payment
from flexprice_emulator.payments.settlement import complete_bought_credits
from flexprice_emulator.rating.decimals import ZERO
from flexprice_emulator.rating.totals import amount_remaining
from flexprice_emulator.wire.errors import InvalidOperationError, ValidationError
from flexprice_emulator.workspace.context import Context

_OPEN = ("DRAFT", "FINALIZED")
_NEXT = {
    "PENDING": ("PENDING", "SUCCEEDED", "OVERPAID", "FAILED"),
    "FAILED": ("PENDING", "FAILED", "SUCCEEDED", "OVERPAID"),
    "SUCCEEDED": ("SUCCEEDED", "OVERPAID"),
    "OVERPAID": ("OVERPAID",),
}


def set_payment_status(ctx: Context, invoice: InvoiceRow, request: UpdateInvoicePaymentRequest) -> None:
    """Move the payment status.

    Raises ValidationError for a closed invoice or a step that is not allowed, InvalidOperationError where payments decide it.
    """
    if invoice.invoice_status not in _OPEN:
        raise ValidationError(f"invoice status - {invoice.invoice_status} is not allowed", {"allowed_statuses": list(_OPEN)})
    if has_succeeded_payment(ctx, invoice.id):
        raise InvalidOperationError("Manual payment status updates are disabled for payment-based invoices.")
    allowed = _NEXT.get(invoice.payment_status, ())
    wanted = request.payment_status
    if wanted not in allowed:
        raise ValidationError(
            f"invalid payment status transition from {invoice.payment_status} to {wanted}", {"allowed_statuses": list(allowed)}
        )
    if request.amount is not None and request.amount < ZERO:
        raise ValidationError("amount must be non-negative", {"amount": request.amount})
    invoice.payment_status = wanted
    if wanted == "SUCCEEDED":
        invoice.amount_paid, invoice.paid_at = invoice.amount_due, ctx.now
    elif wanted == "OVERPAID":
        invoice.amount_paid = request.amount if request.amount is not None else invoice.amount_paid
        invoice.paid_at = invoice.paid_at or ctx.now
    elif wanted == "FAILED":
        invoice.amount_paid, invoice.paid_at = ZERO, None
    elif request.amount is not None:
        invoice.amount_paid = request.amount
    invoice.amount_remaining = amount_remaining(invoice.amount_due, invoice.amount_paid)
    changed(ctx, invoice)
    if wanted in ("SUCCEEDED", "OVERPAID"):
        # Bought credits count now, and are told of first; an incomplete subscription stays as it is.
        complete_bought_credits(ctx, invoice)
    ctx.emit("invoice.update.payment", invoice_id=invoice.id)
