"""SUB and PHA."""

from collections.abc import Mapping
from typing import Any

from flexprice_client.models.webhooks import (
    Customer,
    Subscription,
    SubscriptionPhase,
    SubscriptionPhaseWebhookPayload,
    SubscriptionWebhookPayload,
)
from flexprice_emulator.customers.tables import CustomerRow
from flexprice_emulator.subscriptions.tables import SubscriptionPhaseRow, SubscriptionRow
from flexprice_emulator.webhooks.payloads.subject import named
from flexprice_emulator.wire.present import present
from flexprice_emulator.workspace.context import Context


def subscription(ctx: Context, event_name: str, subject: Mapping[str, Any]) -> SubscriptionWebhookPayload:
    """`subject`: subscription_id."""
    return SubscriptionWebhookPayload.model_construct(event_type=event_name, subscription=shown(ctx, subject))


def phase(ctx: Context, event_name: str, subject: Mapping[str, Any]) -> SubscriptionPhaseWebhookPayload:
    """`subject`: subscription_phase_id."""
    row = named(ctx, SubscriptionPhaseRow, subject, "subscription_phase_id")
    return SubscriptionPhaseWebhookPayload.model_construct(event_type=event_name, phase=present(ctx, SubscriptionPhase, row))


def shown(ctx: Context, subject: Mapping[str, Any]) -> Subscription:
    """The subscription a subject names, with its customer. Raises Gone."""
    row = named(ctx, SubscriptionRow, subject, "subscription_id")
    customer = ctx.session.get(CustomerRow, row.customer_id)
    return present(ctx, Subscription, row, customer=present(ctx, Customer, customer) if customer is not None else None)
