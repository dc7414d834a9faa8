"""The checks of a checkout, in the reference's order (operations.md Checkout, wire.md §10)."""

from typing import Never

from flexprice_client.models.checkout import CreateCheckoutSessionRequest
from flexprice_emulator.customers.service import get_row_by_external_id
from flexprice_emulator.wire.errors import ValidationError
from flexprice_emulator.workspace.context import Context

ACTIONS = ("create_subscription", "modify_subscription", "wallet_topup", "add_addon")
PROVIDERS = ("razorpay",)
# These open their session from their own operation.
_ELSEWHERE = {
    "wallet_topup": "POST /wallets/{id}/top-up",
    "modify_subscription": "POST /subscriptions/{id}/modify/execute",
    "add_addon": "POST /subscriptions/addon",
}


def refuse(ctx: Context, request: CreateCheckoutSessionRequest) -> Never:
    """Raises ValidationError, or NotFoundError for an unknown customer."""
    _one_of(request.action, ACTIONS)
    if request.action in _ELSEWHERE:
        raise ValidationError(f"Use {_ELSEWHERE[request.action]} with a checkout object instead")
    _one_of(request.payment_provider, PROVIDERS)
    if request.configuration is None or request.configuration.create_subscription_params is None:
        raise ValidationError("Provide create_subscription_params in configuration")
    get_row_by_external_id(ctx, request.customer_external_id)
    raise ValidationError("Set up and publish a payment connection before using checkout")


def _one_of(value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise ValidationError(f"Allowed values: {', '.join(allowed)}", {"allowed_values": list(allowed)})
