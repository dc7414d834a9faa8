"""What connections do (operations.md Connections, wire.md §4-5)."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from flexprice_client.models.connections import (
    ConnectionFilter,
    ConnectionResponse,
    CreateConnectionRequest,
    ListConnectionsResponse,
    UpdateConnectionRequest,
)
from flexprice_emulator.connections.providers import base_config, check_credentials, check_provider, nothing_syncs, stored_config
from flexprice_emulator.connections.secrets import keep
from flexprice_emulator.connections.tables import ConnectionRow
from flexprice_emulator.wire.errors import AlreadyExistsError, NotFoundError, ValidationError
from flexprice_emulator.wire.listing import DEFAULT_LIMIT, ListSpec, conditions
from flexprice_emulator.wire.present import present
from flexprice_emulator.workspace.context import Context

_SYNCING = "connections.syncing"
LIST = ListSpec(ConnectionRow, unknown_field_hint="Failed to list connections")
_NO_NAME = {"Name": "Key: 'CreateConnectionRequest.Name' Error:Field validation for 'Name' failed on the 'required' tag"}


def create(ctx: Context, request: CreateConnectionRequest) -> ConnectionResponse:
    """A new connection. Raises ValidationError, or AlreadyExistsError where the provider is connected."""
    check_provider(request.provider_type)
    check_credentials(request.provider_type, request.encrypted_secret_data)
    if not request.name:
        raise ValidationError("Request validation failed", _NO_NAME)
    held = of_provider(ctx, request.provider_type)
    if held is not None:
        details = {
            "environment_id": ctx.environment_id,
            "existing_connection_id": held.id,
            "provider_type": request.provider_type,
            "tenant_id": ctx.tenant_id,
        }
        raise AlreadyExistsError(
            f"A published connection for provider '{request.provider_type}' already exists in this environment", details
        )
    row = ConnectionRow(
        id=ctx.new_id("conn"),
        name=request.name,
        provider_type=request.provider_type,
        metadata_=request.metadata,
        sync_config=nothing_syncs() if request.sync_config is None else stored_config(request.sync_config),
        **{**ctx.stamp(), "created_at": whole_second(ctx), "updated_at": whole_second(ctx)},
    )
    ctx.add(row)
    keep(ctx, row, request.encrypted_secret_data)
    ctx.workspace.caches.pop(_SYNCING, None)
    return to_response(ctx, row)


def of_provider(ctx: Context, provider_type: str) -> ConnectionRow | None:
    """The published connection of a provider."""
    return ctx.session.scalar(
        select(ConnectionRow).where(ConnectionRow.provider_type == provider_type, ConnectionRow.status == "published")
    )


def published(ctx: Context) -> Sequence[ConnectionRow]:
    """All published connections, by provider."""
    return ctx.session.scalars(select(ConnectionRow).where(ConnectionRow.status == "published").order_by(ConnectionRow.provider_type)).all()


def syncing(ctx: Context, entity: str) -> Sequence[str]:
    """The providers that an entity (`customer`, `invoice`) is to be pushed to."""
    held: dict[str, Sequence[str]] | None = ctx.workspace.caches.get(_SYNCING)
    if held is None:
        rows = published(ctx)
        held = {name: [row.provider_type for row in rows if _pushes(row, name)] for name in ("customer", "invoice")}
        ctx.workspace.caches[_SYNCING] = held
    return held[entity]


def _pushes(row: ConnectionRow, entity: str) -> bool:
    switch, able = (row.sync_config or {}).get(entity), base_config(row.provider_type)
    return isinstance(switch, dict) and bool(switch.get("outbound")) and able is not None and bool(able[entity]["outbound"])


def get_row(ctx: Context, connection_id: str) -> ConnectionRow:
    """A published connection. Raises NotFoundError, for archived ones too."""
    row = ctx.session.get(ConnectionRow, connection_id)
    if row is None or row.status != "published":
        raise NotFoundError(f"Connection with ID {connection_id} was not found", {"connection_id": connection_id})
    return row


def update(ctx: Context, row: ConnectionRow, request: UpdateConnectionRequest) -> ConnectionResponse:
    """Changes what is given; the provider stays."""
    if request.name:
        row.name = request.name
    if request.metadata is not None:
        row.metadata_ = request.metadata
    if request.sync_config is not None:
        row.sync_config = stored_config(request.sync_config)
    if request.encrypted_secret_data is not None:
        check_credentials(row.provider_type, request.encrypted_secret_data)
        keep(ctx, row, request.encrypted_secret_data)
    row.updated_at, row.updated_by = whole_second(ctx), ctx.user_id
    ctx.workspace.caches.pop(_SYNCING, None)
    return to_response(ctx, row)


def archive(ctx: Context, row: ConnectionRow) -> None:
    """Archive: the provider may be connected anew."""
    row.status = "archived"
    ctx.workspace.caches.pop(_SYNCING, None)
    row.updated_at, row.updated_by = whole_second(ctx), ctx.user_id


def search(ctx: Context, wanted: ConnectionFilter) -> ListConnectionsResponse:
    """All connections that match: the page is echoed and not applied, as there (wire.md §5)."""
    clauses = [ConnectionRow.status == (wanted.status or "published"), *conditions(LIST, wanted.filters or ())]
    if wanted.provider_type:
        clauses.append(ConnectionRow.provider_type == wanted.provider_type)
    if wanted.connection_ids:
        clauses.append(ConnectionRow.id.in_(wanted.connection_ids))
    moment = ConnectionRow.created_at.asc() if wanted.order == "asc" else ConnectionRow.created_at.desc()
    rows = ctx.session.scalars(select(ConnectionRow).where(*clauses).order_by(moment, ConnectionRow.provider_type)).all()
    return ListConnectionsResponse.model_construct(
        connections=[to_response(ctx, row) for row in rows] or None,
        total=len(rows),
        limit=wanted.limit or DEFAULT_LIMIT,
        offset=wanted.offset or 0,
    )


def whole_second(ctx: Context) -> datetime:
    """Now, as connections and mappings show it: without a fraction."""
    return ctx.now.replace(microsecond=0)


def to_response(ctx: Context, row: ConnectionRow) -> ConnectionResponse:
    """The wire's connection, without its credentials."""
    return present(ctx, ConnectionResponse, row)
