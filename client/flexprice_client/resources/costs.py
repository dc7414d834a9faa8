"""Cost sheets: what the usage costs you. A list is always its first 50."""

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
from flexprice_client.resources.calls import Fields, delete, fetch, post, put
from flexprice_client.resources.operation import AsyncResource, Call, SyncResource, operation


class CostsOperations:
    @operation
    def create(self, request: CreateCostsheetRequest | Fields) -> Call[CreateCostsheetResponse]:
        return post("/costs", CreateCostsheetResponse, request)

    @operation
    def get(self, costsheet_id: str) -> Call[CostsheetResponse]:
        return fetch("/costs/{id}", CostsheetResponse, id=costsheet_id)

    @operation
    def active(self) -> Call[CostsheetResponse]:
        """The sheet in use; a deleted one is still answered (wire.md §10)."""
        return fetch("/costs/active", CostsheetResponse)

    @operation
    def update(self, costsheet_id: str, request: UpdateCostsheetRequest | Fields) -> Call[UpdateCostsheetResponse]:
        return put("/costs/{id}", UpdateCostsheetResponse, request, id=costsheet_id)

    @operation
    def delete(self, costsheet_id: str) -> Call[DeleteCostsheetResponse]:
        return delete("/costs/{id}", DeleteCostsheetResponse, id=costsheet_id)

    @operation
    def search(self, filter: CostsheetFilter | Fields | None = None) -> Call[ListCostsheetResponse]:
        return post("/costs/search", ListCostsheetResponse, filter or {})


class Costs(CostsOperations, SyncResource):
    """Blocking operations on cost sheets."""


class AsyncCosts(CostsOperations, AsyncResource):
    """Awaiting operations on cost sheets."""
