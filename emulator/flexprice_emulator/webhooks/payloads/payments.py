"""PAY and CHK."""

from collections.abc import Mapping
from typing import Any

from flexprice_client.models.webhooks import CheckoutSession, CheckoutSessionWebhookPayload, Payment, PaymentWebhookPayload
from flexprice_emulator.payments.destination import invoice_of
from flexprice_emulator.payments.tables import PaymentRow
from flexprice_emulator.webhooks.payloads.subject import named
from flexprice_emulator.wire.present import present
from flexprice_emulator.workspace.context import Context


def payment(ctx: Context, event_name: str, subject: Mapping[str, Any]) -> PaymentWebhookPayload:
    """`subject`: payment_id."""
    row = named(ctx, PaymentRow, subject, "payment_id")
    invoice = invoice_of(ctx, row.destination_type, row.destination_id)
    shown = present(ctx, Payment, row, invoice_number=invoice.invoice_number if invoice else None)
    return PaymentWebhookPayload.model_construct(event_type=event_name, payment=shown)


def checkout_session(_ctx: Context, event_name: str, subject: Mapping[str, Any]) -> CheckoutSessionWebhookPayload:
    """`subject`: checkout_session, the session as it was then."""
    return CheckoutSessionWebhookPayload(
        event_type=event_name, checkout_session=CheckoutSession.model_validate(subject["checkout_session"])
    )
