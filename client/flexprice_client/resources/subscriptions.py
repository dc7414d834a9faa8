"""Subscriptions: their life from creation to cancellation, their usage and entitlements."""

from flexprice_client.models.subscription_line_items import (
    CreateSubscriptionLineItemRequest,
    DeleteSubscriptionLineItemRequest,
    ListSubscriptionLineItemsResponse,
    SubscriptionLineItemFilter,
    SubscriptionLineItemResponse,
    UpdateSubscriptionLineItemRequest,
)
from flexprice_client.models.subscriptions import (
    ActivateDraftSubscriptionRequest,
    CreateSubscriptionRequest,
    GetUsageBySubscriptionRequest,
    GetUsageBySubscriptionResponse,
    ListSubscriptionsResponse,
    SubscriptionEntitlementsResponse,
    SubscriptionFilter,
    SubscriptionResponse,
    SubscriptionResponseV2,
    UpdateSubscriptionRequest,
)
from flexprice_client.resources.calls import Fields, delete, fetch, post, put, with_page
from flexprice_client.resources.operation import AsyncResource, Call, SyncResource, operation, paged
from flexprice_client.resources.paging import Page


class SubscriptionsOperations:
    @operation
    def create(self, request: CreateSubscriptionRequest | Fields) -> Call[SubscriptionResponse]:
        return post("/subscriptions", SubscriptionResponse, request)

    @operation
    def get(self, subscription_id: str) -> Call[SubscriptionResponse]:
        return fetch("/subscriptions/{id}", SubscriptionResponse, id=subscription_id)

    @operation
    def get_v2(self, subscription_id: str, expand: str | None = None) -> Call[SubscriptionResponseV2]:
        """The subscription with what `expand` names: a comma list such as `subscription_line_items,prices,plan`."""
        return fetch("/subscriptions/{id}/v2", SubscriptionResponseV2, {"expand": expand}, id=subscription_id)

    @operation
    def update(self, subscription_id: str, request: UpdateSubscriptionRequest | Fields) -> Call[SubscriptionResponse]:
        return put("/subscriptions/{id}", SubscriptionResponse, request, id=subscription_id)

    @operation
    def activate(self, subscription_id: str, request: ActivateDraftSubscriptionRequest | Fields) -> Call[SubscriptionResponse]:
        """Start a draft subscription."""
        return post("/subscriptions/{id}/activate", SubscriptionResponse, request, id=subscription_id)

    @operation
    def list(self, query: Fields | None = None) -> Call[ListSubscriptionsResponse]:
        return fetch("/subscriptions", ListSubscriptionsResponse, query)

    @operation
    def search(self, filter: SubscriptionFilter | Fields | None = None) -> Call[ListSubscriptionsResponse]:
        return post("/subscriptions/search", ListSubscriptionsResponse, filter or {})

    @paged
    def iter_all(self, page: Page, filter: SubscriptionFilter | Fields | None = None) -> Call[ListSubscriptionsResponse]:
        return post("/subscriptions/search", ListSubscriptionsResponse, with_page(filter, page))

    @operation
    def usage(self, request: GetUsageBySubscriptionRequest | Fields) -> Call[GetUsageBySubscriptionResponse]:
        """Usage and charges of one subscription in a range of time, by default its current period."""
        return post("/subscriptions/usage", GetUsageBySubscriptionResponse, request)

    @operation
    def entitlements(self, subscription_id: str) -> Call[SubscriptionEntitlementsResponse]:
        return fetch("/subscriptions/{id}/entitlements", SubscriptionEntitlementsResponse, id=subscription_id)

    @operation
    def add_line_item(
        self, subscription_id: str, request: CreateSubscriptionLineItemRequest | Fields
    ) -> Call[SubscriptionLineItemResponse]:
        return post("/subscriptions/{id}/lineitems", SubscriptionLineItemResponse, request, id=subscription_id)

    @operation
    def update_line_item(
        self, line_item_id: str, request: UpdateSubscriptionLineItemRequest | Fields
    ) -> Call[SubscriptionLineItemResponse]:
        """Where terms change the line item ends, and the answer is its successor."""
        return put("/subscriptions/lineitems/{id}", SubscriptionLineItemResponse, request, id=line_item_id)

    @operation
    def delete_line_item(
        self, line_item_id: str, request: DeleteSubscriptionLineItemRequest | Fields | None = None
    ) -> Call[SubscriptionLineItemResponse]:
        """End the line item, at once or at the request's date."""
        return delete("/subscriptions/lineitems/{id}", SubscriptionLineItemResponse, request or {}, id=line_item_id)

    @operation
    def search_line_items(self, filter: SubscriptionLineItemFilter | Fields | None = None) -> Call[ListSubscriptionLineItemsResponse]:
        return post("/subscriptions/lineitems/search", ListSubscriptionLineItemsResponse, filter or {})


class Subscriptions(SubscriptionsOperations, SyncResource):
    """Blocking operations on subscriptions."""


class AsyncSubscriptions(SubscriptionsOperations, AsyncResource):
    """Awaiting operations on subscriptions."""
