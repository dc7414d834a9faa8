"""/features over HTTP."""

from flexprice_client.models.features import (
    CloneFeatureRequest,
    CreateFeatureRequest,
    FeatureFilter,
    FeatureResponse,
    ListFeaturesResponse,
    UpdateFeatureRequest,
)
from flexprice_emulator.catalog import features
from flexprice_emulator.wire.routing import Routes
from flexprice_emulator.workspace.context import Context

LIST_HINT = "Invalid filter parameters"
routes = Routes("Features", permission="feature:write")


@routes.post("/features", status=201)
def create_feature(ctx: Context, body: CreateFeatureRequest) -> FeatureResponse:
    return features.create(ctx, body)


@routes.get("/features", hint=LIST_HINT)
def list_features(ctx: Context, query: FeatureFilter) -> ListFeaturesResponse:
    return features.search(ctx, query)


@routes.search("/features/search", hint=LIST_HINT)
def search_features(ctx: Context, body: FeatureFilter) -> ListFeaturesResponse:
    return features.search(ctx, body)


@routes.get("/features/{id}")
def get_feature(ctx: Context, id: str) -> FeatureResponse:
    return features.to_response(ctx, features.get_row(ctx, id), features.ALONE)


@routes.put("/features/{id}")
def update_feature(ctx: Context, id: str, body: UpdateFeatureRequest) -> FeatureResponse:
    return features.update(ctx, features.get_row(ctx, id), body)


@routes.delete("/features/{id}")
def delete_feature(ctx: Context, id: str) -> str:
    features.archive(ctx, features.get_row(ctx, id))
    return "feature deleted successfully"


@routes.post("/features/{id}/clone", status=201)
def clone_feature(ctx: Context, id: str, body: CloneFeatureRequest) -> FeatureResponse:
    return features.clone(ctx, features.get_row(ctx, id), body)
