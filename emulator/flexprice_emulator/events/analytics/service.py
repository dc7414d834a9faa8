"""POST /events/analytics and /meter-usage/detailed-analytics."""

from flexprice_client.models.analytics import (
    GetUsageAnalyticsRequest,
    GetUsageAnalyticsResponse,
    MeterUsageDetailedAnalyticsRequest,
)
from flexprice_emulator.events.analytics.embedded import load
from flexprice_emulator.events.analytics.items import present_item
from flexprice_emulator.events.analytics.read import read_items
from flexprice_emulator.events.analytics.wanted import Wanted, from_detailed_request, from_request
from flexprice_emulator.rating.decimals import add
from flexprice_emulator.workspace.context import Context


def usage_analytics(ctx: Context, request: GetUsageAnalyticsRequest) -> GetUsageAnalyticsResponse:
    """Usage and cost by feature, items by name. Raises ValidationError for a bad range or grouping."""
    return answer(ctx, from_request(ctx, request))


def detailed_analytics(ctx: Context, request: MeterUsageDetailedAnalyticsRequest) -> GetUsageAnalyticsResponse:
    """The same of one customer, by meter. Raises ValidationError."""
    return answer(ctx, from_detailed_request(ctx, request))


def answer(ctx: Context, wanted: Wanted) -> GetUsageAnalyticsResponse:
    """The answer to a checked request."""
    currency, items = read_items(ctx, wanted)
    embedded = load(ctx, items, wanted.expand)
    shown = sorted((present_item(ctx, wanted, item, embedded) for item in items), key=lambda item: item.name)
    return GetUsageAnalyticsResponse.model_construct(
        subtotal=add(*(item.subtotal for item in shown)),
        total_discount=add(*(item.total_discount for item in shown)),
        total_cost=add(*(item.total_cost for item in shown)),
        currency=currency,
        items=shown,
    )
