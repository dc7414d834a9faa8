"""/tenants over HTTP."""

from flexprice_client.models.tenants import TenantBillingUsage, TenantResponse, UpdateTenantRequest
from flexprice_emulator.platform import tenants
from flexprice_emulator.wire.routing import Routes
from flexprice_emulator.workspace.context import Context

routes = Routes("Tenants", scope="root", permission="tenant:write", hint="Please check the request payload")


@routes.get("/tenants/billing")
def get_tenant_billing() -> TenantBillingUsage:
    return TenantBillingUsage()


@routes.put("/tenants/update")
def update_tenant(ctx: Context, body: UpdateTenantRequest) -> TenantResponse:
    return tenants.to_response(tenants.update(ctx, tenants.get_row(ctx, ctx.tenant_id), body))


@routes.get("/tenants/{id}")
def get_tenant(ctx: Context, id: str) -> TenantResponse:
    return tenants.to_response(tenants.get_own(ctx, id))
