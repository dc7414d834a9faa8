"""/costs over HTTP."""

from flexprice_client.models.cost_analytics import GetCostAnalyticsRequest, GetDetailedCostAnalyticsResponse
from flexprice_client.models.costs import (
    CostsheetFilter,
    CostsheetResponse,
    CreateCostsheetRequest,
    CreateCostsheetResponse,
    DeleteCostsheetResponse,
    ListCostsheetResponse,
    UpdateCostsheetRequest,
    UpdateCostsheetResponse,
)
from flexprice_emulator.catalog import costsheets
from flexprice_emulator.catalog.cost_analytics import cost_analytics
from flexprice_emulator.wire.routing import Routes
from flexprice_emulator.workspace.context import Context

routes = Routes("Costs", permission="costsheet:write")


@routes.post("/costs", status=201)
def create_costsheet(ctx: Context, body: CreateCostsheetRequest) -> CreateCostsheetResponse:
    return CreateCostsheetResponse.model_construct(costsheet=costsheets.create(ctx, body))


@routes.get("/costs/active")
def get_active_costsheet(ctx: Context) -> CostsheetResponse:
    return costsheets.read(ctx, costsheets.get_active_row(ctx))


@routes.search("/costs/search")
def search_costsheets(ctx: Context, body: CostsheetFilter) -> ListCostsheetResponse:
    return costsheets.search(ctx, body)


@routes.search("/costs/analytics")
def get_detailed_cost_analytics(ctx: Context, body: GetCostAnalyticsRequest) -> GetDetailedCostAnalyticsResponse:
    return cost_analytics(ctx, body)


@routes.get("/costs/{id}")
def get_costsheet(ctx: Context, id: str) -> CostsheetResponse:
    return costsheets.read(ctx, costsheets.get_row(ctx, id), {"meters"})


@routes.put("/costs/{id}")
def update_costsheet(ctx: Context, id: str, body: UpdateCostsheetRequest) -> UpdateCostsheetResponse:
    return UpdateCostsheetResponse.model_construct(costsheet=costsheets.update(ctx, costsheets.get_row(ctx, id), body))


@routes.delete("/costs/{id}")
def delete_costsheet(ctx: Context, id: str) -> DeleteCostsheetResponse:
    row = costsheets.get_row(ctx, id)
    costsheets.delete(ctx, row)
    return DeleteCostsheetResponse.model_construct(message="Costsheet deleted successfully", id=row.id)
