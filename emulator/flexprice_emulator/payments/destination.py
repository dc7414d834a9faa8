"""What a payment is for, and whether it may be paid (invoices.md §9.1)."""

from flexprice_client.models.payments import CreatePaymentRequest
from flexprice_emulator.customers.service import get_row as get_customer
from flexprice_emulator.invoices.drafts import get_row as get_invoice
from flexprice_emulator.invoices.tables import InvoiceRow
from flexprice_emulator.wire.errors import NotFoundError, ValidationError
from flexprice_emulator.workspace.context import Context


def payable_invoice(ctx: Context, request: CreatePaymentRequest) -> InvoiceRow | None:
    """The invoice to pay; None for a payment of a customer. Raises NotFoundError, ValidationError."""
    if request.destination_type == "CUSTOMER":
        get_customer(ctx, request.destination_id)
        if len(request.currency) != 3:
            raise ValidationError("Currency code must be 3 characters long")
        return None
    try:
        invoice = get_invoice(ctx, request.destination_id)
    except NotFoundError as missing:
        # The reference answers 400 or 404 by chance; it is 404 here.
        raise NotFoundError(missing.message, {**missing.details, "invoice_id": request.destination_id}) from None
    if invoice.payment_status == "SUCCEEDED":
        raise ValidationError("Cannot create payment for an already paid invoice", {"invoice_id": invoice.id})
    if "VOIDED" in (invoice.invoice_status, invoice.payment_status):
        raise ValidationError("Cannot create payment for a voided invoice", {"invoice_id": invoice.id})
    if request.currency.lower() != invoice.currency.lower():
        details = {"invoice_currency": invoice.currency, "payment_currency": request.currency}
        raise ValidationError("Payment currency must match invoice currency", details)
    return invoice


def invoice_of(ctx: Context, destination_type: str, destination_id: str) -> InvoiceRow | None:
    """A payment's invoice, None for one of a customer."""
    return ctx.session.get(InvoiceRow, destination_id) if destination_type == "INVOICE" else None
