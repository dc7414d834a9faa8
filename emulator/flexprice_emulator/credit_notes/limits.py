"""Which note an invoice allows, and over how much (invoices.md §10)."""

from collections.abc import Mapping
from decimal import Decimal

from flexprice_client.models.credit_notes import CreateCreditNoteLineItemRequest, CreateCreditNoteRequest
from flexprice_emulator.invoices.tables import InvoiceLineItemRow, InvoiceRow
from flexprice_emulator.rating.decimals import ZERO, add, subtract
from flexprice_emulator.wire.errors import DatabaseError, ValidationError

ADJUSTMENT, REFUND = "ADJUSTMENT", "REFUND"
REASONS = (
    "DUPLICATE",
    "FRAUDULENT",
    "ORDER_CHANGE",
    "UNSATISFACTORY",
    "SERVICE_ISSUE",
    "BILLING_ERROR",
    "SUBSCRIPTION_CANCELLATION",
)
_TYPES = {
    "SUCCEEDED": REFUND,
    "PARTIALLY_REFUNDED": REFUND,
    "PENDING": ADJUSTMENT,
    "PROCESSING": ADJUSTMENT,
    "FAILED": ADJUSTMENT,
}


def credit_note_type(invoice: InvoiceRow) -> str:
    """REFUND for what is paid, ADJUSTMENT for what is not. Raises ValidationError for an invoice that allows neither."""
    if invoice.invoice_status != "FINALIZED":
        details = {"invoice_id": invoice.id, "invoice_status": invoice.invoice_status}
        raise ValidationError("Credit notes can only be made for finalized invoices", details)
    kind = _TYPES.get(invoice.payment_status)
    if kind is None:
        details = {"invoice_id": invoice.id, "payment_status": invoice.payment_status}
        raise ValidationError(f"No credit note can be made for an invoice in payment status {invoice.payment_status}", details)
    return kind


def credit_limit(invoice: InvoiceRow, kind: str) -> Decimal:
    """The most a further note may be over."""
    if kind == REFUND:
        return subtract(invoice.amount_paid, invoice.refunded_amount)
    return subtract(subtract(invoice.total, invoice.adjustment_amount), invoice.amount_paid)


def check_request(request: CreateCreditNoteRequest) -> None:
    """Raises ValidationError for an unknown reason and for a note without lines."""
    if request.reason not in REASONS:
        raise ValidationError("Please provide a valid credit note reason", {"allowed": list(REASONS)})
    if not request.line_items:
        raise ValidationError("Please provide at least one line item")


def checked_total(
    invoice: InvoiceRow, kind: str, wanted: list[CreateCreditNoteLineItemRequest], lines: Mapping[str, InvoiceLineItemRow]
) -> Decimal:
    """Sum of sound lines. What earlier notes took off a line does not count; that the whole stays within the limit does.

    Raises ValidationError, and DatabaseError (500, as in the reference) for a line without a name.
    """
    for line in wanted:
        credited = lines.get(line.invoice_line_item_id)
        if credited is None:
            raise ValidationError(f"The line item you're trying to credit ({line.invoice_line_item_id}) doesn't exist on this invoice.")
        amount = line.amount or ZERO
        details: dict[str, object] = {"invoice_line_item_id": credited.id}
        if amount < ZERO:
            raise ValidationError("Credit amount must not be negative", details)
        if amount > credited.amount:
            details |= {"credit_amount": amount, "line_amount": credited.amount}
            raise ValidationError("Credit amount exceeds the amount of the invoice line item", details)
    total, limit = add(*(line.amount or ZERO for line in wanted)), credit_limit(invoice, kind)
    if total > limit:
        figures = {"credit_note_type": kind, "max_creditable_amount": limit, "total_amount": total}
        raise ValidationError("Credit note total exceeds what can still be credited on this invoice", figures)
    if any(not line.display_name for line in wanted):
        raise DatabaseError("line item creation failed")
    return total
