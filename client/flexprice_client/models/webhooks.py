"""Webhooks on the wire: what arrives at an endpoint, by event name (webhooks.md §5), and the calls about them.

A body is the payload itself, without an envelope. Decimals are strings, times RFC 3339 in UTC.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Final

from flexprice_client.models.base import OMIT_EMPTY, OMIT_NONE, Dec, Metadata, Timestamp, WireModel, WireRequest
from flexprice_client.models.invoices import InvoiceResponse

Text = Annotated[str, OMIT_EMPTY]
OptionalText = Annotated[str | None, OMIT_EMPTY]
OptionalTime = Annotated[Timestamp | None, OMIT_NONE]
OptionalMetadata = Annotated[Metadata | None, OMIT_EMPTY]


class Customer(WireModel):
    id: str
    external_id: str
    environment_id: Text = ""
    name: Text = ""
    email: Text = ""
    address_line1: Text = ""
    address_line2: Text = ""
    address_city: Text = ""
    address_state: Text = ""
    address_postal_code: Text = ""
    address_country: Text = ""
    timezone: Text = ""
    metadata: OptionalMetadata = None


class CustomerWebhookPayload(WireModel):
    event_type: str
    customer: Customer


class Feature(WireModel):
    id: str
    name: str
    lookup_key: Text = ""
    description: Text = ""
    type: str
    unit_singular: Text = ""
    unit_plural: Text = ""
    meter_id: Text = ""
    group_id: Text = ""
    metadata: OptionalMetadata = None


class FeatureWebhookPayload(WireModel):
    event_type: str
    feature: Feature


class Entitlement(WireModel):
    """`usage_limit` left out is unlimited."""

    id: str
    entity_type: str
    entity_id: str
    feature_id: str
    feature_type: str
    is_enabled: bool
    usage_limit: Annotated[int | None, OMIT_NONE] = None
    usage_reset_period: Text = ""
    is_soft_limit: bool
    static_value: Text = ""


class EntitlementWebhookPayload(WireModel):
    event_type: str
    entitlement: Entitlement


class Subscription(WireModel):
    id: str
    customer_id: str
    plan_id: str
    lookup_key: Text = ""
    subscription_status: str
    currency: str
    start_date: Timestamp
    end_date: OptionalTime = None
    current_period_start: Timestamp
    current_period_end: Timestamp
    cancelled_at: OptionalTime = None
    cancel_at: OptionalTime = None
    cancel_at_period_end: bool = False
    trial_start: OptionalTime = None
    trial_end: OptionalTime = None
    billing_cadence: str
    billing_period: str
    billing_period_count: int = 1
    pause_status: str = "none"
    subscription_type: Text = ""
    parent_subscription_id: OptionalText = None
    metadata: OptionalMetadata = None
    customer: Annotated[Customer | None, OMIT_NONE] = None


class SubscriptionWebhookPayload(WireModel):
    event_type: str
    subscription: Subscription


class SubscriptionPhase(WireModel):
    id: str
    subscription_id: str
    start_date: Timestamp
    end_date: OptionalTime = None


class SubscriptionPhaseWebhookPayload(WireModel):
    event_type: str
    phase: SubscriptionPhase


class InvoiceWebhookPayload(WireModel):
    """The invoice as `GET /invoices/{id}` shows it; `invoice_pdf_url` is "" without a PDF."""

    event_type: str
    invoice: InvoiceResponse


class Invoice(WireModel):
    """The short invoice of a communication: no lines, no customer."""

    id: str
    customer_id: str
    environment_id: Text = ""
    subscription_id: OptionalText = None
    invoice_type: str
    invoice_status: str
    payment_status: str
    currency: str
    amount_due: Dec
    amount_paid: Dec
    amount_remaining: Dec
    total: Dec
    subtotal: Dec
    invoice_number: OptionalText = None
    due_date: OptionalTime = None
    paid_at: OptionalTime = None
    voided_at: OptionalTime = None
    finalized_at: OptionalTime = None
    period_start: OptionalTime = None
    period_end: OptionalTime = None
    invoice_pdf_url: OptionalText = None
    billing_reason: Text = ""
    metadata: OptionalMetadata = None


class CommunicationWebhookPayload(WireModel):
    event_type: str
    invoice: Invoice


class Payment(WireModel):
    id: str
    destination_type: str
    destination_id: str
    payment_method_type: str
    amount: Dec
    currency: str
    payment_status: str
    payment_gateway: OptionalText = None
    succeeded_at: OptionalTime = None
    failed_at: OptionalTime = None
    refunded_at: OptionalTime = None
    voided_at: OptionalTime = None
    error_message: OptionalText = None
    invoice_number: OptionalText = None


class PaymentWebhookPayload(WireModel):
    event_type: str
    payment: Payment


class Wallet(WireModel):
    """Stored balances: `balance` in money, `credit_balance` in credits."""

    id: str
    customer_id: str
    currency: str
    balance: Dec
    credit_balance: Dec
    wallet_status: str
    name: Text = ""
    wallet_type: str
    conversion_rate: Dec


class WalletAlertInfo(WireModel):
    """Real-time balances, in money and in credits, when the alert changed. Only wallets with settings of their own show it."""

    state: str
    current_balance: Dec
    credit_balance: Dec
    alert_type: Text = ""
    alert_settings: Annotated[dict[str, Any] | None, OMIT_EMPTY] = None


class WalletWebhookPayload(WireModel):
    event_type: str
    wallet: Wallet
    alert: Annotated[WalletAlertInfo | None, OMIT_NONE] = None


class WalletTransaction(WireModel):
    id: str
    wallet_id: str
    customer_id: str
    type: str
    amount: Dec
    credit_amount: Dec
    credit_balance_before: Dec
    credit_balance_after: Dec
    transaction_status: str
    reference_type: str
    reference_id: Text = ""
    description: Text = ""
    expiry_date: OptionalTime = None
    transaction_reason: str
    currency: str
    metadata: OptionalMetadata = None


class TransactionWebhookPayload(WireModel):
    event_type: str
    transaction: WalletTransaction


class TransactionUpdatedWebhookPayload(WireModel):
    """The key is `updated_transaction`."""

    event_type: str
    updated_transaction: WalletTransaction


class CreditNote(WireModel):
    id: str
    credit_note_number: str
    invoice_id: str
    customer_id: str
    subscription_id: OptionalText = None
    credit_note_status: str
    credit_note_type: str
    reason: str
    memo: Text = ""
    currency: str
    total_amount: Dec
    voided_at: OptionalTime = None
    finalized_at: OptionalTime = None
    metadata: OptionalMetadata = None


class CreditNoteWebhookPayload(WireModel):
    event_type: str
    credit_note: CreditNote


class CheckoutSession(WireModel):
    id: str
    customer_id: str
    action: str
    checkout_status: str
    payment_provider: str
    checkout_invoice_id: OptionalText = None
    checkout_payment_id: OptionalText = None
    failure_reason: OptionalText = None
    expires_at: OptionalTime = None
    completed_at: OptionalTime = None
    cancelled_at: OptionalTime = None
    payment_action: Annotated[dict[str, Any] | None, OMIT_EMPTY] = None


class CheckoutSessionWebhookPayload(WireModel):
    event_type: str
    checkout_session: CheckoutSession


class SpendAlertEvent(WireModel):
    """A body without `event_type` unless the delivery is Svix-style; `threshold` is left out on recovery."""

    event_type: OptionalText = None
    subscription: Subscription
    subscription_line_item_id: OptionalText = None
    group_id: OptionalText = None
    alert_type: str
    alert_status: str
    current_spend: Dec
    threshold: Annotated[Dec | None, OMIT_NONE] = None
    triggered_at: Timestamp


class EntitlementGrantEvent(WireModel):
    """A used-up grant; a body without `event_type` unless the delivery is Svix-style."""

    event_type: OptionalText = None
    subscription_id: str
    customer_id: str
    entitlement_id: str
    entitlement_grant_id: str
    alert_type: str
    alert_status: str
    usage_ratio: Dec
    triggered_at: Timestamp


class AlertWebhookPayload(WireModel):
    """A feature's alert on a wallet; stored balances."""

    event_type: str
    alert_type: str
    alert_status: str
    feature_id: OptionalText = None
    wallet_id: OptionalText = None
    customer_id: OptionalText = None
    current_balance: Annotated[Dec | None, OMIT_NONE] = None
    credit_balance: Annotated[Dec | None, OMIT_NONE] = None


