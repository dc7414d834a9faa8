"""Signing up and logging in."""

from flexprice_client.models.auth import AuthResponse, LoginRequest, SignUpRequest
from flexprice_emulator.platform import environments, passwords, users
from flexprice_emulator.platform.tables import TenantRow
from flexprice_emulator.wire.errors import AlreadyExistsError, NotFoundError, PermissionDeniedError
from flexprice_emulator.workspace.context import Context

DEFAULT_TENANT_NAME = "Flexprice"


def sign_up(ctx: Context, request: SignUpRequest) -> AuthResponse:
    """A person, its tenant and a Sandbox environment. Raises AlreadyExistsError for an e-mail in use."""
    if users.find_by_email(ctx, request.email) is not None:
        raise AlreadyExistsError("An account with this email already exists", {"email": request.email})
    tenant = ctx.add(
        TenantRow(id=ctx.new_id("tenant"), name=request.tenant_name or DEFAULT_TENANT_NAME, created_at=ctx.now, updated_at=ctx.now)
    )
    user = users.add(ctx, tenant.id, users.PERSON, request.email, "", ["super_admin"], request.password)
    user.created_by = user.updated_by = user.id
    environments.add(ctx, "Sandbox", "development", user.id, tenant.id)
    return _token(ctx, user.id, tenant.id)


def log_in(ctx: Context, request: LoginRequest) -> AuthResponse:
    """Raises NotFoundError for an unknown e-mail, PermissionDeniedError for a wrong password."""
    user = users.find_by_email(ctx, request.email)
    if user is None:
        raise NotFoundError("User not found with the provided email", {"email": request.email})
    if not passwords.matches(request.password, user.password_hash):
        raise PermissionDeniedError("Invalid password")
    return _token(ctx, user.id, user.tenant_id)


def _token(ctx: Context, user_id: str, tenant_id: str) -> AuthResponse:
    token = ctx.server.authenticator.make_token(ctx.now, user_id=user_id, tenant_id=tenant_id)
    return AuthResponse(token=token, user_id=user_id, tenant_id=tenant_id)
