"""Runner of event-cases.yaml: events in, figures of each read out.

The emulator removes duplicates at once, so it answers as the reference does after the storage engine has merged
copies. A `before_merge` figure that differs is exempt only if it is the figure over the very same events with the
merged copies put back: each identity's first copy, or all of its copies. Where the case has the same read
`after_merge`, that check is run too and has no such way out.
"""

import json
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from flexprice_emulator.rating.metering.aggregate import WindowUsage, aggregate, by_bucket, event_count, total_of
from flexprice_emulator.rating.metering.analytics import detailed_points, detailed_totals, select_rows
from flexprice_emulator.rating.metering.identity import distinct_events, distinct_rows, event_identity, row_identity, usage_row
from flexprice_emulator.rating.metering.listing import Cursor, ListQuery, list_events
from flexprice_emulator.rating.metering.model import Meter, RawEvent, UsageRow
from flexprice_emulator.rating.metering.quantity import measure
from flexprice_emulator.rating.metering.raw import RawQuery, raw_usage
from flexprice_emulator.rating.metering.windows import zone
from tests.vectors.kinds.metering import instant, meter_of

ANY_CUSTOMER = "(none)"
KNOWN_KEYS = {
    "events_usage": {"window_size", "bucket_size", "timezone", "billing_anchor", "filters", "group_by", "customer", "multiplier", "field"},
    "meter_usage_final": {"customers", "customer", "bucket_size", "meter_group_by", "billing_anchor"},
    "meter_usage_no_final": {"customers", "customer", "bucket_size", "meter_group_by", "billing_anchor"},
    "analytics_totals": {"group_by", "propertyfilters", "property_filters", "sources", "customers", "customer"},
    "analytics_points": {"window_size", "timezone", "billing_anchor", "propertyfilters", "property_filters", "sources", "customers"},
    "events_query": {
        "page_size", "offset", "iter_first", "iter_last", "property_filters", "source", "sort", "order", "customer",
        "event_name", "event_id", "external_customer_id",
    },
}  # fmt: skip
COMMON_KEYS = {"when", "read", "aggregation", "start_time", "end_time", "expect"}


@dataclass(frozen=True)
class World:
    """The events of a case, as both tables hold them, one copy of each identity or as chosen."""

    defaults: Mapping[str, Any]
    events: Sequence[RawEvent]
    rows: Sequence[UsageRow]
    meter: Meter | None


def run_event_case(case: dict[str, Any], defaults: dict[str, Any]) -> None:
    """Run all checks of a case. Raises AssertionError with the read and both figures.

    A case without checks states what the HTTP edge does, in words; those are held by the tests of the events domain.
    """
    if "checks" not in case:
        assert case["given"], "neither checks nor a given request"
        assert not case["measured"], "a measured case has checks"
        return
    exempt_checks(case, defaults)


def exempt_checks(case: dict[str, Any], defaults: dict[str, Any]) -> list[dict[str, Any]]:
    """Run all checks and return those whose figure exists only while copies are not merged."""
    assert case.get("checks"), "the case has no checks"
    return [check for check in case["checks"] if not _holds(case, check, defaults)]


def _holds(case: Mapping[str, Any], check: Mapping[str, Any], defaults: Mapping[str, Any]) -> bool:
    unknown = check.keys() - KNOWN_KEYS[check["read"]] - COMMON_KEYS
    assert not unknown, f"{check['read']}: keys not understood: {sorted(unknown)}"
    everything = _world(case, check, defaults)
    merged = replace(everything, events=distinct_events(everything.events), rows=distinct_rows(everything.rows))
    actual, expected = _answer(merged, check), _normal(check["expect"])
    actual = {key: actual[key] for key in expected}
    if actual == expected:
        return True
    if check["when"] == "before_merge" and check["read"] != "meter_usage_final" and _has_copies(everything):
        first = replace(everything, events=_first(everything.events, event_identity), rows=_first(everything.rows, row_identity))
        for unmerged in (first, everything):
            answer = _answer(unmerged, check)
            if {key: answer[key] for key in expected} == expected:
                return False
    raise AssertionError(f"{check['when']} {check['read']} {check.get('aggregation', '')}: got {actual}, expected {expected}")


