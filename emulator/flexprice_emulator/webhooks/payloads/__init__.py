"""Bodies of events, built from the entity as it is when the body is made (webhooks.md §1, §5)."""

from collections.abc import Callable, Mapping
from typing import Any

from flexprice_client.models import webhooks as models
from flexprice_client.models.base import WireModel
from flexprice_emulator.webhooks.payloads import alerts, catalog, credit_notes, customers, invoices, payments, subscriptions, wallets
from flexprice_emulator.webhooks.payloads.subject import Gone
from flexprice_emulator.workspace.context import Context

Builder = Callable[[Context, str, Mapping[str, Any]], WireModel]

BUILDERS: Mapping[type[WireModel], Builder] = {
    models.CustomerWebhookPayload: customers.customer,
    models.FeatureWebhookPayload: catalog.feature,
    models.EntitlementWebhookPayload: catalog.entitlement,
    models.SubscriptionWebhookPayload: subscriptions.subscription,
    models.SubscriptionPhaseWebhookPayload: subscriptions.phase,
    models.InvoiceWebhookPayload: invoices.invoice,
    models.CommunicationWebhookPayload: invoices.communication,
    models.PaymentWebhookPayload: payments.payment,
    models.WalletWebhookPayload: wallets.wallet,
    models.TransactionWebhookPayload: wallets.transaction,
    models.TransactionUpdatedWebhookPayload: wallets.updated_transaction,
    models.CreditNoteWebhookPayload: credit_notes.credit_note,
    models.SpendAlertEvent: alerts.spend,
    models.EntitlementGrantEvent: alerts.grant,
    models.AlertWebhookPayload: alerts.feature_balance,
    models.RejectedEventWebhookPayload: alerts.rejected_event,
    models.CheckoutSessionWebhookPayload: payments.checkout_session,
}


class NoPayload(LookupError):
    """A body that cannot be built: no such event, or its entity is gone."""


def build(ctx: Context, event_name: str, subject: Mapping[str, Any], *, always_typed: bool = False) -> WireModel:
    """The body of an event. `always_typed` sets `event_type` also where the native body has none. Raises NoPayload."""
    model = models.WEBHOOK_PAYLOADS.get(event_name)
    if model is None:
        raise NoPayload(f"{event_name} is no webhook event")
    try:
        body = BUILDERS[model](ctx, event_name, subject)
    except Gone as gone:
        raise NoPayload(str(gone)) from None
    if always_typed and isinstance(body, models.SpendAlertEvent | models.EntitlementGrantEvent):
        body.event_type = event_name
    return body
