"""People and service accounts of a tenant (wire.md §10)."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, or_, select

from flexprice_client.models.users import CreateUserRequest, CreateUserResponse, ListUsersResponse, UserFilter, UserResponse
from flexprice_emulator.platform import passwords, tenants
from flexprice_emulator.platform.roles import ROLES
from flexprice_emulator.platform.settings import tenant
from flexprice_emulator.platform.tables import SecretRow, UserRow
from flexprice_emulator.wire.errors import AlreadyExistsError, BareError, NotFoundError, ValidationError
from flexprice_emulator.wire.listing import ListSpec, page
from flexprice_emulator.wire.present import present
from flexprice_emulator.workspace.context import Context
from flexprice_emulator.workspace.sql import holds_text

PERSON, SERVICE_ACCOUNT = "user", "service_account"
LIST_HINT = "Invalid filter parameters"
LIST = ListSpec(UserRow, over_limit="echo", order_checked=False, time_column=None, unknown_field_hint="Failed to list users")
_TYPE_HINT = "User type must be 'user' or 'service_account'"


def create(ctx: Context, request: CreateUserRequest) -> CreateUserResponse:
    """A person with a generated password, or a service account with fixed roles, in a root transaction.

    Raises ValidationError for type, e-mail, name and roles, AlreadyExistsError for an e-mail in use.
    """
    if request.type not in (PERSON, SERVICE_ACCOUNT):
        raise ValidationError(_TYPE_HINT)
    roles = request.roles or []
    password = ""
    if request.type == SERVICE_ACCOUNT:
        if not roles:
            raise ValidationError("Service accounts require role assignment")
        check_roles(roles, request.type)
    else:
        if not request.email:
            raise ValidationError("Email is required for user accounts")
        check_roles(roles, request.type)
        _refuse_taken(ctx, request.email)
        _refuse_beyond_limit(ctx)
        password = passwords.generated(ctx.workspace.ids)
    row = add(ctx, ctx.tenant_id, request.type, request.email if password else "", request.name, roles, password)
    shown = to_response(ctx, row)
    return CreateUserResponse.model_construct(**dict(shown), password=password)


def add(ctx: Context, tenant_id: str, kind: str, email: str, name: str, roles: Sequence[str], password: str) -> UserRow:
    """Insert a user, in a root transaction."""
    return ctx.add(
        UserRow(
            id=ctx.new_id("user"),
            tenant_id=tenant_id,
            email=email,
            name=name,
            type=kind,
            roles=list(roles),
            password_hash=passwords.hashed(password, ctx.workspace.ids) if password else "",
            **ctx.stamp(),
        )
    )


def check_roles(roles: Sequence[str], kind: str) -> None:
    """Raises ValidationError for a role that does not exist, or that a service account may not have."""
    for role in roles:
        if role not in ROLES:
            raise ValidationError(f"Role '{role}' does not exist", {"role": role})
        if kind == SERVICE_ACCOUNT and not ROLES[role].for_service_accounts:
            raise ValidationError(f"Role '{role}' cannot be assigned to service accounts", {"role": role})


def get_row(ctx: Context, user_id: str) -> UserRow:
    """A published user of the tenant. Raises NotFoundError."""
    row = ctx.session.get(UserRow, user_id)
    if row is None or row.tenant_id != ctx.tenant_id or row.status != "published":
        raise NotFoundError("User not found", {"tenant_id": ctx.tenant_id, "user_id": user_id})
    return row


def get_service_account(ctx: Context, user_id: str, refusal: str) -> UserRow:
    """As get_row; raises ValidationError with `refusal` for a person."""
    row = get_row(ctx, user_id)
    if row.type != SERVICE_ACCOUNT:
        raise ValidationError(refusal)
    return row


def find_by_email(ctx: Context, email: str) -> UserRow | None:
    """A published person of any tenant, in a root transaction."""
    clauses = (UserRow.email == email, UserRow.status == "published")
    return ctx.session.scalar(select(UserRow).where(*clauses))


def set_roles(ctx: Context, row: UserRow, roles: Sequence[str]) -> UserRow:
    """Replace a person's roles. Raises ValidationError for a service account and for unknown roles."""
    if row.type == SERVICE_ACCOUNT:
        raise ValidationError("Service account roles are fixed at creation and cannot be changed", {"id": row.id, "type": row.type})
    if not roles:
        raise ValidationError("At least one role is required")
    check_roles(roles, row.type)
    row.roles = list(roles)
    return _changed(ctx, row)


def update(ctx: Context, row: UserRow, name: str | None, metadata: dict[str, str] | None = None) -> UserRow:
    """Changes what is given."""
    row.name = name or row.name
    if metadata is not None:
        row.metadata_ = metadata
    return _changed(ctx, row)


def archive(ctx: Context, row: UserRow) -> None:
    """Archive a service account. Raises ValidationError while it has keys."""
    keys = select(SecretRow.id).where(SecretRow.user_id == row.id, SecretRow.status == "published")
    if ctx.session.scalar(keys.limit(1)) is not None:
        raise ValidationError("Revoke all API keys before archiving this service account")
    row.status = "archived"
    _changed(ctx, row)


def search(ctx: Context, wanted: UserFilter) -> ListUsersResponse:
    """A page of service accounts, or of people where asked."""
    if wanted.limit is None and wanted.offset is None and not wanted.order and not wanted.expand:
        # The reference crashes without any paging field, observed every time.
        raise BareError(500, None)
    kind = wanted.type or SERVICE_ACCOUNT
    if kind not in (PERSON, SERVICE_ACCOUNT):
        raise ValidationError(_TYPE_HINT)
    clauses: list[ColumnElement[bool]] = [UserRow.tenant_id == ctx.tenant_id, UserRow.type == kind]
    if wanted.user_ids:
        clauses.append(UserRow.id.in_(wanted.user_ids))
    if wanted.roles:
        clauses.append(or_(*(holds_text(UserRow.roles, f'"{role}"') for role in wanted.roles)))
    found = page(ctx, LIST, wanted, *clauses)
    return found.response([to_response(ctx, row) for row in found.rows])


def to_response(ctx: Context, row: UserRow) -> UserResponse:
    """The wire's user with its tenant."""
    return present(ctx, UserResponse, row, tenant=tenants.to_response(tenants.get_row(ctx, row.tenant_id)))


def _changed(ctx: Context, row: UserRow) -> UserRow:
    ctx.touch(row)
    ctx.session.flush()
    return row


def _refuse_taken(ctx: Context, email: str) -> None:
    if find_by_email(ctx, email) is not None:
        raise AlreadyExistsError("An account with this email already exists", {"email": email})


def _refuse_beyond_limit(ctx: Context) -> None:
    limit = int(tenant.config(ctx.session, ctx.tenant_id)["max_users"])
    people = (UserRow.tenant_id == ctx.tenant_id, UserRow.type == PERSON, UserRow.status == "published")
    if (ctx.session.scalar(select(func.count()).select_from(UserRow).where(*people)) or 0) >= limit:
        raise ValidationError(f"You have reached the maximum limit of {limit} user(s)")
