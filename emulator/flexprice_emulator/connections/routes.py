"""/connections over HTTP."""

from flexprice_client.models.connections import (
    ConnectionFilter,
    ConnectionResponse,
    CreateConnectionRequest,
    ListConnectionsResponse,
    UpdateConnectionRequest,
)
from flexprice_emulator.connections import service
from flexprice_emulator.wire.routing import Routes
from flexprice_emulator.workspace.context import Context

routes = Routes("Connections", permission="connection:write")


@routes.post("/connections", status=201)
def create_connection(ctx: Context, body: CreateConnectionRequest) -> ConnectionResponse:
    return service.create(ctx, body)


@routes.get("/connections")
def list_connections(ctx: Context, query: ConnectionFilter) -> ListConnectionsResponse:
    return service.search(ctx, query)


@routes.search("/connections/search")
def search_connections(ctx: Context, body: ConnectionFilter) -> ListConnectionsResponse:
    return service.search(ctx, body)


@routes.get("/connections/{id}")
def get_connection(ctx: Context, id: str) -> ConnectionResponse:
    return service.to_response(ctx, service.get_row(ctx, id))


@routes.put("/connections/{id}")
def update_connection(ctx: Context, id: str, body: UpdateConnectionRequest) -> ConnectionResponse:
    return service.update(ctx, service.get_row(ctx, id), body)


@routes.delete("/connections/{id}", status=204)
def delete_connection(ctx: Context, id: str) -> None:
    service.archive(ctx, service.get_row(ctx, id))
