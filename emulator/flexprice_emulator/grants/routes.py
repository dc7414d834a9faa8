"""/creditgrants over HTTP, and those of one plan, add-on, subscription or customer."""

from flexprice_client.models.base import SuccessResponse
from flexprice_client.models.credit_grants import (
    CreateCreditGrantRequest,
    CreditGrantFilter,
    CreditGrantResponse,
    DeleteCreditGrantRequest,
    ListCreditGrantApplicationsResponse,
    ListCreditGrantsResponse,
    UpdateCreditGrantRequest,
)
from flexprice_emulator.catalog import addons, plans
from flexprice_emulator.customers import service as customers
from flexprice_emulator.grants import grants, reads, upcoming
from flexprice_emulator.wire.routing import Routes
from flexprice_emulator.workspace.context import Context

routes = Routes("Credit Grants", permission="creditgrant:write")


@routes.post("/creditgrants", status=201)
def create_credit_grant(ctx: Context, body: CreateCreditGrantRequest) -> CreditGrantResponse:
    return grants.create(ctx, body)


@routes.get("/creditgrants", hint=grants.LIST_HINT)
def list_credit_grants(ctx: Context, query: CreditGrantFilter) -> ListCreditGrantsResponse:
    return grants.search(ctx, query)


@routes.get("/creditgrants/{id}")
def get_credit_grant(ctx: Context, id: str) -> CreditGrantResponse:
    return reads.to_response(ctx, reads.get_row(ctx, id))


@routes.put("/creditgrants/{id}")
def update_credit_grant(ctx: Context, id: str, body: UpdateCreditGrantRequest) -> CreditGrantResponse:
    return grants.update(ctx, id, body)


@routes.delete("/creditgrants/{id}", body_optional=True)
def delete_credit_grant(ctx: Context, id: str, body: DeleteCreditGrantRequest) -> SuccessResponse:
    grants.delete(ctx, reads.get_row(ctx, id), body)
    return SuccessResponse(message="credit grant deleted successfully")


@routes.get("/plans/{id}/creditgrants")
def get_plan_credit_grants(ctx: Context, id: str) -> ListCreditGrantsResponse:
    return reads.list_of(ctx, "PLAN", plans.get_row(ctx, id).id)


@routes.get("/addons/{id}/creditgrants")
def get_addon_credit_grants(ctx: Context, id: str) -> ListCreditGrantsResponse:
    return reads.list_of(ctx, "ADDON", addons.get_row(ctx, id).id)


@routes.get("/subscriptions/{id}/grants/upcoming")
def get_subscription_upcoming_grants(ctx: Context, id: str) -> ListCreditGrantApplicationsResponse:
    return upcoming.of_subscription(ctx, id)


@routes.get("/customers/{id}/grants/upcoming")
def get_customer_upcoming_grants(ctx: Context, id: str) -> ListCreditGrantApplicationsResponse:
    return upcoming.of_customer(ctx, customers.get_row(ctx, id).id)
