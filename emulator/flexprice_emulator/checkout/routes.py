"""/checkout/sessions over HTTP."""

from flexprice_client.models.checkout import CreateCheckoutSessionRequest
from flexprice_emulator.checkout import service
from flexprice_emulator.wire.errors import NotFoundError
from flexprice_emulator.wire.routing import Routes
from flexprice_emulator.workspace.context import Context

routes = Routes("Checkout")


@routes.post("/checkout/sessions", status=201, permission="checkoutsession:write")
def create_checkout_session(ctx: Context, body: CreateCheckoutSessionRequest) -> None:
    service.refuse(ctx, body)


@routes.get("/checkout/sessions/{id}")
def get_checkout_session(ctx: Context, id: str) -> None:  # noqa: ARG001
    raise NotFoundError(f"checkout session {id} not found", {"id": id})


@routes.delete("/checkout/sessions/{id}", permission="checkout_session:write")
def delete_checkout_session(ctx: Context, id: str) -> None:  # noqa: ARG001
    raise NotFoundError(f"checkout session {id} not found or already archived")
