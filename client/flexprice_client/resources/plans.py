"""Plans."""

from flexprice_client.models.base import SuccessResponse
from flexprice_client.models.entitlements import ListEntitlementsResponse
from flexprice_client.models.environments import WorkflowResult
from flexprice_client.models.plans import (
    ClonePlanRequest,
    CreatePlanRequest,
    ListPlansResponse,
    PlanFilter,
    PlanResponse,
    UpdatePlanRequest,
)
from flexprice_client.resources.calls import Fields, delete, fetch, post, put, with_page
from flexprice_client.resources.operation import AsyncResource, Call, SyncResource, operation, paged
from flexprice_client.resources.paging import Page


class PlansOperations:
    @operation
    def create(self, request: CreatePlanRequest | Fields) -> Call[PlanResponse]:
        return post("/plans", PlanResponse, request)

    @operation
    def get(self, plan_id: str) -> Call[PlanResponse]:
        """The plan with its prices, entitlements and credit grants."""
        return fetch("/plans/{id}", PlanResponse, id=plan_id)

    @operation
    def update(self, plan_id: str, request: UpdatePlanRequest | Fields) -> Call[PlanResponse]:
        return put("/plans/{id}", PlanResponse, request, id=plan_id)

    @operation
    def delete(self, plan_id: str) -> Call[SuccessResponse]:
        return delete("/plans/{id}", SuccessResponse, id=plan_id)

    @operation
    def list(self, query: Fields | None = None) -> Call[ListPlansResponse]:
        return fetch("/plans", ListPlansResponse, query)

    @operation
    def search(self, filter: PlanFilter | Fields | None = None) -> Call[ListPlansResponse]:
        return post("/plans/search", ListPlansResponse, filter or {})

    @paged
    def iter_all(self, page: Page, filter: PlanFilter | Fields | None = None) -> Call[ListPlansResponse]:
        return post("/plans/search", ListPlansResponse, with_page(filter, page))

    @operation
    def clone(self, plan_id: str, request: ClonePlanRequest | Fields) -> Call[PlanResponse]:
        return post("/plans/{id}/clone", PlanResponse, request, id=plan_id)

    @operation
    def entitlements(self, plan_id: str) -> Call[ListEntitlementsResponse]:
        return fetch("/plans/{id}/entitlements", ListEntitlementsResponse, id=plan_id)

    @operation
    def sync_subscriptions(self, plan_id: str) -> Call[WorkflowResult]:
        """Bring the plan's new prices to its subscriptions, in the background. Raises AlreadyExistsError while a sync runs."""
        return post("/plans/{id}/sync/subscriptions", WorkflowResult, {}, id=plan_id)


class Plans(PlansOperations, SyncResource):
    """Blocking operations on plans."""


class AsyncPlans(PlansOperations, AsyncResource):
    """Awaiting operations on plans."""
