"""Checkout sessions: what is bought waits for its payment."""

from flexprice_client.models.checkout import CheckoutSessionResponse, CreateCheckoutSessionRequest
from flexprice_client.resources.calls import Fields, discard, fetch, post
from flexprice_client.resources.operation import AsyncResource, Call, SyncResource, operation


class CheckoutOperations:
    @operation
    def create(self, request: CreateCheckoutSessionRequest | Fields) -> Call[CheckoutSessionResponse]:
        """A draft subscription and the session it waits for. Send the customer to `payment_action.url`."""
        return post("/checkout/sessions", CheckoutSessionResponse, request)

    @operation
    def get(self, session_id: str) -> Call[CheckoutSessionResponse]:
        return fetch("/checkout/sessions/{id}", CheckoutSessionResponse, id=session_id)

    @operation
    def delete(self, session_id: str) -> Call[None]:
        """Archive a session; what still waits for its payment is dropped."""
        return discard("/checkout/sessions/{id}", id=session_id)


class Checkout(CheckoutOperations, SyncResource):
    """Blocking operations on checkout sessions."""


class AsyncCheckout(CheckoutOperations, AsyncResource):
    """Awaiting operations on checkout sessions."""