def _has_copies(world: World) -> bool:
    return len(distinct_events(world.events)) < len(world.events) or len(distinct_rows(world.rows)) < len(world.rows)


def _first(copies: Sequence[Any], identity: Callable[[Any], Hashable]) -> list[Any]:
    kept: dict[Hashable, Any] = {}
    for copy in copies:
        kept.setdefault(identity(copy), copy)
    return list(kept.values())


def _world(case: Mapping[str, Any], check: Mapping[str, Any], defaults: Mapping[str, Any]) -> World:
    events = [_event(spec, index, defaults) for index, spec in enumerate(case["events"])]
    meters = case.get("meters") or []
    if not meters:
        return World(defaults, events, [], None)
    spec = meters[0]
    aggregation = {key: spec[key] for key in ("field", "expression", "multiplier") if key in spec}
    aggregation |= {"type": check.get("aggregation", spec["aggregation"]), "bucket_size": check.get("bucket_size")}
    if check.get("meter_group_by"):
        aggregation["group_by"] = check["meter_group_by"][0]
    meter = meter_of({"aggregation": aggregation, "event_name": defaults["event_name"], "filters": spec.get("filters")}, spec["id"])
    return World(defaults, events, [row for event in events for row in _rows(event, meter)], meter)


def _event(spec: Mapping[str, Any], index: int, defaults: Mapping[str, Any]) -> RawEvent:
    stored = spec.get("stored_properties_json")
    arrival = instant("2024-05-01T00:00:00Z") + timedelta(seconds=index)
    return RawEvent(
        event_id=spec["event_id"],
        event_name=spec.get("event_name", defaults["event_name"]),
        external_customer_id=spec.get("external_customer_id", defaults["external_customer_id"]),
        timestamp=instant(spec["timestamp"]),
        properties=json.loads(stored) if stored else spec.get("properties"),
        source=spec.get("source", ""),
        ingested_at=instant(spec["ingested_at"]) if "ingested_at" in spec else arrival,
    )


def _rows(event: RawEvent, meter: Meter) -> list[UsageRow]:
    measured = measure(meter, event.event_name, event.properties)
    if not measured.has_row:
        return []
    return [
        usage_row(
            measured,
            meter.id,
            event_id=event.event_id,
            external_customer_id=event.external_customer_id,
            timestamp=event.timestamp,
            ingested_at=event.ingested_at,
            source=event.source,
            properties=event.properties,
        )
    ]


def _answer(world: World, check: Mapping[str, Any]) -> dict[str, Any]:
    return _READS[check["read"]](world, check)


def _bounds(world: World, check: Mapping[str, Any]) -> tuple[Any, Any]:
    return tuple(instant(check.get(key, world.defaults["range"][key])) for key in ("start_time", "end_time"))  # type: ignore[return-value]


def _customer(world: World, check: Mapping[str, Any]) -> str:
    customer = check.get("customer", world.defaults["external_customer_id"])
    return "" if customer == ANY_CUSTOMER else customer


def _anchor(check: Mapping[str, Any]) -> Any:
    return instant(check["billing_anchor"]) if "billing_anchor" in check else None


def _selected(world: World, check: Mapping[str, Any]) -> list[UsageRow]:
    start, end = _bounds(world, check)
    customers = check.get("customers", [_customer(world, check)])
    return [row for row in world.rows if start <= row.timestamp < end and (customers == [""] or row.external_customer_id in customers)]


