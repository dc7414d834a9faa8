"""Events: sending usage and reading it back.

A send is tried again by itself only where each event has its own `event_id` and `timestamp`, as a `UsageEvent` always has.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from flexprice_client.models.analytics import GetUsageAnalyticsRequest, GetUsageAnalyticsResponse
from flexprice_client.models.base import ListResponse, Pagination, SuccessResponse
from flexprice_client.models.events import (
    BulkIngestEventRequest,
    Event,
    GetEventByIDResponse,
    GetEventsRequest,
    GetEventsResponse,
    GetUsageByMeterRequest,
    GetUsageRequest,
    GetUsageResponse,
    IngestEventRequest,
    IngestEventResponse,
)
from flexprice_client.resources.calls import Fields, fetch, post
from flexprice_client.resources.operation import AsyncResource, Call, SyncResource, operation, paged
from flexprice_client.resources.paging import Page
from flexprice_client.transport.codec import to_plain
from flexprice_client.workflow.usage_event import UsageEvent


class EventsOperations:
    @operation
    def ingest(self, event: UsageEvent | IngestEventRequest | Fields) -> Call[IngestEventResponse]:
        """Send one event. It is accepted even where no customer or meter matches."""
        return post("/events", IngestEventResponse, _body(event))

    @operation
    def ingest_bulk(self, events: BulkIngestEventRequest | Sequence[UsageEvent | IngestEventRequest | Fields]) -> Call[SuccessResponse]:
        """Send 1 to 1000 events. Not atomic: on ValidationError the events before the bad one are accepted."""
        body = events if isinstance(events, BulkIngestEventRequest) else {"events": [_body(event) for event in events]}
        return post("/events/bulk", SuccessResponse, body)

    @operation
    def query(self, request: GetEventsRequest | Fields | None = None) -> Call[GetEventsResponse]:
        """One page of raw events; without a range the last 7 days, newest first."""
        return post("/events/query", GetEventsResponse, request or {})

    @paged
    def iter_all(self, page: Page, request: GetEventsRequest | Fields | None = None) -> Call[ListResponse[Event]]:
        """Every raw event the request finds, oldest first unless it says otherwise; give start_time for more than 7 days."""
        # Cursors skip events of the same second (events.md §8), so pages go by offset; oldest first, new events come last.
        body = {"order": "asc", **_plain(request or {}), "page_size": page.limit, "offset": page.offset}
        call = post("/events/query", GetEventsResponse, body)
        return Call(call.request, lambda answer: _as_list(call.read(answer), page))

    @operation
    def lookup(self, event_id: str) -> Call[GetEventByIDResponse]:
        """One event, and how far it got on its way to a charge."""
        return fetch("/events/lookup", GetEventByIDResponse, {"id": event_id})

    @operation
    def usage(self, request: GetUsageRequest | Fields) -> Call[GetUsageResponse]:
        """An aggregate of raw events. Without `property_name` it counts, whatever the type."""
        return post("/events/usage", GetUsageResponse, request)

    @operation
    def usage_by_meter(self, request: GetUsageByMeterRequest | Fields) -> Call[GetUsageResponse]:
        """An aggregate of raw events by a meter, without the meter's own filters."""
        return post("/events/usage/meter", GetUsageResponse, request)

    @operation
    def analytics(self, request: GetUsageAnalyticsRequest | Fields) -> Call[GetUsageAnalyticsResponse]:
        """Usage and cost by feature; the last 7 days where no range is given."""
        return post("/events/analytics", GetUsageAnalyticsResponse, request)


class Events(EventsOperations, SyncResource):
    """Blocking operations on events."""


class AsyncEvents(EventsOperations, AsyncResource):
    """Awaiting operations on events."""


def _body(event: UsageEvent | IngestEventRequest | Fields) -> dict[str, Any]:
    return event.to_request() if isinstance(event, UsageEvent) else _plain(event)


def _plain(value: IngestEventRequest | GetEventsRequest | Mapping[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = to_plain(value)
    return plain


def _as_list(result: GetEventsResponse, page: Page) -> ListResponse[Event]:
    pagination = Pagination(total=result.total_count, limit=page.limit, offset=page.offset)
    return ListResponse[Event](items=result.events, pagination=pagination)
