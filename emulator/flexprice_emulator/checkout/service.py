"""`POST /checkout/sessions`, its checks in the reference's order (operations.md Checkout, wire.md §10)."""

from flexprice_client.models.checkout import CheckoutSessionResponse, CreateCheckoutSessionRequest
from flexprice_client.models.subscriptions import CheckoutParams, CreateSubscriptionRequest
from flexprice_emulator.checkout import subscriptions
from flexprice_emulator.checkout.sessions import PROVIDERS, check
from flexprice_emulator.customers.service import get_row_by_external_id
from flexprice_emulator.subscriptions.create import create as create_subscription
from flexprice_emulator.subscriptions.reads import get_row as get_subscription
from flexprice_emulator.wire.binding import bind
from flexprice_emulator.wire.errors import ValidationError
from flexprice_emulator.workspace.context import Context

ACTIONS = ("create_subscription", "modify_subscription", "wallet_topup", "add_addon")
# These open their session from their own operation.
_ELSEWHERE = {
    "wallet_topup": "POST /wallets/{id}/top-up",
    "modify_subscription": "POST /subscriptions/{id}/modify/execute",
    "add_addon": "POST /subscriptions/addon",
}
_TERMS = ("payment_provider", "payment_provider_config", "success_url", "failure_url", "cancel_url", "idempotency_key", "metadata")


def create(ctx: Context, request: CreateCheckoutSessionRequest) -> CheckoutSessionResponse:
    """A draft subscription and the session it waits for. Raises ValidationError, NotFoundError, AlreadyExistsError."""
    _one_of(request.action, ACTIONS)
    if request.action in _ELSEWHERE:
        raise ValidationError(f"Use {_ELSEWHERE[request.action]} with a checkout object instead")
    _one_of(request.payment_provider, PROVIDERS)
    params = request.configuration.create_subscription_params if request.configuration is not None else None
    if params is None:
        raise ValidationError("Provide create_subscription_params in configuration")
    customer = get_row_by_external_id(ctx, request.customer_external_id)
    terms = CheckoutParams.model_construct(**{name: getattr(request, name) for name in _TERMS})
    check(ctx, customer.id, terms)
    if params.get("subscription_id"):
        draft = get_subscription(ctx, str(params["subscription_id"]))
        if draft.subscription_status != "draft" or draft.customer_id != customer.id:
            raise ValidationError("Only a draft subscription of the customer can be paid first", {"subscription_id": draft.id})
        return subscriptions.open_for(ctx, draft, terms)
    wanted = bind(CreateSubscriptionRequest, {**params, "customer_id": customer.id}, "Invalid request format")
    made = create_subscription(ctx, wanted.model_copy(update={"checkout": terms}))
    opened: CheckoutSessionResponse = made.checkout_session
    return opened


def _one_of(value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise ValidationError(f"Allowed values: {', '.join(allowed)}", {"allowed_values": list(allowed)})
