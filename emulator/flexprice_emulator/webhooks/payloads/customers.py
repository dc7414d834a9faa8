"""CUS."""

from collections.abc import Mapping
from typing import Any

from flexprice_client.models.webhooks import Customer, CustomerWebhookPayload
from flexprice_emulator.customers.tables import CustomerRow
from flexprice_emulator.webhooks.payloads.subject import named
from flexprice_emulator.wire.present import present
from flexprice_emulator.workspace.context import Context


def customer(ctx: Context, event_name: str, subject: Mapping[str, Any]) -> CustomerWebhookPayload:
    """`subject`: customer_id."""
    row = named(ctx, CustomerRow, subject, "customer_id")
    return CustomerWebhookPayload.model_construct(event_type=event_name, customer=present(ctx, Customer, row))