class RejectedEventData(WireModel):
    id: str
    event_name: str
    customer_id: OptionalText = None
    external_customer_id: OptionalText = None
    source: OptionalText = None
    properties: Annotated[dict[str, Any] | None, OMIT_EMPTY] = None
    timestamp: str


class RejectedEventWebhookPayload(WireModel):
    event_type: str
    reason: str
    event: RejectedEventData


class RetryOutboundWebhookRequest(WireRequest):
    system_event_id: str = ""


class RetryOutboundWebhookResponse(WireModel):
    success: bool
    message: str
    system_event_id: str


class WebhookDashboardResponse(WireModel):
    """`token` and `app_id` only where the Svix mode is on."""

    svix_enabled: bool
    url: str
    token: OptionalText = None
    app_id: OptionalText = None


def _names(prefix: str, *ends: str) -> tuple[str, ...]:
    return tuple(f"{prefix}.{end}" for end in ends)


_PAYLOADS: Final[tuple[tuple[type[WireModel], tuple[str, ...]], ...]] = (
    (
        SubscriptionWebhookPayload,
        _names(
            "subscription",
            *("created", "draft.created", "activated", "updated", "paused", "cancelled", "resumed", "plan_changed", "renewal.due"),
        ),
    ),
    (SubscriptionPhaseWebhookPayload, _names("subscription.phase", "created", "updated", "deleted")),
    (CustomerWebhookPayload, _names("customer", "created", "updated", "deleted")),
    (FeatureWebhookPayload, _names("feature", "created", "updated", "deleted")),
    (AlertWebhookPayload, ("feature.wallet_balance.alert",)),
    (EntitlementWebhookPayload, _names("entitlement", "created", "updated", "deleted")),
    (EntitlementGrantEvent, ("entitlement.grant.exhausted",)),
    (
        WalletWebhookPayload,
        _names(
            "wallet",
            *("created", "updated", "terminated", "credit_balance.dropped", "credit_balance.recovered"),
            *("ongoing_balance.dropped", "ongoing_balance.recovered", "ongoing_balance.updated"),
        ),
    ),
    (TransactionWebhookPayload, ("wallet.transaction.created",)),
    (TransactionUpdatedWebhookPayload, ("wallet.transaction.updated",)),
    (
        InvoiceWebhookPayload,
        ("invoice.update", *_names("invoice", "update.finalized", "update.payment", "update.voided", "payment.overdue")),
    ),
    (CommunicationWebhookPayload, ("invoice.communication.triggered",)),
    (PaymentWebhookPayload, _names("payment", "created", "updated", "pending", "success", "failed")),
    (CreditNoteWebhookPayload, _names("credit_note", "created", "updated")),
    (CheckoutSessionWebhookPayload, _names("checkout.session", "initiated", "completed", "failed", "expired")),
    (
        SpendAlertEvent,
        tuple(
            f"subscription.{scope}.threshold_{change}"
            for scope in ("spend", "line_item_spend", "group_spend")
            for change in ("reached", "recovered")
        ),
    ),
    (RejectedEventWebhookPayload, ("event.rejected",)),
)

WEBHOOK_PAYLOADS: Final[Mapping[str, type[WireModel]]] = {name: model for model, names in _PAYLOADS for name in names}
"""Event name -> what its body is. All 57 events of the API."""
