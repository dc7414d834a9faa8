"""/groups over HTTP."""

from flexprice_client.models.groups import CreateGroupRequest, GroupFilter, GroupResponse, ListGroupsResponse
from flexprice_emulator.catalog import groups
from flexprice_emulator.wire.routing import Routes
from flexprice_emulator.workspace.context import Context

routes = Routes("Groups", permission="group:write")


@routes.post("/groups", status=201)
def create_group(ctx: Context, body: CreateGroupRequest) -> GroupResponse:
    return groups.create(ctx, body)


@routes.search("/groups/search", hint=groups.LIST_HINT)
def search_groups(ctx: Context, body: GroupFilter) -> ListGroupsResponse:
    return groups.search(ctx, body)


@routes.get("/groups/{id}")
def get_group(ctx: Context, id: str) -> GroupResponse:
    return groups.to_response(ctx, groups.get_row(ctx, id))


@routes.delete("/groups/{id}", status=204)
def delete_group(ctx: Context, id: str) -> None:
    groups.archive(ctx, groups.get_row(ctx, id))
