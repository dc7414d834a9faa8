"""Usage as billing sees it, by meter."""

from flexprice_client.models.analytics import GetUsageAnalyticsResponse, MeterUsageDetailedAnalyticsRequest
from flexprice_client.models.meter_usage import (
    MeterUsageAnalyticsRequest,
    MeterUsageAnalyticsResponse,
    MeterUsageQueryRequest,
    MeterUsageResponse,
)
from flexprice_client.resources.calls import Fields, post
from flexprice_client.resources.operation import AsyncResource, Call, SyncResource, operation


class MeterUsageOperations:
    @operation
    def query(self, request: MeterUsageQueryRequest | Fields) -> Call[MeterUsageResponse]:
        """One meter of one customer."""
        return post("/meter-usage/query", MeterUsageResponse, request)

    @operation
    def analytics(self, request: MeterUsageAnalyticsRequest | Fields) -> Call[MeterUsageAnalyticsResponse]:
        """Several meters of one customer."""
        return post("/meter-usage/analytics", MeterUsageAnalyticsResponse, request)

    @operation
    def detailed_analytics(self, request: MeterUsageDetailedAnalyticsRequest | Fields) -> Call[GetUsageAnalyticsResponse]:
        """Usage and cost, as `events.analytics`, by meter; the last 6 hours where no range is given."""
        return post("/meter-usage/detailed-analytics", GetUsageAnalyticsResponse, request)


class MeterUsage(MeterUsageOperations, SyncResource):
    """Blocking operations on metered usage."""


class AsyncMeterUsage(MeterUsageOperations, AsyncResource):
    """Awaiting operations on metered usage."""
