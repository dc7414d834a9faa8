"""Aggregates of the usage table by meter on the wire."""

from typing import Annotated

from flexprice_client.models.base import OMIT_EMPTY, Dec, Rule, Timestamp, WireModel, WireRequest


class MeterUsageQueryRequest(WireRequest):
    """One meter of a customer by any aggregation; with windows the total is the sum of the windows."""

    external_customer_id: Annotated[str, Rule(binding="required")]
    meter_id: Annotated[str, Rule(binding="required")]
    start_time: Annotated[Timestamp, Rule(binding="required")]
    end_time: Annotated[Timestamp, Rule(binding="required")]
    aggregation_type: Annotated[str, Rule(binding="required")]
    window_size: str = ""


class MeterUsageAnalyticsRequest(WireRequest):
    """Several meters of a customer by one aggregation."""

    external_customer_id: Annotated[str, Rule(binding="required")]
    meter_ids: Annotated[list[str] | None, Rule("min=1", name="MeterIDs")] = None
    start_time: Annotated[Timestamp, Rule(binding="required")]
    end_time: Annotated[Timestamp, Rule(binding="required")]
    aggregation_type: Annotated[str, Rule(binding="required")]
    window_size: str = ""


class MeterUsagePoint(WireModel):
    timestamp: str
    value: Dec
    event_count: int


class MeterUsageResponse(WireModel):
    """A meter's total and, with a window, its windows that have events."""

    meter_id: str
    aggregation_type: str
    total_value: Dec
    event_count: int
    points: Annotated[list[MeterUsagePoint] | None, OMIT_EMPTY] = None


class MeterUsageAnalyticsResponse(WireModel):
    items: list[MeterUsageResponse]
