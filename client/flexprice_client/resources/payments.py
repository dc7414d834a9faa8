"""Payments of invoices, and their way through a provider."""

from flexprice_client.models.base import SuccessResponse
from flexprice_client.models.payments import (
    CreatePaymentRequest,
    CreateSetupIntentRequest,
    ListPaymentMethodsRequest,
    ListPaymentMethodsResponse,
    ListPaymentsResponse,
    PaymentFilter,
    PaymentResponse,
    SetupIntentResponse,
    UpdatePaymentRequest,
)
from flexprice_client.resources.calls import Fields, delete, fetch, fetch_by, post, put, with_page
from flexprice_client.resources.operation import AsyncResource, Call, SyncResource, operation, paged
from flexprice_client.resources.paging import Page


class PaymentsOperations:
    @operation
    def create(self, request: CreatePaymentRequest | Fields) -> Call[PaymentResponse]:
        """Record or start a payment. Without an `idempotency_key` an equal second payment answers the first one and pays nothing.

        A payment whose processing fails is kept as FAILED, although this raises.
        """
        return post("/payments", PaymentResponse, request)

    @operation
    def get(self, payment_id: str) -> Call[PaymentResponse]:
        return fetch("/payments/{id}", PaymentResponse, id=payment_id)

    @operation
    def update(self, payment_id: str, request: UpdatePaymentRequest | Fields) -> Call[PaymentResponse]:
        """Change status, provider references or metadata; the invoice is not touched."""
        return put("/payments/{id}", PaymentResponse, request, id=payment_id)

    @operation
    def delete(self, payment_id: str) -> Call[SuccessResponse]:
        """Archive a payment that is INITIATED or FAILED."""
        return delete("/payments/{id}", SuccessResponse, id=payment_id)

    @operation
    def process(self, payment_id: str) -> Call[PaymentResponse]:
        """Collect a payment that was only recorded so far."""
        return post("/payments/{id}/process", PaymentResponse, {}, id=payment_id)

    @operation
    def create_setup_intent(self, customer_id: str, request: CreateSetupIntentRequest | Fields) -> Call[SetupIntentResponse]:
        """Have a customer save a card at the provider's page, `checkout_url`."""
        return post("/payments/customers/{id}/setup/intent", SetupIntentResponse, request, id=customer_id)

    @operation
    def list_methods(self, customer_id: str, request: ListPaymentMethodsRequest | Fields) -> Call[ListPaymentMethodsResponse]:
        """The cards a provider keeps for a customer; this GET has a body."""
        return fetch_by("/payments/customers/{id}/methods", ListPaymentMethodsResponse, request, id=customer_id)

    @operation
    def list(self, query: PaymentFilter | Fields | None = None) -> Call[ListPaymentsResponse]:
        return fetch("/payments", ListPaymentsResponse, query)

    @paged
    def iter_all(self, page: Page, query: PaymentFilter | Fields | None = None) -> Call[ListPaymentsResponse]:
        """Every payment the filter finds."""
        return fetch("/payments", ListPaymentsResponse, with_page(query, page))


class Payments(PaymentsOperations, SyncResource):
    """Blocking operations on payments."""


class AsyncPayments(PaymentsOperations, AsyncResource):
    """Awaiting operations on payments."""
