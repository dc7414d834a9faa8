"""/environments over HTTP: in the root database, for the caller's tenant."""

from flexprice_client.models.environments import (
    CloneEnvironmentRequest,
    CreateEnvironmentRequest,
    EnvironmentFilter,
    EnvironmentResponse,
    ListEnvironmentsResponse,
    UpdateEnvironmentRequest,
)
from flexprice_emulator.platform import clone, environments
from flexprice_emulator.wire.routing import Reply, Routes
from flexprice_emulator.workspace.context import Context

routes = Routes("Environments", scope="root", permission="environment:write", hint="Please check the request payload")


@routes.post("/environments", status=201)
def create_environment(ctx: Context, body: CreateEnvironmentRequest) -> EnvironmentResponse:
    return environments.to_response(ctx, environments.create(ctx, body))


@routes.get("/environments", permission="environment:read")
def list_environments(ctx: Context, query: EnvironmentFilter) -> ListEnvironmentsResponse:
    return environments.listed(ctx, query)


@routes.get("/environments/{id}", permission="environment:read")
def get_environment(ctx: Context, id: str) -> EnvironmentResponse:
    return environments.to_response(ctx, environments.get_row(ctx, id))


@routes.put("/environments/{id}")
def update_environment(ctx: Context, id: str, body: UpdateEnvironmentRequest) -> EnvironmentResponse:
    return environments.to_response(ctx, environments.update(ctx, environments.get_row(ctx, id), body))


@routes.post("/environments/{id}/clone", status=202)
def clone_environment(ctx: Context, id: str, body: CloneEnvironmentRequest) -> Reply:
    return clone.start(ctx, id, body)
