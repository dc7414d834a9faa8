"""The customer portal: what one customer may see with a session token."""

from flexprice_client.models.base import Timestamp, WireModel, WireRequest


class PortalSessionResponse(WireModel):
    """`token` goes into `X-Session-Token`; `url` is the hosted page with it."""

    url: str
    token: str
    expires_at: Timestamp


class PortalPaginatedRequest(WireRequest):
    """`page` counts from 1."""

    page: int | None = None
    limit: int | None = None


class PortalAnalyticsRequest(WireRequest):
    """As GetUsageAnalyticsRequest, of the session's customer."""

    feature_ids: list[str] | None = None
    sources: list[str] | None = None
    start_time: Timestamp | None = None
    end_time: Timestamp | None = None
    group_by: list[str] | None = None
    window_size: str = ""
    expand: list[str] | None = None
    property_filters: dict[str, list[str]] | None = None


class PortalCostAnalyticsRequest(WireRequest):
    """Both times are required."""

    start_time: Timestamp | None = None
    end_time: Timestamp | None = None
    feature_ids: list[str] | None = None
    expand: list[str] | None = None
