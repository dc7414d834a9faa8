"""/checkout/sessions over HTTP."""

from flexprice_client.models.checkout import CheckoutSessionResponse, CreateCheckoutSessionRequest
from flexprice_emulator.checkout import service, sessions
from flexprice_emulator.checkout.completion import withdraw
from flexprice_emulator.wire.errors import NotFoundError
from flexprice_emulator.wire.routing import Routes
from flexprice_emulator.workspace.context import Context

routes = Routes("Checkout")


@routes.post("/checkout/sessions", status=201, permission="checkoutsession:write")
def create_checkout_session(ctx: Context, body: CreateCheckoutSessionRequest) -> CheckoutSessionResponse:
    return service.create(ctx, body)


@routes.get("/checkout/sessions/{id}")
def get_checkout_session(ctx: Context, id: str) -> CheckoutSessionResponse:
    return sessions.to_response(ctx, sessions.get_row(ctx, id))


@routes.delete("/checkout/sessions/{id}", status=204, permission="checkout_session:write")
def delete_checkout_session(ctx: Context, id: str) -> None:
    try:
        session = sessions.get_row(ctx, id)
    except NotFoundError:
        raise NotFoundError(f"checkout session {id} not found or already archived") from None
    withdraw(ctx, session)
