"""Payments on the wire."""

from typing import Annotated, Any

from flexprice_client.models.base import (
    OMIT_EMPTY,
    OMIT_NONE,
    Dec,
    ListFilter,
    ListResponse,
    Metadata,
    Rule,
    Timestamp,
    WireModel,
    WireRequest,
)


class CreatePaymentRequest(WireRequest):
    """Without `idempotency_key` an equal second payment answers the first one. `process_payment` left out is false."""

    destination_type: Annotated[str, Rule(binding="required")]
    destination_id: Annotated[str, Rule(binding="required")]
    payment_method_type: Annotated[str, Rule(binding="required")]
    currency: Annotated[str, Rule(binding="required")]
    amount: Dec | None = None
    payment_method_id: str = ""
    payment_gateway: str | None = None
    process_payment: bool = False
    idempotency_key: str = ""
    metadata: Metadata | None = None
    success_url: str = ""
    cancel_url: str = ""
    save_card_and_make_default: bool = False
    gateway_options: dict[str, Any] | None = None


class UpdatePaymentRequest(WireRequest):
    """What is given is set; a given metadata map replaces the old one whole."""

    payment_status: str | None = None
    payment_method_id: str | None = None
    payment_gateway: str | None = None
    gateway_payment_id: str | None = None
    metadata: Metadata | None = None
    error_message: str | None = None
    succeeded_at: Timestamp | None = None
    failed_at: Timestamp | None = None
    refunded_at: Timestamp | None = None
    voided_at: Timestamp | None = None


class PaymentFilter(ListFilter):
    payment_ids: list[str] | None = None
    destination_type: str | None = None
    destination_id: str | None = None
    payment_method_type: str | None = None
    payment_status: str | None = None
    payment_gateway: str | None = None
    gateway_payment_id: str | None = None
    gateway_tracking_id: str | None = None
    currency: str | None = None
    sort: str | None = None


class PaymentAttemptResponse(WireModel):
    """One try to collect a payment that tracks its tries."""

    id: str
    payment_id: str
    attempt_number: int
    error_message: Annotated[str | None, OMIT_EMPTY] = None
    metadata: Annotated[Metadata | None, OMIT_EMPTY] = None
    tenant_id: str = ""
    created_at: Timestamp
    updated_at: Timestamp
    created_by: str = ""
    updated_by: str = ""


class PaymentResponse(WireModel):
    """`environment_id` is always empty; `attempts` and `invoice_number` come with reads only."""

    id: str
    idempotency_key: str
    destination_type: str
    destination_id: str
    payment_method_type: str
    payment_method_id: str = ""
    payment_gateway: Annotated[str | None, OMIT_EMPTY] = None
    gateway_payment_id: Annotated[str | None, OMIT_EMPTY] = None
    gateway_tracking_id: Annotated[str | None, OMIT_EMPTY] = None
    gateway_metadata: Annotated[Metadata | None, OMIT_EMPTY] = None
    payment_url: Annotated[str | None, OMIT_EMPTY] = None
    amount: Dec
    currency: str
    payment_status: str
    track_attempts: bool = False
    metadata: Annotated[Metadata | None, OMIT_EMPTY] = None
    succeeded_at: Annotated[Timestamp | None, OMIT_NONE] = None
    failed_at: Annotated[Timestamp | None, OMIT_NONE] = None
    refunded_at: Annotated[Timestamp | None, OMIT_NONE] = None
    voided_at: Annotated[Timestamp | None, OMIT_NONE] = None
    error_message: Annotated[str | None, OMIT_EMPTY] = None
    attempts: Annotated[list[PaymentAttemptResponse] | None, OMIT_EMPTY] = None
    invoice_number: Annotated[str | None, OMIT_EMPTY] = None
    save_card_and_make_default: bool = False
    tenant_id: str = ""
    environment_id: str = ""
    created_at: Timestamp
    updated_at: Timestamp
    created_by: str = ""
    updated_by: str = ""


ListPaymentsResponse = ListResponse[PaymentResponse]


class CreateSetupIntentRequest(WireRequest):
    """Members that are not listed are refused."""

    provider: Annotated[str, Rule(binding="required")] = ""
    usage: str = ""
    payment_method_types: list[str] | None = None
    success_url: str = ""
    cancel_url: str = ""
    set_default: bool = False
    metadata: Metadata | None = None


class SetupIntentResponse(WireModel):
    """`checkout_url` is where the customer enters the card; times are seconds since 1970."""

    setup_intent_id: str
    client_secret: str
    checkout_session_id: str
    checkout_url: str
    status: str
    usage: str
    customer_id: str
    created_at: int
    expires_at: int


class ListPaymentMethodsRequest(WireRequest):
    """The body of a GET; members that are not listed are refused."""

    provider: Annotated[str, Rule(binding="required")] = ""
    limit: int | None = None
    starting_after: str = ""
    ending_before: str = ""


class CardDetails(WireModel):
    brand: str
    last4: str
    exp_month: int
    exp_year: int
    fingerprint: str = ""


class PaymentMethodResponse(WireModel):
    """A card the provider keeps; `created` is in seconds since 1970."""

    id: str
    type: str = "card"
    customer: str
    created: int
    is_default: bool
    card: CardDetails | None = None
    metadata: Annotated[Metadata | None, OMIT_EMPTY] = None


class ListPaymentMethodsResponse(WireModel):
    """One page; `has_more` tells of another."""

    data: list[PaymentMethodResponse]
    has_more: bool
    total_count: int