def _events_usage(world: World, check: Mapping[str, Any]) -> dict[str, Any]:
    start, end = _bounds(world, check)
    query = RawQuery(
        event_name=world.defaults["event_name"],
        aggregation_type=check["aggregation"],
        property_name=check.get("field", world.defaults["field"]),
        external_customer_id=_customer(world, check),
        start=start,
        end=end,
        window_size=check.get("window_size"),
        bucket_size=check.get("bucket_size"),
        filters=check.get("filters"),
        multiplier=Decimal(str(check["multiplier"])) if "multiplier" in check else None,
        group_by=(check.get("group_by") or [""])[0],
        billing_anchor=_anchor(check),
        timezone=zone(check.get("timezone", "UTC")),
    )
    usage = raw_usage(world.events, query)
    results = [{"window_size": result.start.isoformat(), "value": result.value} for result in usage.results]
    if query.group_by:
        results = [{**shown, "group_key": result.group} for shown, result in zip(results, usage.results, strict=True)]
    return {"value": usage.value, "results": results}


def _meter_usage(world: World, check: Mapping[str, Any]) -> dict[str, Any]:
    rows = _selected(world, check)
    if "bucket_size" not in check:
        usage = aggregate(rows, check["aggregation"])
        return {"value": usage.quantity, "event_count": usage.event_count}
    buckets = by_bucket(rows, check["aggregation"], check["bucket_size"], anchor=_anchor(check))
    shown = [{"start": bucket.start.isoformat(), "value": bucket.value, "event_count": bucket.event_count} for bucket in buckets]
    return {"value": total_of(buckets), "event_count": event_count(rows), "buckets": shown}


def _filtered(world: World, check: Mapping[str, Any]) -> list[UsageRow]:
    filters = check.get("propertyfilters", check.get("property_filters"))
    return select_rows(_selected(world, check), property_filters=filters, sources=check.get("sources", ()))


def _analytics_totals(world: World, check: Mapping[str, Any]) -> dict[str, Any]:
    keys = check.get("group_by", ["meter_id"])
    rows = []
    for total in detailed_totals(_filtered(world, check), check["aggregation"], keys):
        named = {key: text for key, text in zip(keys, total.group, strict=True) if key != "meter_id"}
        rows.append({**named, "total_usage": total.usage, "event_count": total.event_count})
    return {"rows": rows}


def _analytics_points(world: World, check: Mapping[str, Any]) -> dict[str, Any]:
    timezone = zone(check.get("timezone", "UTC"))
    rows = _filtered(world, check)
    points = detailed_points(rows, check["aggregation"], check["window_size"], timezone=timezone, anchor=_anchor(check))
    return {"points": [_point(point) for point in points]}


def _point(point: WindowUsage) -> dict[str, Any]:
    return {"timestamp": point.start.isoformat(), "usage": point.value, "event_count": point.event_count}


def _events_query(world: World, check: Mapping[str, Any]) -> dict[str, Any]:
    start, end = _bounds(world, check)
    plain = ("property_filters", "page_size", "offset", "source", "sort", "order", "event_name", "event_id", "external_customer_id")
    cursors = {key: Cursor(instant(check[key]["Timestamp"]), check[key]["ID"]) for key in ("iter_first", "iter_last") if key in check}
    page = list_events(world.events, ListQuery(start, end, **{key: check[key] for key in plain if key in check}, **cursors))
    return {"ids_in_order": [event.event_id for event in page.events], "has_more": page.has_more, "total_count": page.total_count}


_READS: dict[str, Callable[[World, Mapping[str, Any]], dict[str, Any]]] = {
    "events_usage": _events_usage,
    "meter_usage_final": _meter_usage,
    "meter_usage_no_final": _meter_usage,
    "analytics_totals": _analytics_totals,
    "analytics_points": _analytics_points,
    "events_query": _events_query,
}


def _normal(expected: Any) -> Any:
    """Figures as decimals, times as ISO text, all else as it is."""
    if isinstance(expected, Mapping):
        return {key: _time_or(key, value) for key, value in expected.items()}
    if isinstance(expected, list):
        return [_normal(item) for item in expected]
    if isinstance(expected, int | float) and not isinstance(expected, bool):
        return Decimal(str(expected))
    return expected


def _time_or(key: str, value: Any) -> Any:
    # As text, for the offset is part of the answer.
    return instant(value).isoformat() if key in ("window_size", "timestamp", "start") else _normal(value)
