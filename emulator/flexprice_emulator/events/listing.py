"""The list of raw events: GET /events and POST /events/query (events.md §8)."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, Literal

from flexprice_client.models.events import Event, GetEventsRequest, GetEventsResponse
from flexprice_emulator.events.partials import to_seconds
from flexprice_emulator.events.raw_reads import COLUMNS, event_of
from flexprice_emulator.events.sql import fetch, fetch_value
from flexprice_emulator.events.sql_text import property_clauses, property_sql
from flexprice_emulator.rating.metering.listing import (
    DEFAULT_PAGE_SIZE,
    Cursor,
    ListQuery,
    decode_cursor,
    page_of,
    resolve_range,
)
from flexprice_emulator.rating.metering.model import RawEvent
from flexprice_emulator.wire.binding import bind
from flexprice_emulator.wire.errors import ValidationError
from flexprice_emulator.workspace.context import Context

HINT = "Please check the request payload"
_LARGEST = 2**31
_SORTS = ("timestamp", "event_name")
_ORDERS = ("asc", "desc")


def list_events(ctx: Context, wanted: GetEventsRequest) -> GetEventsResponse:
    """One page. Raises ValidationError for a range that ends before it starts, a bad cursor, sort or order."""
    query = _query(ctx, wanted)
    where, parameters = _where(ctx, query)
    total = fetch_value(ctx.session, f"SELECT COUNT(*) FROM events WHERE {where}", parameters)  # noqa: S608
    sql = f"SELECT {COLUMNS} FROM events WHERE {where} ORDER BY {query.sort} {query.order}, id DESC LIMIT ? OFFSET ?"  # noqa: S608
    offset = 0 if query.by_cursor else query.offset
    rows = fetch(ctx.session, sql, (*parameters, query.page_size + 1, offset))
    page = page_of([event_of(row) for row in rows], total, query)
    return GetEventsResponse.model_construct(
        events=[to_event(ctx, event) for event in page.events],
        has_more=page.has_more,
        iter_first_key=page.iter_first_key,
        iter_last_key=page.iter_last_key,
        total_count=page.total_count,
        offset=page.offset,
    )


def to_event(ctx: Context, event: RawEvent) -> Event:
    """The wire's raw event."""
    return Event.model_construct(
        id=event.event_id,
        external_customer_id=event.external_customer_id,
        customer_id=event.customer_id,
        event_name=event.event_name,
        timestamp=event.timestamp,
        properties=None if event.properties is None else dict(event.properties),
        source=event.source,
        environment_id=ctx.environment_id,
    )


def parse_property_filters(text: str) -> dict[str, list[str]]:
    """`k:v1,v2;k2:v3` of the query string; parts without a value are left out."""
    found: dict[str, list[str]] = {}
    for part in text.split(";"):
        key, colon, values = part.partition(":")
        if key.strip() and colon:
            found[key.strip()] = [value.strip() for value in values.split(",")]
    return found


def _query(ctx: Context, wanted: GetEventsRequest) -> ListQuery:
    sort: Literal["timestamp", "event_name"] = "event_name" if _choice(wanted.sort, "sort", _SORTS) == "event_name" else "timestamp"
    order: Literal["asc", "desc"] = "asc" if _choice(wanted.order, "order", _ORDERS) == "asc" else "desc"
    try:
        start, end = resolve_range(wanted.start_time, wanted.end_time, ctx.now)
    except (ValueError, OverflowError):
        raise ValidationError(HINT) from None
    if wanted.end_time is None:
        # Bounds are whole seconds; an event of the present one is shown all the same.
        end += timedelta(seconds=1)
    query = ListQuery(
        start,
        end,
        external_customer_id=wanted.external_customer_id,
        event_name=wanted.event_name,
        event_id=wanted.event_id,
        source=wanted.source,
        property_filters=_given(wanted.property_filters),
        page_size=min(wanted.page_size, _LARGEST) if wanted.page_size > 0 else DEFAULT_PAGE_SIZE,
        offset=min(max(wanted.offset, 0), _LARGEST),
        sort=sort,
        order=order,
    )
    return replace(query, iter_first=_cursor(wanted.iter_first_key), iter_last=_cursor(wanted.iter_last_key))


def _given(filters: Mapping[str, list[str]] | None) -> dict[str, list[str]]:
    """A key without values filters nothing."""
    return {key: values for key, values in (filters or {}).items() if values}


def _choice(text: str, name: str, allowed: tuple[str, ...]) -> str:
    if text and text not in allowed:
        raise ValidationError(f"Request validation failed due to invalid {name} field", {"allowed_values": list(allowed), name: text})
    return text


def _cursor(text: str) -> Cursor | None:
    if not text:
        return None
    try:
        return decode_cursor(text)
    except ValueError as error:
        raise ValidationError(str(error)) from None


def _where(ctx: Context, query: ListQuery) -> tuple[str, list[Any]]:
    clauses = ["timestamp >= ?", "timestamp <= ?"]
    parameters: list[Any] = [to_seconds(query.start_time) * 1000, to_seconds(query.end_time) * 1000]
    equal = {"external_customer_id": query.external_customer_id, "event_name": query.event_name}
    for column, value in {**equal, "id": query.event_id, "source": query.source}.items():
        if value:
            clauses.append(f"{column} = ?")
            parameters.append(value)
    for comparison, cursor in (("<", query.iter_last), (">", query.iter_first)):
        if cursor is not None:
            clauses.append(f"(timestamp, id) {comparison} (?, ?)")
            parameters += [to_seconds(cursor.timestamp) * 1000, cursor.event_id]
    more, texts = property_clauses(property_sql(ctx), query.property_filters)
    return " AND ".join([*clauses, *more]), [*parameters, *texts]


def from_query_string(ctx: Context) -> GetEventsRequest:
    """The request of GET /events: as the body of POST /events/query, but for property_filters and a page_size of at most 50."""
    held = {name: ctx.query(name) for name in GetEventsRequest.model_fields if ctx.query(name)}
    filters = parse_property_filters(held.pop("property_filters", ""))
    numbers = {name: _number(held.pop(name, "")) for name in ("page_size", "offset")}
    if numbers["page_size"] > DEFAULT_PAGE_SIZE:
        numbers["page_size"] = DEFAULT_PAGE_SIZE
    return bind(GetEventsRequest, {**held, **numbers, "property_filters": filters}, HINT)


def _number(text: str) -> int:
    return int(text) if re.fullmatch(r"\d{1,18}", text, re.ASCII) else 0
