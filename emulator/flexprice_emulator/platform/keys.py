"""API keys of an environment. They live in the root database, because they are what names the environment."""

from collections.abc import Iterable

from sqlalchemy import select

from flexprice_client.models.secrets import (
    CreateAPIKeyRequest,
    CreateAPIKeyResponse,
    ListSecretsResponse,
    SecretFilter,
    SecretResponse,
)
from flexprice_emulator.platform import users
from flexprice_emulator.platform.auth import key_hash
from flexprice_emulator.platform.tables import SecretRow, UserRow
from flexprice_emulator.wire.errors import NotFoundError, ValidationError
from flexprice_emulator.wire.listing import ListSpec, page
from flexprice_emulator.wire.present import present
from flexprice_emulator.workspace.context import Context

LIST = ListSpec(SecretRow, zero_limit="echo", over_limit="echo", order_checked=False)
PREFIXES = {"private_key": "sk", "publishable_key": "pk"}


def create(ctx: Context, request: CreateAPIKeyRequest) -> CreateAPIKeyResponse:
    """A new key, in a root transaction. Raises ValidationError for its type, NotFoundError for an unknown service account."""
    prefix = PREFIXES.get(request.type)
    if prefix is None:
        raise ValidationError("Invalid secret type")
    roles, user_id, kind = list(ctx.principal.roles), ctx.user_id, users.PERSON
    if request.service_account_id:
        account = users.get_service_account(ctx, request.service_account_id, "API keys can only be created for service accounts")
        roles, user_id, kind = list(account.roles), account.id, account.type
    key = ctx.new_id(prefix)
    row = ctx.add(
        SecretRow(
            id=ctx.new_id("secret"),
            tenant_id=ctx.tenant_id,
            environment_id=ctx.environment_id,
            name=request.name,
            type=request.type,
            value_hash=key_hash(key),
            display_id=masked(key),
            roles=roles,
            user_type=kind,
            user_id=user_id,
            expires_at=request.expires_at,
            **ctx.stamp(),
        )
    )
    return CreateAPIKeyResponse(secret=present(ctx, SecretResponse, row), api_key=key)


def masked(key: str) -> str:
    """First 5 characters, stars, last 2."""
    return f"{key[:5]}***{key[-2:]}"


def revoke(ctx: Context, secret_id: str) -> None:
    """The key stops working at once. Raises NotFoundError."""
    row = ctx.session.get(SecretRow, secret_id)
    if row is None or row.status != "published" or (row.tenant_id, row.environment_id) != (ctx.tenant_id, ctx.environment_id):
        raise NotFoundError("Secret not found", {"secret_id": secret_id})
    row.status = "deleted"
    ctx.touch(row)
    ctx.server.registry.root.caches.pop("keys", None)


def search(ctx: Context, wanted: SecretFilter) -> ListSecretsResponse:
    """Private keys of this environment; only the caller's own unless it is a super admin."""
    clauses = [SecretRow.tenant_id == ctx.tenant_id, SecretRow.environment_id == ctx.environment_id, SecretRow.type == "private_key"]
    if "super_admin" not in ctx.principal.roles:
        clauses.append(SecretRow.created_by == ctx.user_id)
    found = page(ctx, LIST, wanted, *clauses)
    names = _account_names(ctx, (row.user_id for row in found.rows if row.user_type == users.SERVICE_ACCOUNT))
    return found.response([present(ctx, SecretResponse, row, service_account_name=names.get(row.user_id, "")) for row in found.rows])


def _account_names(ctx: Context, user_ids: Iterable[str]) -> dict[str, str]:
    ids = set(user_ids)
    return {row.id: row.name for row in ctx.session.scalars(select(UserRow).where(UserRow.id.in_(ids)))} if ids else {}
