"""Events on the wire: ingestion, the list of raw events, free-form usage, and the trace of one event."""

from typing import Annotated, Any

from pydantic import Field

from flexprice_client.models.base import OMIT_EMPTY, OMIT_NONE, Dec, Num, Rule, Timestamp, WireModel, WireRequest


class IngestEventRequest(WireRequest):
    """One event. `timestamp` left out is now; `properties` are any JSON values, numbers being 64-bit floats."""

    event_name: Annotated[str, Rule("required")]
    external_customer_id: Annotated[str, Rule("required")]
    customer_id: str = ""
    event_id: str = ""
    timestamp: Timestamp | None = None
    source: str = ""
    properties: dict[str, Any] | None = None


class BulkIngestEventRequest(WireRequest):
    """1 to 1000 events. Not atomic: the events before a bad one are accepted."""

    events: Annotated[list[IngestEventRequest], Rule("required,min=1,max=1000")]


class IngestEventResponse(WireModel):
    message: str
    event_id: str


class Event(WireModel):
    """A raw event as stored."""

    id: str
    external_customer_id: str
    customer_id: str = ""
    event_name: str
    timestamp: Timestamp
    properties: dict[str, Any] | None = None
    source: str = ""
    environment_id: str = ""


class GetEventsRequest(WireRequest):
    """A page of raw events, newest first; both bounds of the range are inclusive, the last 7 days by default.

    `iter_last_key` asks for older rows, `iter_first_key` for newer ones, both as answered; else `offset` counts.
    """

    external_customer_id: str = ""
    event_name: str = ""
    event_id: str = ""
    source: str = ""
    start_time: Timestamp | None = None
    end_time: Timestamp | None = None
    property_filters: dict[str, list[str]] | None = None
    page_size: int = 0
    offset: int = 0
    iter_first_key: str = ""
    iter_last_key: str = ""
    sort: str = ""
    order: str = ""


class GetEventsResponse(WireModel):
    """`offset` is the next page's; absent in cursor mode, where `iter_last_key` shows only when there is more."""

    events: list[Event]
    has_more: bool
    iter_first_key: Annotated[str, OMIT_EMPTY] = ""
    iter_last_key: Annotated[str, OMIT_EMPTY] = ""
    total_count: Annotated[int, OMIT_EMPTY] = 0
    offset: Annotated[int | None, OMIT_EMPTY] = None


class GetUsageRequest(WireRequest):
    """A free-form aggregate of raw events. Without `property_name` it counts, whatever the type."""

    event_name: Annotated[str, Rule(binding="required")]
    aggregation_type: Annotated[str, Rule(binding="required")]
    property_name: str = ""
    external_customer_id: str = ""
    customer_id: str = ""
    start_time: Timestamp | None = None
    end_time: Timestamp | None = None
    window_size: str = ""
    bucket_size: str = ""
    filters: dict[str, list[str]] | None = None
    multiplier: Dec | None = None
    billing_anchor: Timestamp | None = None
    timezone: str = ""
    group_by: list[str] | None = None
    group_by_property: str = ""


class GetUsageByMeterRequest(WireRequest):
    """An aggregate of raw events as a meter says, but for the meter's own filters."""

    meter_id: Annotated[str, Rule(binding="required")]
    external_customer_id: str = ""
    customer_id: str = ""
    start_time: Timestamp | None = None
    end_time: Timestamp | None = None
    window_size: str = ""
    bucket_size: str = ""
    filters: dict[str, list[str]] | None = None
    billing_anchor: Timestamp | None = None
    timezone: str = ""


class UsageResult(WireModel):
    """One window: `window_size` is its start, `group_key` its group where the read is grouped."""

    window_size: str
    value: Annotated[Num, OMIT_EMPTY] = 0
    group_key: Annotated[str, OMIT_EMPTY] = ""


class GetUsageResponse(WireModel):
    """Values are JSON numbers; zero and empty members are left out. With windows there is no total."""

    results: Annotated[list[UsageResult] | None, OMIT_EMPTY] = None
    value: Annotated[Num | None, OMIT_EMPTY] = None
    event_name: Annotated[str, OMIT_EMPTY] = ""
    type: Annotated[str, OMIT_EMPTY] = ""


