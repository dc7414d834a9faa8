"""Meters. Their list is the query-string one; there is no search."""

from flexprice_client.models.base import SuccessResponse
from flexprice_client.models.meters import CreateMeterRequest, ListMetersResponse, MeterQuery, MeterResponse, UpdateMeterRequest
from flexprice_client.resources.calls import Fields, delete, fetch, post, put, with_page
from flexprice_client.resources.operation import AsyncResource, Call, SyncResource, operation, paged
from flexprice_client.resources.paging import Page


class MetersOperations:
    @operation
    def create(self, request: CreateMeterRequest | Fields) -> Call[MeterResponse]:
        return post("/meters", MeterResponse, request)

    @operation
    def get(self, meter_id: str) -> Call[MeterResponse]:
        return fetch("/meters/{id}", MeterResponse, id=meter_id)

    @operation
    def update(self, meter_id: str, request: UpdateMeterRequest | Fields) -> Call[MeterResponse]:
        return put("/meters/{id}", MeterResponse, request, id=meter_id)

    @operation
    def delete(self, meter_id: str) -> Call[SuccessResponse]:
        return delete("/meters/{id}", SuccessResponse, id=meter_id)

    @operation
    def disable(self, meter_id: str) -> Call[SuccessResponse]:
        """Archive the meter, as `delete` does."""
        return post("/meters/{id}/disable", SuccessResponse, {}, id=meter_id)

    @operation
    def list(self, query: MeterQuery | Fields | None = None) -> Call[ListMetersResponse]:
        return fetch("/meters", ListMetersResponse, query)

    @paged
    def iter_all(self, page: Page, query: MeterQuery | Fields | None = None) -> Call[ListMetersResponse]:
        return fetch("/meters", ListMetersResponse, with_page(query, page))


class Meters(MetersOperations, SyncResource):
    """Blocking operations on meters."""


class AsyncMeters(MetersOperations, AsyncResource):
    """Awaiting operations on meters."""
