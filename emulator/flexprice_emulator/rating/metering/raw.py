"""Usage read from raw events: `/events/usage`, `/events/usage/meter` and what shares their pipeline (rating.md §9, events.md §8).

Not what billing reads. Invariants: values are Float64 and negatives count, only a total below zero becomes 0; meter
filters and expressions are not applied; the order of events does not matter.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from decimal import Decimal

from flexprice_emulator.rating.decimals import ZERO, add, from_float
from flexprice_emulator.rating.metering.filters import matches_text
from flexprice_emulator.rating.metering.gotext import property_text
from flexprice_emulator.rating.metering.identity import cut_to_millisecond, cut_to_second, distinct_events
from flexprice_emulator.rating.metering.model import Meter, RawEvent, WindowSize
from flexprice_emulator.rating.metering.values import float_quantity
from flexprice_emulator.rating.metering.windows import bucket_start


@dataclass(frozen=True, slots=True)
class RawQuery:
    """A read. Empty text means "not given"; `timezone` is a zone, `start` and `end` bound [start, end) in whole seconds.

    WEIGHTED_SUM needs both bounds: without them it weighs nothing and reads 0.
    """

    event_name: str
    aggregation_type: str
    property_name: str = ""
    external_customer_id: str = ""
    customer_id: str = ""
    start: datetime | None = None
    end: datetime | None = None
    window_size: WindowSize | None = None
    bucket_size: WindowSize | None = None
    filters: Mapping[str, Sequence[str]] | None = None
    multiplier: Decimal | None = None
    group_by: str = ""
    billing_anchor: datetime | None = None
    timezone: tzinfo = UTC
    reset_usage: str = "BILLING_PERIOD"


@dataclass(frozen=True, slots=True)
class RawWindow:
    """One window (and group) that has events."""

    start: datetime
    value: Decimal
    group: str = ""


@dataclass(frozen=True, slots=True)
class RawUsage:
    """`value` is None for a windowed read without buckets, which has no total; `results` are by start, then group."""

    value: Decimal | None
    results: tuple[RawWindow, ...] = ()


def raw_usage(events: Iterable[RawEvent], query: RawQuery) -> RawUsage:
    """Read `events` (in insertion order, any customer, name and time); duplicates are removed first."""
    named = [event for event in distinct_events(events) if _asked(event, query)]
    named.sort(key=lambda event: (event.timestamp, event.event_id))
    chosen = [event for event in named if _inside(event, query)]
    if query.bucket_size is not None and query.aggregation_type in ("MAX", "SUM"):
        results = _buckets(chosen, query, query.bucket_size)
        return RawUsage(max(add(*(result.value for result in results)), ZERO), results)
    if query.window_size is not None:
        return RawUsage(None, _windows(chosen, query, query.window_size))
    value = max(_decimal(_aggregate(chosen, query)), ZERO)
    if query.reset_usage == "NEVER" and query.start is not None:
        value = add(value, _before(named, query))
    return RawUsage(value)


def meter_query(meter: Meter, query: RawQuery) -> RawQuery:
    """`query` with the meter's aggregation, field, multiplier, buckets and reset; its filters and expression are not applied."""
    return replace(
        query,
        event_name=meter.event_name,
        aggregation_type=meter.aggregation_type,
        property_name=meter.field,
        multiplier=meter.multiplier,
        bucket_size=meter.bucket_size if meter.is_bucketed else None,
        group_by=meter.group_by,
        reset_usage=meter.reset_usage,
    )


def _asked(event: RawEvent, query: RawQuery) -> bool:
    return (
        event.event_name == query.event_name
        and query.external_customer_id in ("", event.external_customer_id)
        and query.customer_id in ("", event.customer_id)
        and matches_text(query.filters or {}, event.properties)
    )


def _inside(event: RawEvent, query: RawQuery) -> bool:
    return (query.start is None or event.timestamp >= cut_to_second(query.start)) and (
        query.end is None or event.timestamp < cut_to_second(query.end)
    )


def _before(named: Sequence[RawEvent], query: RawQuery) -> Decimal:
    """All history up to the window; for every type the two figures are added (rating.md §1.8)."""
    history = replace(query, start=None, end=query.start)
    return max(_decimal(_aggregate([event for event in named if _inside(event, history)], history)), ZERO)


def _windows(events: Sequence[RawEvent], query: RawQuery, size: WindowSize) -> tuple[RawWindow, ...]:
    members: dict[datetime, list[RawEvent]] = {}
    for event in events:
        members.setdefault(bucket_start(size, event.timestamp, query.timezone, anchor=query.billing_anchor), []).append(event)
    return tuple(RawWindow(start, _decimal(_aggregate(members[start], query))) for start in sorted(members))


def _buckets(events: Sequence[RawEvent], query: RawQuery, size: WindowSize) -> tuple[RawWindow, ...]:
    key = query.group_by.removeprefix("properties.")
    members: dict[tuple[datetime, str], list[float]] = {}
    for event in events:
        start = bucket_start(size, event.timestamp, query.timezone, anchor=query.billing_anchor)
        group = property_text(event.properties, key) if key else ""
        members.setdefault((start, group), []).append(_number(event, query))
    reduce = _greatest if query.aggregation_type == "MAX" else _sum
    return tuple(RawWindow(start, _decimal(reduce(members[start, group])), group) for start, group in sorted(members))


def _aggregate(events: Sequence[RawEvent], query: RawQuery) -> float:
    """Float64 aggregate of events sorted by time and id; 0.0 without events."""
    kind = query.aggregation_type
    if not events:
        return 0.0
    if kind == "COUNT" or not query.property_name:
        return float(len({event.event_id for event in events}))
    if kind == "COUNT_UNIQUE":
        # A missing property reads as "", which is one more value.
        return float(len({property_text(event.properties, query.property_name) for event in events}))
    if kind == "LATEST":
        newest = max(cut_to_millisecond(event.timestamp) for event in events)
        return _number(next(event for event in events if cut_to_millisecond(event.timestamp) == newest), query)
    if kind == "WEIGHTED_SUM":
        return _weighted(events, query)
    numbers = [_number(event, query) for event in {event.event_id: event for event in events}.values()]
    if kind == "MAX":
        return _greatest(numbers)
    total = _sum(numbers)
    if kind == "AVG":
        return total / len(numbers)
    if kind == "SUM_WITH_MULTIPLIER" and query.multiplier is not None:
        return total * float(query.multiplier)
    return total


def _weighted(events: Sequence[RawEvent], query: RawQuery) -> float:
    if query.start is None or query.end is None:
        return 0.0
    end = cut_to_second(query.end)
    seconds = (end - cut_to_second(query.start)).total_seconds()
    return _sum([_number(event, query) / seconds * (end - cut_to_second(event.timestamp)).total_seconds() for event in events])


def _number(event: RawEvent, query: RawQuery) -> float:
    return float_quantity(event.properties.get(query.property_name)) if event.properties else 0.0


def _greatest(numbers: Sequence[float]) -> float:
    return max((number for number in numbers if not math.isnan(number)), default=0.0)


def _sum(numbers: Sequence[float]) -> float:
    """Float64 sum, the same in every order; NaN where it has no finite value."""
    try:
        return math.fsum(numbers)
    except (OverflowError, ValueError):
        return math.nan


def _decimal(number: float) -> Decimal:
    """The shortest decimal; 0 where the read has no finite value."""
    return from_float(number) if math.isfinite(number) else ZERO
