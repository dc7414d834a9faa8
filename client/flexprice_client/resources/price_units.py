"""Price units: own currencies with a rate to a real one."""

from flexprice_client.models.base import SuccessResponse
from flexprice_client.models.price_units import (
    CreatePriceUnitRequest,
    CreatePriceUnitResponse,
    ListPriceUnitsResponse,
    PriceUnitFilter,
    PriceUnitResponse,
    UpdatePriceUnitRequest,
)
from flexprice_client.resources.calls import Fields, delete, fetch, post, put, with_page
from flexprice_client.resources.operation import AsyncResource, Call, SyncResource, operation, paged
from flexprice_client.resources.paging import Page


class PriceUnitsOperations:
    @operation
    def create(self, request: CreatePriceUnitRequest | Fields) -> Call[CreatePriceUnitResponse]:
        return post("/prices/units", CreatePriceUnitResponse, request)

    @operation
    def get(self, price_unit_id: str) -> Call[PriceUnitResponse]:
        return fetch("/prices/units/{id}", PriceUnitResponse, id=price_unit_id)

    @operation
    def get_by_code(self, code: str) -> Call[PriceUnitResponse]:
        return fetch("/prices/units/code/{code}", PriceUnitResponse, code=code)

    @operation
    def update(self, price_unit_id: str, request: UpdatePriceUnitRequest | Fields) -> Call[PriceUnitResponse]:
        return put("/prices/units/{id}", PriceUnitResponse, request, id=price_unit_id)

    @operation
    def delete(self, price_unit_id: str) -> Call[SuccessResponse]:
        return delete("/prices/units/{id}", SuccessResponse, id=price_unit_id)

    @operation
    def list(self, query: Fields | None = None) -> Call[ListPriceUnitsResponse]:
        return fetch("/prices/units", ListPriceUnitsResponse, query)

    @operation
    def search(self, filter: PriceUnitFilter | Fields | None = None) -> Call[ListPriceUnitsResponse]:
        return post("/prices/units/search", ListPriceUnitsResponse, filter or {})

    @paged
    def iter_all(self, page: Page, filter: PriceUnitFilter | Fields | None = None) -> Call[ListPriceUnitsResponse]:
        return post("/prices/units/search", ListPriceUnitsResponse, with_page(filter, page))


class PriceUnits(PriceUnitsOperations, SyncResource):
    """Blocking operations on price units."""


class AsyncPriceUnits(PriceUnitsOperations, AsyncResource):
    """Awaiting operations on price units."""
