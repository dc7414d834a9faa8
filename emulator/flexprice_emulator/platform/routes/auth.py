"""/auth over HTTP, for anyone."""

from flexprice_client.models.auth import AuthResponse, LoginRequest, SignUpRequest
from flexprice_emulator.platform import accounts
from flexprice_emulator.wire.routing import Routes
from flexprice_emulator.workspace.context import Context

routes = Routes("Auth", scope="public", hint="Please check the request payload")


@routes.post("/auth/signup")
def sign_up(ctx: Context, body: SignUpRequest) -> AuthResponse:
    return accounts.sign_up(ctx, body)


@routes.post("/auth/login")
def log_in(ctx: Context, body: LoginRequest) -> AuthResponse:
    return accounts.log_in(ctx, body)
