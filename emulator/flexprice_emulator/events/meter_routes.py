"""/meter-usage over HTTP."""

from flexprice_client.models.analytics import GetUsageAnalyticsResponse, MeterUsageDetailedAnalyticsRequest
from flexprice_client.models.meter_usage import (
    MeterUsageAnalyticsRequest,
    MeterUsageAnalyticsResponse,
    MeterUsageQueryRequest,
    MeterUsageResponse,
)
from flexprice_emulator.events import meter_reads
from flexprice_emulator.events.analytics import service
from flexprice_emulator.wire.routing import Routes
from flexprice_emulator.workspace.context import Context

routes = Routes("Meter Usage", hint=meter_reads.HINT)


@routes.search("/meter-usage/query")
def query_usage(ctx: Context, body: MeterUsageQueryRequest) -> MeterUsageResponse:
    return meter_reads.query(ctx, body)


@routes.search("/meter-usage/analytics")
def get_analytics(ctx: Context, body: MeterUsageAnalyticsRequest) -> MeterUsageAnalyticsResponse:
    return meter_reads.analytics(ctx, body)


@routes.search("/meter-usage/detailed-analytics")
def get_detailed_analytics(ctx: Context, body: MeterUsageDetailedAnalyticsRequest) -> GetUsageAnalyticsResponse:
    return service.detailed_analytics(ctx, body)
