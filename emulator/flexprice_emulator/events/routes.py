"""/events over HTTP."""

from flexprice_client.models.analytics import GetUsageAnalyticsRequest, GetUsageAnalyticsResponse
from flexprice_client.models.events import (
    GetEventByIDResponse,
    GetEventsRequest,
    GetEventsResponse,
    GetHuggingFaceBillingDataRequest,
    GetHuggingFaceBillingDataResponse,
    GetMonitoringDataResponse,
    GetUsageByMeterRequest,
    GetUsageRequest,
    GetUsageResponse,
    IngestEventResponse,
)
from flexprice_emulator.events import free_usage, ingestion, listing, lookup, partner_costs
from flexprice_emulator.events.analytics import service as analytics
from flexprice_emulator.events.monitoring import MonitoringQuery, monitoring
from flexprice_emulator.wire.routing import EVENT_BODY_LIMIT, Reply, Routes
from flexprice_emulator.workspace.context import Context

routes = Routes("Events", hint="Please check the request payload", permission="event:write")


@routes.post("/events", status=202, body_limit=EVENT_BODY_LIMIT)
def ingest_event(ctx: Context, raw: bytes) -> IngestEventResponse:
    return ingestion.ingest(ctx, raw)


@routes.post("/events/bulk", status=202, body_limit=EVENT_BODY_LIMIT)
def ingest_events_bulk(ctx: Context, raw: bytes) -> Reply:
    return ingestion.ingest_bulk(ctx, raw)


@routes.get("/events")
def get_events(ctx: Context) -> GetEventsResponse:
    return listing.list_events(ctx, listing.from_query_string(ctx))


@routes.search("/events/query")
def query_events(ctx: Context, body: GetEventsRequest) -> GetEventsResponse:
    return listing.list_events(ctx, body)


@routes.search("/events/usage")
def get_usage(ctx: Context, body: GetUsageRequest) -> GetUsageResponse:
    return free_usage.free_usage(ctx, body)


@routes.search("/events/usage/meter")
def get_usage_by_meter(ctx: Context, body: GetUsageByMeterRequest) -> GetUsageResponse:
    return free_usage.meter_usage(ctx, body)


@routes.search("/events/analytics")
def get_usage_analytics(ctx: Context, body: GetUsageAnalyticsRequest) -> GetUsageAnalyticsResponse:
    return analytics.usage_analytics(ctx, body)


@routes.get("/events/lookup")
def lookup_event(ctx: Context) -> GetEventByIDResponse:
    return lookup.lookup(ctx, ctx.query("id"))


@routes.get("/events/monitoring")
def get_monitoring_data(ctx: Context, query: MonitoringQuery) -> GetMonitoringDataResponse:
    return monitoring(ctx, query)


@routes.search("/events/huggingface-billing")
def get_huggingface_billing_data(ctx: Context, body: GetHuggingFaceBillingDataRequest) -> GetHuggingFaceBillingDataResponse:
    return partner_costs.event_costs(ctx, body)


@routes.get("/events/{id}")
def get_event(ctx: Context, id: str) -> GetEventByIDResponse:
    return lookup.lookup(ctx, id)
