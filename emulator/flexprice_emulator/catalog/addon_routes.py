"""/addons over HTTP."""

from flexprice_client.models.addons import (
    AddonFilter,
    AddonResponse,
    CreateAddonRequest,
    CreateAddonResponse,
    ListAddonsResponse,
    UpdateAddonRequest,
)
from flexprice_emulator.catalog import addons
from flexprice_emulator.wire.routing import Routes
from flexprice_emulator.workspace.context import Context

routes = Routes("Addons", permission="addon:write")


@routes.post("/addons", status=201)
def create_addon(ctx: Context, body: CreateAddonRequest) -> CreateAddonResponse:
    return addons.create(ctx, body)


@routes.get("/addons", hint=addons.LIST_HINT)
def list_addons(ctx: Context, query: AddonFilter) -> ListAddonsResponse:
    return addons.search(ctx, query)


@routes.search("/addons/search", hint=addons.LIST_HINT)
def search_addons(ctx: Context, body: AddonFilter) -> ListAddonsResponse:
    return addons.search(ctx, body, addons.SEARCH)


@routes.get("/addons/lookup/{lookup_key}")
def get_addon_by_lookup_key(ctx: Context, lookup_key: str) -> AddonResponse:
    return addons.read(ctx, addons.get_row_by_lookup_key(ctx, lookup_key))


@routes.get("/addons/{id}")
def get_addon(ctx: Context, id: str) -> AddonResponse:
    return addons.read(ctx, addons.get_row(ctx, id))


@routes.put("/addons/{id}")
def update_addon(ctx: Context, id: str, body: UpdateAddonRequest) -> AddonResponse:
    return addons.update(ctx, addons.get_row(ctx, id), body)


@routes.delete("/addons/{id}")
def delete_addon(ctx: Context, id: str) -> str:
    addons.archive(ctx, addons.get_row(ctx, id))
    return "addon deleted successfully"
