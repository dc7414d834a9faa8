"""/payments/customers/{id} over HTTP. Both bodies must hold nothing but what is known, also that of the GET."""

from typing import TypeVar

from flexprice_client.models.base import WireRequest
from flexprice_client.models.payments import (
    CreateSetupIntentRequest,
    ListPaymentMethodsRequest,
    ListPaymentMethodsResponse,
    SetupIntentResponse,
)
from flexprice_emulator.payments import setup
from flexprice_emulator.wire.binding import bind, read_json
from flexprice_emulator.wire.errors import ValidationError
from flexprice_emulator.wire.routing import Routes
from flexprice_emulator.workspace.context import Context

routes = Routes("Payments", permission="payment:write")
RequestT = TypeVar("RequestT", bound=WireRequest)
_HINT = "Invalid request format"


@routes.post("/payments/customers/{id}/setup/intent", status=201)
def create_setup_intent(ctx: Context, id: str, raw: bytes) -> SetupIntentResponse:
    return setup.create_setup_intent(ctx, id, _strictly(CreateSetupIntentRequest, raw))


@routes.get("/payments/customers/{id}/methods")
def list_customer_payment_methods(ctx: Context, id: str, raw: bytes) -> ListPaymentMethodsResponse:
    return setup.list_methods(ctx, id, _strictly(ListPaymentMethodsRequest, raw))


def _strictly(model: type[RequestT], raw: bytes) -> RequestT:
    try:
        data = read_json(raw)
    except ValueError:
        raise ValidationError(_HINT) from None
    if not isinstance(data, dict) or not {str(name).lower() for name in data} <= model.model_fields.keys():
        raise ValidationError(_HINT)
    return bind(model, data, _HINT)
