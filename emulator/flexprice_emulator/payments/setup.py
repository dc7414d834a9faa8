"""Saving a customer's card at the provider, and what is saved (operations.md Payments).

No recording shows these two operations: their form is our own.
"""

from datetime import timedelta
from typing import Final

from flexprice_client.models.payments import (
    CardDetails,
    CreateSetupIntentRequest,
    ListPaymentMethodsRequest,
    ListPaymentMethodsResponse,
    PaymentMethodResponse,
    SetupIntentResponse,
)
from flexprice_emulator.connections.service import of_provider
from flexprice_emulator.customers.service import get_row as get_customer
from flexprice_emulator.integrations.mappings import active
from flexprice_emulator.integrations.sync import provider_id_of
from flexprice_emulator.payments import sandbox
from flexprice_emulator.payments.gateway import CARD_GATEWAY
from flexprice_emulator.payments.provider.methods import methods
from flexprice_emulator.payments.provider.pages import open_page, page_url
from flexprice_emulator.payments.tables import StoredMethodRow
from flexprice_emulator.wire.errors import HttpClientError, NotFoundError, ValidationError
from flexprice_emulator.workspace.context import Context

USAGES: Final = ("on_session", "off_session")
LONGEST_PAGE: Final = 100
_LIFE: Final = timedelta(hours=24)
_DEFAULT_PAGE: Final = 10


def create_setup_intent(ctx: Context, customer_id: str, request: CreateSetupIntentRequest) -> SetupIntentResponse:
    """A page where the customer saves a card. Raises ValidationError, NotFoundError, HttpClientError."""
    _check(ctx, customer_id, request.provider)
    usage = request.usage or "off_session"
    if usage not in USAGES:
        raise ValidationError(f"Allowed values: {', '.join(USAGES)}", {"allowed_values": list(USAGES)})
    rule = sandbox.rule_for(ctx, customer_id)
    if rule is not None and rule.outcome == "timeout":
        raise HttpClientError("The payment provider did not answer in time", {"customer_id": customer_id})
    page = open_page(
        ctx,
        request.provider,
        "setup",
        customer_id,
        save_card=request.set_default,
        success_url=request.success_url,
        cancel_url=request.cancel_url,
    )
    if rule is not None and rule.outcome != "require_action":
        sandbox.answer_later(ctx, page, rule)
    provider_id_of(ctx, "customer", customer_id, request.provider)
    return SetupIntentResponse(
        setup_intent_id=page.gateway_payment_id,
        client_secret=f"{page.gateway_payment_id}_secret",
        checkout_session_id=page.id,
        checkout_url=page_url(ctx, page),
        status="requires_payment_method",
        usage=usage,
        customer_id=customer_id,
        created_at=int(ctx.now.timestamp()),
        expires_at=int((ctx.now + _LIFE).timestamp()),
    )


def list_methods(ctx: Context, customer_id: str, request: ListPaymentMethodsRequest) -> ListPaymentMethodsResponse:
    """The customer's cards, newest first. Raises ValidationError, NotFoundError."""
    _check(ctx, customer_id, request.provider)
    limit = _DEFAULT_PAGE if request.limit is None else request.limit
    if not 1 <= limit <= LONGEST_PAGE:
        raise ValidationError(f"limit must be between 1 and {LONGEST_PAGE}", {"limit": limit})
    held = list(methods(ctx, request.provider, customer_id))
    ids = [row.id for row in held]
    first = ids.index(request.starting_after) + 1 if request.starting_after in ids else 0
    last = ids.index(request.ending_before) if request.ending_before in ids else len(held)
    shown = held[max(first, last - limit) : last] if request.ending_before in ids else held[first : first + limit]
    known = active(ctx, "customer", customer_id, request.provider)
    customer = known.provider_entity_id if known is not None else customer_id
    return ListPaymentMethodsResponse(
        data=[_shown(row, customer) for row in shown], has_more=len(shown) < len(held[first:last]), total_count=len(held)
    )


def _shown(row: StoredMethodRow, customer: str) -> PaymentMethodResponse:
    card = CardDetails(brand=row.brand, last4=row.last4, exp_month=12, exp_year=row.created_at.year + 3)
    return PaymentMethodResponse(
        id=row.id, customer=customer, created=int(row.created_at.timestamp()), is_default=row.is_default, card=card
    )


def _check(ctx: Context, customer_id: str, provider: str) -> None:
    if provider != CARD_GATEWAY:
        raise ValidationError(f"Allowed values: {CARD_GATEWAY}", {"allowed_values": [CARD_GATEWAY]})
    get_customer(ctx, customer_id)
    if of_provider(ctx, provider) is None and sandbox.rule_for(ctx, customer_id) is None:
        raise NotFoundError(f"Connection with provider {provider} was not found in this environment", {"provider_type": provider})
