"""Changes of running subscriptions over HTTP."""

from typing import Any

from flexprice_client.models.base import SuccessResponse
from flexprice_client.models.subscription_changes import (
    AddAddonRequest,
    AddAddonToSubscriptionResponse,
    ExecuteSubscriptionModifyRequest,
    ListAddonAssociationsResponse,
    RemoveAddonRequest,
    SubscriptionChangeExecuteResponse,
    SubscriptionChangePreviewResponse,
    SubscriptionChangeRequest,
    SubscriptionChangeV2Request,
)
from flexprice_client.models.subscription_line_items import (
    CreateSubscriptionLineItemRequest,
    DeleteSubscriptionLineItemRequest,
    SubscriptionLineItemResponse,
    UpdateSubscriptionLineItemRequest,
)
from flexprice_emulator.subscriptions.modifications import addons, line_items, modify, plan_change, plan_swap
from flexprice_emulator.wire.routing import Routes
from flexprice_emulator.workspace.context import Context

routes = Routes("Subscriptions", permission="subscription:write")


@routes.post("/subscriptions/addon")
def add_addon(ctx: Context, body: AddAddonRequest) -> AddAddonToSubscriptionResponse:
    return addons.add(ctx, body)


@routes.delete("/subscriptions/addon")
def remove_addon(ctx: Context, body: RemoveAddonRequest) -> SuccessResponse:
    return addons.remove(ctx, body)


@routes.get("/subscriptions/{id}/addons/associations")
def list_addon_associations(ctx: Context, id: str) -> ListAddonAssociationsResponse:
    return addons.associations(ctx, id)


@routes.post("/subscriptions/{id}/lineitems", status=201)
def create_line_item(ctx: Context, id: str, body: CreateSubscriptionLineItemRequest) -> SubscriptionLineItemResponse:
    return line_items.add(ctx, id, body)


@routes.put("/subscriptions/lineitems/{id}")
def update_line_item(ctx: Context, id: str, body: UpdateSubscriptionLineItemRequest) -> SubscriptionLineItemResponse:
    return line_items.change(ctx, id, body)


@routes.delete("/subscriptions/lineitems/{id}")
def delete_line_item(ctx: Context, id: str, body: DeleteSubscriptionLineItemRequest) -> SubscriptionLineItemResponse:
    return line_items.end(ctx, id, body)


@routes.search("/subscriptions/{id}/modify/preview")
def preview_modification(ctx: Context, id: str, body: ExecuteSubscriptionModifyRequest) -> dict[str, Any]:
    return modify.preview(ctx, id, body)


@routes.post("/subscriptions/{id}/modify/execute")
def execute_modification(ctx: Context, id: str, body: ExecuteSubscriptionModifyRequest) -> dict[str, Any]:
    return modify.execute(ctx, id, body)


@routes.search("/subscriptions/{id}/change/preview")
def preview_plan_change(ctx: Context, id: str, body: SubscriptionChangeRequest) -> SubscriptionChangePreviewResponse:
    return plan_change.preview(ctx, id, body)


@routes.post("/subscriptions/{id}/change/execute")
def execute_plan_change(ctx: Context, id: str, body: SubscriptionChangeRequest) -> SubscriptionChangeExecuteResponse:
    return plan_change.execute(ctx, id, body)


@routes.search("/subscriptions/{id}/change/v2/preview")
def preview_plan_swap(ctx: Context, id: str, body: SubscriptionChangeV2Request) -> dict[str, Any]:
    return plan_swap.preview(ctx, id, body)


@routes.post("/subscriptions/{id}/change/v2/execute")
def execute_plan_swap(ctx: Context, id: str, body: SubscriptionChangeV2Request) -> dict[str, Any]:
    return plan_swap.execute(ctx, id, body)
