"""Hosted-payment sessions."""

from typing import Annotated, Any

from flexprice_client.models.base import OMIT_EMPTY, OMIT_NONE, Metadata, Rule, Timestamp, WireModel, WireRequest


class CheckoutConfiguration(WireRequest):
    """The member that belongs to the action is required."""

    create_subscription_params: dict[str, Any] | None = None
    modify_subscription_params: dict[str, Any] | None = None
    wallet_topup_params: dict[str, Any] | None = None
    add_addon_params: dict[str, Any] | None = None


class CreateCheckoutSessionRequest(WireRequest):
    customer_external_id: Annotated[str, Rule(binding="required")] = ""
    action: Annotated[str, Rule(binding="required")] = ""
    payment_provider: Annotated[str, Rule(binding="required")] = ""
    configuration: CheckoutConfiguration | None = None
    payment_provider_config: dict[str, Any] | None = None
    idempotency_key: str | None = None
    success_url: str | None = None
    failure_url: str | None = None
    cancel_url: str | None = None
    metadata: Metadata | None = None


class PaymentAction(WireModel):
    """`type`: checkout_url or payment_link."""

    type: str
    url: str


class CheckoutSessionResponse(WireModel):
    id: str
    customer_id: str
    action: str
    checkout_status: str
    payment_provider: str
    configuration: dict[str, Any] | None = None
    payment_action: Annotated[PaymentAction | None, OMIT_NONE] = None
    checkout_invoice_id: Annotated[str | None, OMIT_EMPTY] = None
    checkout_payment_id: Annotated[str | None, OMIT_EMPTY] = None
    payment_provider_config: Annotated[dict[str, Any] | None, OMIT_NONE] = None
    result: Annotated[dict[str, Any] | None, OMIT_NONE] = None
    provider_result: Annotated[dict[str, Any] | None, OMIT_NONE] = None
    idempotency_key: Annotated[str | None, OMIT_EMPTY] = None
    success_url: Annotated[str | None, OMIT_EMPTY] = None
    failure_url: Annotated[str | None, OMIT_EMPTY] = None
    cancel_url: Annotated[str | None, OMIT_EMPTY] = None
    expires_at: Timestamp
    completed_at: Annotated[Timestamp | None, OMIT_NONE] = None
    cancelled_at: Annotated[Timestamp | None, OMIT_NONE] = None
    failure_reason: Annotated[str | None, OMIT_EMPTY] = None
    metadata: Annotated[Metadata | None, OMIT_EMPTY] = None
    environment_id: str = ""
    tenant_id: str = ""
    status: str = "published"
    created_at: Timestamp
    updated_at: Timestamp
    created_by: str = ""
    updated_by: str = ""
