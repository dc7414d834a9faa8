"""/plans over HTTP."""

from flexprice_client.models.environments import WorkflowResult
from flexprice_client.models.plans import (
    ClonePlanRequest,
    CreatePlanRequest,
    ListPlansResponse,
    PlanFilter,
    PlanResponse,
    UpdatePlanRequest,
)
from flexprice_emulator.catalog import plan_clone, plan_sync, plans
from flexprice_emulator.wire.routing import Routes
from flexprice_emulator.workspace.context import Context

routes = Routes("Plans", permission="plan:write")


@routes.post("/plans", status=201)
def create_plan(ctx: Context, body: CreatePlanRequest) -> PlanResponse:
    return plans.create(ctx, body)


@routes.get("/plans", hint=plans.LIST_HINT)
def list_plans(ctx: Context, query: PlanFilter) -> ListPlansResponse:
    return plans.search(ctx, query)


@routes.search("/plans/search", hint=plans.LIST_HINT)
def search_plans(ctx: Context, body: PlanFilter) -> ListPlansResponse:
    return plans.search(ctx, body)


@routes.get("/plans/{id}")
def get_plan(ctx: Context, id: str) -> PlanResponse:
    return plans.read(ctx, plans.get_row(ctx, id))


@routes.put("/plans/{id}")
def update_plan(ctx: Context, id: str, body: UpdatePlanRequest) -> PlanResponse:
    return plans.update(ctx, plans.get_row(ctx, id), body)


@routes.delete("/plans/{id}")
def delete_plan(ctx: Context, id: str) -> str:
    plans.archive(ctx, plans.get_row(ctx, id))
    # The reference's own words for a plan.
    return "price deleted successfully"


@routes.post("/plans/{id}/clone", status=201)
def clone_plan(ctx: Context, id: str, body: ClonePlanRequest) -> PlanResponse:
    return plan_clone.clone(ctx, id, body)


@routes.post("/plans/{id}/sync/subscriptions")
def sync_plan_prices(ctx: Context, id: str) -> WorkflowResult:
    return plan_sync.sync(ctx, plans.get_row(ctx, id))


@routes.post("/plans/{id}/sync/subscriptions/v2")
def sync_plan_prices_v2(ctx: Context, id: str) -> WorkflowResult:
    return plan_sync.sync(ctx, plans.get_row(ctx, id))
