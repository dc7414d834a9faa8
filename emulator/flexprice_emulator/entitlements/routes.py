"""/entitlements over HTTP, and those of one plan or add-on."""

from flexprice_client.models.entitlements import (
    CreateBulkEntitlementRequest,
    CreateBulkEntitlementResponse,
    CreateEntitlementRequest,
    EntitlementFilter,
    EntitlementResponse,
    ListEntitlementsResponse,
    UpdateEntitlementRequest,
)
from flexprice_emulator.catalog import addons, plans
from flexprice_emulator.entitlements import service
from flexprice_emulator.wire.routing import Routes
from flexprice_emulator.workspace.context import Context

routes = Routes("Entitlements", permission="entitlement:write")


@routes.post("/entitlements", status=201)
def create_entitlement(ctx: Context, body: CreateEntitlementRequest) -> EntitlementResponse:
    return service.create(ctx, body)


@routes.post("/entitlements/bulk", status=201)
def create_entitlements_bulk(ctx: Context, body: CreateBulkEntitlementRequest) -> CreateBulkEntitlementResponse:
    return CreateBulkEntitlementResponse.model_construct(items=service.create_bulk(ctx, body.items))


@routes.get("/entitlements", hint=service.LIST_HINT)
def list_entitlements(ctx: Context, query: EntitlementFilter) -> ListEntitlementsResponse:
    return service.search(ctx, query)


@routes.search("/entitlements/search", hint=service.LIST_HINT)
def search_entitlements(ctx: Context, body: EntitlementFilter) -> ListEntitlementsResponse:
    return service.search(ctx, body)


@routes.get("/entitlements/{id}")
def get_entitlement(ctx: Context, id: str) -> EntitlementResponse:
    return service.to_response(ctx, service.get_row(ctx, id), {"features", "plans", "addons"})


@routes.put("/entitlements/{id}")
def update_entitlement(ctx: Context, id: str, body: UpdateEntitlementRequest) -> EntitlementResponse:
    return service.update(ctx, service.get_row(ctx, id), body)


@routes.delete("/entitlements/{id}")
def delete_entitlement(ctx: Context, id: str) -> str:
    service.archive(ctx, service.get_row(ctx, id))
    return "entitlement deleted successfully"


@routes.get("/plans/{id}/entitlements")
def get_plan_entitlements(ctx: Context, id: str) -> ListEntitlementsResponse:
    return service.list_of_entity(ctx, "PLAN", plans.get_row(ctx, id).id)


@routes.get("/addons/{id}/entitlements")
def get_addon_entitlements(ctx: Context, id: str) -> ListEntitlementsResponse:
    return service.list_of_entity(ctx, "ADDON", addons.get_row(ctx, id).id)