class FeatureUsageInfo(WireModel):
    """Where a processed event is billed."""

    customer_id: str
    subscription_id: str
    sub_line_item_id: str
    price_id: str
    meter_id: str
    feature_id: str
    qty_total: Dec
    processed_at: Timestamp


class ErrorInfo(WireModel):
    """An error inside an answer."""

    code: str
    message: str
    http_status_code: int


class CustomerLookupResult(WireModel):
    status: str
    customer: Annotated[dict[str, Any] | None, OMIT_NONE] = None
    error: Annotated[ErrorInfo | None, OMIT_NONE] = None


class MatchedMeter(WireModel):
    meter_id: str
    event_name: str
    meter: dict[str, Any]


class MeterMatchingResult(WireModel):
    status: str
    matched_meters: Annotated[list[MatchedMeter] | None, OMIT_EMPTY] = None
    error: Annotated[ErrorInfo | None, OMIT_NONE] = None


class MatchedPrice(WireModel):
    price_id: str
    meter_id: str
    status: str
    price: dict[str, Any]


class PriceLookupResult(WireModel):
    status: str
    matched_prices: Annotated[list[MatchedPrice] | None, OMIT_EMPTY] = None
    error: Annotated[ErrorInfo | None, OMIT_NONE] = None


class MatchedSubscriptionLineItem(WireModel):
    """`timestamp_within_range` is strict on both sides; `is_active_for_event` is the line item's own rule."""

    sub_line_item_id: str
    subscription_id: str
    price_id: str
    start_date: Timestamp
    end_date: Timestamp
    is_active_for_event: bool
    timestamp_within_range: bool
    subscription_line_item: dict[str, Any]


class SubscriptionLineItemLookupResult(WireModel):
    status: str
    matched_line_items: Annotated[list[MatchedSubscriptionLineItem] | None, OMIT_EMPTY] = None
    error: Annotated[ErrorInfo | None, OMIT_NONE] = None


class MeterUsageAttribution(WireModel):
    meter_id: str
    external_customer_id: str
    qty_total: Dec


class AttributedToCustomerResult(WireModel):
    status: str
    meter_usage: Annotated[MeterUsageAttribution | None, OMIT_NONE] = None
    error: Annotated[ErrorInfo | None, OMIT_NONE] = None


class FailurePoint(WireModel):
    """The first step that failed."""

    failure_point_type: str
    error: Annotated[ErrorInfo | None, OMIT_NONE] = None


class DebugTracker(WireModel):
    """How far an event got: each step is unprocessed, found, not_found, error, processing or attributed."""

    customer_lookup: CustomerLookupResult
    meter_matching: MeterMatchingResult
    price_lookup: PriceLookupResult
    subscription_line_item_lookup: SubscriptionLineItemLookupResult
    attributed_to_customer: Annotated[AttributedToCustomerResult | None, OMIT_NONE] = None
    failure_point: Annotated[FailurePoint | None, OMIT_NONE] = None


class GetEventByIDResponse(WireModel):
    """`status` is processed, processing or failed; the tracker shows unless it is processed."""

    event: Event
    status: str
    processed_events: Annotated[list[FeatureUsageInfo] | None, OMIT_EMPTY] = None
    debug_tracker: Annotated[DebugTracker | None, OMIT_NONE] = None


class GetHuggingFaceBillingDataRequest(WireRequest):
    """Event ids whose cost is asked for."""

    request_ids: Annotated[list[str], Field(alias="requestIds"), Rule(binding="required,min=1")]


class EventCostInfo(WireModel):
    """The price of one event's quantity alone, in 10^-9 of the price's currency; 0 where it is not billed."""

    request_id: Annotated[str, Field(alias="requestId")]
    cost_nano_usd: Annotated[Dec, Field(alias="costNanoUsd")]


class GetHuggingFaceBillingDataResponse(WireModel):
    """In the order asked."""

    requests: list[EventCostInfo]


class EventCountPoint(WireModel):
    timestamp: str
    event_count: int


class GetMonitoringDataResponse(WireModel):
    """Distinct events of a range; nothing lags here."""

    total_count: int
    consumption_lag: int = 0
    post_processing_lag: int = 0
    points: Annotated[list[EventCountPoint] | None, OMIT_EMPTY] = None
