"""Add-ons."""

from flexprice_client.models.addons import (
    AddonFilter,
    AddonResponse,
    CreateAddonRequest,
    CreateAddonResponse,
    ListAddonsResponse,
    UpdateAddonRequest,
)
from flexprice_client.models.base import SuccessResponse
from flexprice_client.models.entitlements import ListEntitlementsResponse
from flexprice_client.resources.calls import Fields, delete, fetch, post, put, with_page
from flexprice_client.resources.operation import AsyncResource, Call, SyncResource, operation, paged
from flexprice_client.resources.paging import Page


class AddonsOperations:
    @operation
    def create(self, request: CreateAddonRequest | Fields) -> Call[CreateAddonResponse]:
        return post("/addons", CreateAddonResponse, request)

    @operation
    def get(self, addon_id: str) -> Call[AddonResponse]:
        return fetch("/addons/{id}", AddonResponse, id=addon_id)

    @operation
    def get_by_lookup_key(self, lookup_key: str) -> Call[AddonResponse]:
        return fetch("/addons/lookup/{lookup_key}", AddonResponse, lookup_key=lookup_key)

    @operation
    def update(self, addon_id: str, request: UpdateAddonRequest | Fields) -> Call[AddonResponse]:
        return put("/addons/{id}", AddonResponse, request, id=addon_id)

    @operation
    def delete(self, addon_id: str) -> Call[SuccessResponse]:
        return delete("/addons/{id}", SuccessResponse, id=addon_id)

    @operation
    def list(self, query: Fields | None = None) -> Call[ListAddonsResponse]:
        return fetch("/addons", ListAddonsResponse, query)

    @operation
    def search(self, filter: AddonFilter | Fields | None = None) -> Call[ListAddonsResponse]:
        return post("/addons/search", ListAddonsResponse, filter or {})

    @paged
    def iter_all(self, page: Page, filter: AddonFilter | Fields | None = None) -> Call[ListAddonsResponse]:
        return post("/addons/search", ListAddonsResponse, with_page(filter, page))

    @operation
    def entitlements(self, addon_id: str) -> Call[ListEntitlementsResponse]:
        return fetch("/addons/{id}/entitlements", ListEntitlementsResponse, id=addon_id)


class Addons(AddonsOperations, SyncResource):
    """Blocking operations on add-ons."""


class AsyncAddons(AddonsOperations, AsyncResource):
    """Awaiting operations on add-ons."""
