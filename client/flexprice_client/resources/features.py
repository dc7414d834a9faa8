"""Features, and with them the meters of metered ones."""

from flexprice_client.models.base import SuccessResponse
from flexprice_client.models.features import (
    CloneFeatureRequest,
    CreateFeatureRequest,
    FeatureFilter,
    FeatureResponse,
    ListFeaturesResponse,
    UpdateFeatureRequest,
)
from flexprice_client.resources.calls import Fields, delete, fetch, post, put, with_page
from flexprice_client.resources.operation import AsyncResource, Call, SyncResource, operation, paged
from flexprice_client.resources.paging import Page


class FeaturesOperations:
    @operation
    def create(self, request: CreateFeatureRequest | Fields) -> Call[FeatureResponse]:
        return post("/features", FeatureResponse, request)

    @operation
    def get(self, feature_id: str) -> Call[FeatureResponse]:
        return fetch("/features/{id}", FeatureResponse, id=feature_id)

    @operation
    def update(self, feature_id: str, request: UpdateFeatureRequest | Fields) -> Call[FeatureResponse]:
        return put("/features/{id}", FeatureResponse, request, id=feature_id)

    @operation
    def delete(self, feature_id: str) -> Call[SuccessResponse]:
        return delete("/features/{id}", SuccessResponse, id=feature_id)

    @operation
    def list(self, query: Fields | None = None) -> Call[ListFeaturesResponse]:
        return fetch("/features", ListFeaturesResponse, query)

    @operation
    def search(self, filter: FeatureFilter | Fields | None = None) -> Call[ListFeaturesResponse]:
        return post("/features/search", ListFeaturesResponse, filter or {})

    @paged
    def iter_all(self, page: Page, filter: FeatureFilter | Fields | None = None) -> Call[ListFeaturesResponse]:
        return post("/features/search", ListFeaturesResponse, with_page(filter, page))

    @operation
    def clone(self, feature_id: str, request: CloneFeatureRequest | Fields) -> Call[FeatureResponse]:
        return post("/features/{id}/clone", FeatureResponse, request, id=feature_id)


class Features(FeaturesOperations, SyncResource):
    """Blocking operations on features."""


class AsyncFeatures(FeaturesOperations, AsyncResource):
    """Awaiting operations on features."""
