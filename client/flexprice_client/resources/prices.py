"""Prices of plans, add-ons, subscriptions and cost sheets."""

from flexprice_client.models.base import SuccessResponse
from flexprice_client.models.prices import (
    CreateBulkPriceRequest,
    CreateBulkPriceResponse,
    CreatePriceRequest,
    DeletePriceRequest,
    ListPricesResponse,
    PriceFilter,
    PriceResponse,
    UpdatePriceRequest,
)
from flexprice_client.resources.calls import Fields, delete, fetch, post, put, with_page
from flexprice_client.resources.operation import AsyncResource, Call, SyncResource, operation, paged
from flexprice_client.resources.paging import Page


class PricesOperations:
    @operation
    def create(self, request: CreatePriceRequest | Fields) -> Call[PriceResponse]:
        return post("/prices", PriceResponse, request)

    @operation
    def get(self, price_id: str) -> Call[PriceResponse]:
        return fetch("/prices/{id}", PriceResponse, id=price_id)

    @operation
    def get_by_lookup_key(self, lookup_key: str) -> Call[PriceResponse]:
        return fetch("/prices/lookup/{lookup_key}", PriceResponse, lookup_key=lookup_key)

    @operation
    def list(self, query: Fields | None = None) -> Call[ListPricesResponse]:
        return fetch("/prices", ListPricesResponse, query)

    @operation
    def search(self, filter: PriceFilter | Fields | None = None) -> Call[ListPricesResponse]:
        return post("/prices/search", ListPricesResponse, filter or {})

    @paged
    def iter_all(self, page: Page, filter: PriceFilter | Fields | None = None) -> Call[ListPricesResponse]:
        return post("/prices/search", ListPricesResponse, with_page(filter, page))

    @operation
    def create_bulk(self, request: CreateBulkPriceRequest | Fields) -> Call[CreateBulkPriceResponse]:
        """1 to 100 prices."""
        return post("/prices/bulk", CreateBulkPriceResponse, request)

    @operation
    def update(self, price_id: str, request: UpdatePriceRequest | Fields) -> Call[PriceResponse]:
        """Descriptive fields change the price; money terms end it, and the answer is its successor."""
        return put("/prices/{id}", PriceResponse, request, id=price_id)

    @operation
    def delete(self, price_id: str, request: DeletePriceRequest | Fields | None = None) -> Call[SuccessResponse]:
        """End the price, at once or at the request's end date."""
        return delete("/prices/{id}", SuccessResponse, request or {}, id=price_id)


class Prices(PricesOperations, SyncResource):
    """Blocking operations on prices."""


class AsyncPrices(PricesOperations, AsyncResource):
    """Awaiting operations on prices."""
