"""Entitlements of plans, add-ons and subscriptions to features."""

from flexprice_client.models.base import SuccessResponse
from flexprice_client.models.entitlements import (
    CreateBulkEntitlementRequest,
    CreateBulkEntitlementResponse,
    CreateEntitlementRequest,
    EntitlementFilter,
    EntitlementResponse,
    ListEntitlementsResponse,
    UpdateEntitlementRequest,
)
from flexprice_client.resources.calls import Fields, delete, fetch, post, put, with_page
from flexprice_client.resources.operation import AsyncResource, Call, SyncResource, operation, paged
from flexprice_client.resources.paging import Page


class EntitlementsOperations:
    @operation
    def create(self, request: CreateEntitlementRequest | Fields) -> Call[EntitlementResponse]:
        return post("/entitlements", EntitlementResponse, request)

    @operation
    def get(self, entitlement_id: str) -> Call[EntitlementResponse]:
        return fetch("/entitlements/{id}", EntitlementResponse, id=entitlement_id)

    @operation
    def update(self, entitlement_id: str, request: UpdateEntitlementRequest | Fields) -> Call[EntitlementResponse]:
        return put("/entitlements/{id}", EntitlementResponse, request, id=entitlement_id)

    @operation
    def delete(self, entitlement_id: str) -> Call[SuccessResponse]:
        return delete("/entitlements/{id}", SuccessResponse, id=entitlement_id)

    @operation
    def list(self, query: Fields | None = None) -> Call[ListEntitlementsResponse]:
        return fetch("/entitlements", ListEntitlementsResponse, query)

    @operation
    def search(self, filter: EntitlementFilter | Fields | None = None) -> Call[ListEntitlementsResponse]:
        return post("/entitlements/search", ListEntitlementsResponse, filter or {})

    @paged
    def iter_all(self, page: Page, filter: EntitlementFilter | Fields | None = None) -> Call[ListEntitlementsResponse]:
        return post("/entitlements/search", ListEntitlementsResponse, with_page(filter, page))

    @operation
    def create_bulk(self, request: CreateBulkEntitlementRequest | Fields) -> Call[CreateBulkEntitlementResponse]:
        """1 to 100 entitlements."""
        return post("/entitlements/bulk", CreateBulkEntitlementResponse, request)


class Entitlements(EntitlementsOperations, SyncResource):
    """Blocking operations on entitlements."""


class AsyncEntitlements(EntitlementsOperations, AsyncResource):
    """Awaiting operations on entitlements."""
