"""INV and COM."""

from collections.abc import Mapping
from typing import Any

from flexprice_client.models.webhooks import CommunicationWebhookPayload, Invoice, InvoiceWebhookPayload
from flexprice_emulator.invoices.reads import read
from flexprice_emulator.invoices.tables import InvoiceRow
from flexprice_emulator.webhooks.payloads.subject import Gone, named
from flexprice_emulator.wire.present import present
from flexprice_emulator.workspace.context import Context


def invoice(ctx: Context, event_name: str, subject: Mapping[str, Any]) -> InvoiceWebhookPayload:
    """`subject`: invoice_id."""
    shown = read(ctx, named(ctx, InvoiceRow, subject, "invoice_id"))
    if shown.customer is None:
        # Observed: an invoice of an unknown customer can be made, and none of its events ever arrives.
        raise Gone(f"customer_id {shown.customer_id!r} was not found")
    shown.invoice_pdf_url = shown.invoice_pdf_url or ""
    return InvoiceWebhookPayload.model_construct(event_type=event_name, invoice=shown)


def communication(ctx: Context, event_name: str, subject: Mapping[str, Any]) -> CommunicationWebhookPayload:
    """`subject`: invoice_id."""
    row = named(ctx, InvoiceRow, subject, "invoice_id")
    return CommunicationWebhookPayload.model_construct(event_type=event_name, invoice=present(ctx, Invoice, row))
