"""Environments of a tenant (wire.md §2, §10).

Invariant: published environments of type development or production never pass the tenant's `tenant_config` limit
when one is made; workspaces that a key `sk_ws_…` made do not count and are shown to that key only.
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, or_, select

from flexprice_client.models.environments import (
    CreateEnvironmentRequest,
    EnvironmentFilter,
    EnvironmentResponse,
    ListEnvironmentsResponse,
    UpdateEnvironmentRequest,
)
from flexprice_emulator.platform.settings import tenant
from flexprice_emulator.platform.tables import EnvironmentRow
from flexprice_emulator.wire.errors import DatabaseError, NotFoundError, ValidationError
from flexprice_emulator.wire.listing import DEFAULT_LIMIT
from flexprice_emulator.wire.present import present
from flexprice_emulator.workspace.context import Context

_LIMITED = ("development", "production")
_KEY_NAMES = "sk\\_ws\\_%"


def create(ctx: Context, request: CreateEnvironmentRequest) -> EnvironmentRow:
    """A new environment, in a root transaction. Raises ValidationError at the tenant's limit for its type."""
    if request.type in _LIMITED:
        limit = int(tenant.config(ctx.session, ctx.tenant_id)[request.type])
        clauses = (*_own(ctx), EnvironmentRow.type == request.type, _not_of_a_key())
        used = ctx.session.scalar(select(func.count()).select_from(EnvironmentRow).where(*clauses)) or 0
        if used >= limit:
            raise ValidationError(f"You have reached the maximum limit of {limit} {request.type} environment(s)")
    return add(ctx, request.name, request.type, ctx.user_id, ctx.tenant_id)


def add(ctx: Context, name: str, kind: str, user_id: str, tenant_id: str) -> EnvironmentRow:
    """A new environment of any tenant, in a root transaction, without looking at limits."""
    row: EnvironmentRow = ctx.server.registry.create(
        ctx.session,
        name,
        kind,
        user_id=user_id,
        tenant_id=tenant_id,
        # It lives in the time of whoever made it.
        clock=ctx.clock.state if ctx.clock is not None else None,
    )
    row.created_at = row.updated_at = ctx.now
    ctx.session.flush()
    return row


def get_row(ctx: Context, environment_id: str) -> EnvironmentRow:
    """One of the tenant's environments. Raises NotFoundError."""
    row = ctx.session.get(EnvironmentRow, environment_id)
    if row is None or row.tenant_id != ctx.tenant_id or row.status != "published":
        raise NotFoundError("Environment not found", {"environment_id": environment_id, "tenant_id": ctx.tenant_id})
    return row


def update(ctx: Context, row: EnvironmentRow, request: UpdateEnvironmentRequest) -> EnvironmentRow:
    """Changes what is given and not empty."""
    row.name = request.name or row.name
    row.type = request.type or row.type
    ctx.touch(row)
    ctx.session.flush()
    return row


def listed(ctx: Context, wanted: EnvironmentFilter) -> ListEnvironmentsResponse:
    """A page, newest first. Raises DatabaseError for a negative limit or offset, as the reference's store does."""
    limit = DEFAULT_LIMIT if not wanted.limit else wanted.limit
    offset = wanted.offset or 0
    if limit < 0 or offset < 0:
        raise DatabaseError("Failed to list environments")
    shown = or_(_not_of_a_key(), EnvironmentRow.id == (ctx.principal.environment_id or ""))
    query = select(EnvironmentRow).where(*_own(ctx), shown)
    query = query.order_by(EnvironmentRow.created_at.desc(), EnvironmentRow.id.desc()).limit(limit).offset(offset)
    rows: Sequence[EnvironmentRow] = ctx.session.scalars(query).all()
    items = [to_response(ctx, row) for row in rows]
    return ListEnvironmentsResponse.model_construct(environments=items, total=len(items), offset=offset, limit=limit)


def to_response(ctx: Context, row: EnvironmentRow) -> EnvironmentResponse:
    """The wire's environment."""
    cut = {name: getattr(row, name).replace(microsecond=0) for name in ("created_at", "updated_at")}
    return present(ctx, EnvironmentResponse, row, **cut)


def _own(ctx: Context) -> tuple[ColumnElement[bool], ...]:
    return EnvironmentRow.tenant_id == ctx.tenant_id, EnvironmentRow.status == "published"


def _not_of_a_key() -> ColumnElement[bool]:
    return EnvironmentRow.name.not_like(_KEY_NAMES, escape="\\")
