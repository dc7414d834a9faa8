"""/subscriptions over HTTP, and what customers read of their subscriptions."""

from typing import Any

from flexprice_client.models.subscription_line_items import ListSubscriptionLineItemsResponse, SubscriptionLineItemFilter
from flexprice_client.models.subscriptions import (
    ActivateDraftSubscriptionRequest,
    CreateSubscriptionRequest,
    CustomerEntitlementsResponse,
    CustomerSubscriptionsResponse,
    GetUsageBySubscriptionRequest,
    GetUsageBySubscriptionResponse,
    ListSubscriptionsResponse,
    SubscriptionEntitlementsResponse,
    SubscriptionFilter,
    SubscriptionResponse,
    SubscriptionResponseV2,
    UpdateSubscriptionRequest,
)
from flexprice_emulator.customers.service import get_row as get_customer
from flexprice_emulator.customers.service import get_row_by_external_id
from flexprice_emulator.invoices.jobs import job_answer
from flexprice_emulator.invoices.opening import draft_current_period
from flexprice_emulator.subscriptions import changes, entitlements, reads, search
from flexprice_emulator.subscriptions.create import create
from flexprice_emulator.subscriptions.usage import subscription_usage
from flexprice_emulator.wire.errors import ValidationError
from flexprice_emulator.wire.listing import expand_names
from flexprice_emulator.wire.routing import Reply, Routes
from flexprice_emulator.workspace.context import Context

routes = Routes("Subscriptions", permission="entity:write")


@routes.post("/subscriptions", status=201)
def create_subscription(ctx: Context, body: CreateSubscriptionRequest) -> SubscriptionResponse:
    return create(ctx, body)


@routes.get("/subscriptions", hint="Invalid filter parameters")
def list_subscriptions(ctx: Context, query: SubscriptionFilter) -> ListSubscriptionsResponse:
    return search.search(ctx, query)


@routes.search("/subscriptions/search", hint="Invalid filter parameters")
def search_subscriptions(ctx: Context, body: SubscriptionFilter) -> ListSubscriptionsResponse:
    return search.search(ctx, body, search.SEARCH)


@routes.search("/subscriptions/lineitems/search", hint="Invalid filter parameters")
def search_line_items(ctx: Context, body: SubscriptionLineItemFilter) -> ListSubscriptionLineItemsResponse:
    return search.search_line_items(ctx, body)


@routes.search("/subscriptions/usage")
def get_subscription_usage(ctx: Context, body: GetUsageBySubscriptionRequest) -> GetUsageBySubscriptionResponse:
    if not body.subscription_id:
        raise ValidationError("Invalid request format")
    return subscription_usage(ctx, body)


@routes.get("/subscriptions/{id}")
def get_subscription(ctx: Context, id: str) -> Reply:
    return reads.full_reply(ctx, reads.get_row(ctx, id))


@routes.get("/subscriptions/{id}/v2")
def get_subscription_v2(ctx: Context, id: str) -> SubscriptionResponseV2:
    expand = expand_names(search.LIST, ctx.query("expand"))
    return reads.expanded_response(ctx, reads.get_row(ctx, id), expand)


@routes.put("/subscriptions/{id}")
def update_subscription(ctx: Context, id: str, body: UpdateSubscriptionRequest) -> dict[str, Any]:
    row = reads.get_row(ctx, id)
    changes.update(ctx, row, body)
    return reads.full_response(ctx, row)


@routes.post("/subscriptions/{id}/activate")
def activate_subscription(ctx: Context, id: str, body: ActivateDraftSubscriptionRequest) -> SubscriptionResponse:
    return changes.activate(ctx, reads.get_row(ctx, id), body)


@routes.post("/subscriptions/temporal/{subscription_id}/draft-and-compute", status=202, body_optional=True)
def draft_and_compute(ctx: Context, subscription_id: str) -> dict[str, Any]:
    draft_current_period(ctx, subscription_id)
    message = f"Successfully triggered draft-and-compute invoice workflow for subscription {subscription_id}"
    return job_answer(ctx, "DraftAndComputeSubscriptionInvoiceWorkflow", subscription_id, message)


@routes.get("/subscriptions/{id}/entitlements")
def get_subscription_entitlements(ctx: Context, id: str) -> SubscriptionEntitlementsResponse:
    return entitlements.subscription_entitlements(ctx, reads.get_row(ctx, id), ctx.query_all("feature_ids"))


@routes.get("/customers/{id}/entitlements")
def get_customer_entitlements(ctx: Context, id: str) -> CustomerEntitlementsResponse:
    customer = get_customer(ctx, id)
    return entitlements.customer_entitlements(ctx, customer.id, ctx.query_all("feature_ids"), ctx.query_all("subscription_ids"))


@routes.get("/customers/external/{external_id}/entitlements")
def get_customer_entitlements_by_external_id(ctx: Context, external_id: str) -> CustomerEntitlementsResponse:
    customer = get_row_by_external_id(ctx, external_id)
    return entitlements.customer_entitlements(ctx, customer.id, ctx.query_all("feature_ids"), ctx.query_all("subscription_ids"))


@routes.get("/customers/external/{external_id}/subscriptions")
def get_customer_subscriptions(ctx: Context, external_id: str) -> CustomerSubscriptionsResponse:
    return reads.subscriptions_of_customer(ctx, get_row_by_external_id(ctx, external_id))
