"""Cost against revenue on the wire."""

from typing import Annotated

from flexprice_client.models.base import OMIT_EMPTY, Dec, Timestamp, WireModel, WireRequest


class GetCostAnalyticsRequest(WireRequest):
    """Both times or neither (the last 7 days). `expand`, `limit` and `offset` are accepted and change nothing."""

    external_customer_id: str = ""
    feature_ids: list[str] | None = None
    start_time: Timestamp | None = None
    end_time: Timestamp | None = None
    expand: list[str] | None = None
    property_filters: dict[str, list[str]] | None = None
    include_children: bool = False
    limit: int | None = None
    offset: int | None = None


class CostAnalyticItem(WireModel):
    """What the usage of one meter costs by one price of the cost sheet. `meter_name` is the meter's event name."""

    meter_id: str
    meter_name: Annotated[str, OMIT_EMPTY] = ""
    customer_id: Annotated[str, OMIT_EMPTY] = ""
    external_customer_id: Annotated[str, OMIT_EMPTY] = ""
    total_cost: Dec
    total_quantity: Dec
    total_events: int
    currency: Annotated[str, OMIT_EMPTY] = ""
    price_id: Annotated[str, OMIT_EMPTY] = ""
    costsheet_id: Annotated[str, OMIT_EMPTY] = ""


class GetDetailedCostAnalyticsResponse(WireModel):
    """margin = revenue - cost, `margin_percent` of the revenue, roi = margin / cost; a ratio over 0 is 0."""

    cost_analytics: list[CostAnalyticItem]
    total_revenue: Dec
    total_cost: Dec
    margin: Dec
    margin_percent: Dec
    roi: Dec
    roi_percent: Dec
    currency: str
    start_time: Timestamp
    end_time: Timestamp
