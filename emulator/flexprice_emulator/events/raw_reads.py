"""Raw events out of the database: the reads of `rating.metering.raw`, and its figures without reading every event where SQL can."""

import json
import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from flexprice_emulator.events.intake import from_milliseconds
from flexprice_emulator.events.partials import DISTINCT_IDS, has_repeated_ids, to_seconds
from flexprice_emulator.events.sql import fetch, fetch_value
from flexprice_emulator.events.sql_text import property_clauses, property_sql
from flexprice_emulator.rating.decimals import ZERO, add, from_float
from flexprice_emulator.rating.metering.model import RawEvent, WindowSize
from flexprice_emulator.rating.metering.raw import RawQuery, RawUsage, RawWindow, raw_usage
from flexprice_emulator.rating.metering.windows import bucket_start
from flexprice_emulator.workspace.context import Context

COLUMNS = "id, event_name, external_customer_id, timestamp, properties, customer_id, source"
_BY_NUMBER = ("COUNT", "SUM", "MAX", "AVG", "SUM_WITH_MULTIPLIER")
# Not finite, so only the events themselves tell what the reference answers.
_NO_FIGURE = math.nan


def read_usage(ctx: Context, query: RawQuery) -> RawUsage:
    """The answer of a read over the stored events."""
    if query.bucket_size is not None and query.aggregation_type in ("MAX", "SUM"):
        buckets = None if query.group_by else _windows(ctx, query, query.aggregation_type, query.bucket_size)
        if buckets is not None:
            return RawUsage(max(add(*(bucket.value for bucket in buckets)), ZERO), buckets)
    elif query.window_size is not None:
        # An id counts once in a window, so only where none repeats are rows enough.
        kind = query.aggregation_type if query.property_name else "COUNT"
        repeated = has_repeated_ids(ctx.session, [query.external_customer_id] if query.external_customer_id else None)
        windows = _windows(ctx, query, kind, query.window_size) if kind in _BY_NUMBER and not repeated else None
        if windows is not None:
            return RawUsage(None, windows)
    elif query.aggregation_type not in ("LATEST", "WEIGHTED_SUM"):
        value = _figure(ctx, query)
        if query.reset_usage == "NEVER" and query.start is not None:
            before = _figure(ctx, replace(query, start=None, end=query.start))
            value = None if value is None or before is None else add(value, before)
        if value is not None:
            return RawUsage(value)
    return raw_usage(_events(ctx, query), query)


def event_of(row: Sequence[Any]) -> RawEvent:
    """A row of COLUMNS as an event."""
    event_id, name, customer, timestamp, properties, customer_id, source = row
    return RawEvent(event_id, name, customer, from_milliseconds(timestamp), json.loads(properties), customer_id, source)


def _events(ctx: Context, query: RawQuery) -> list[RawEvent]:
    # All history where the read adds what lies before its window.
    wanted = replace(query, start=None) if query.reset_usage == "NEVER" else query
    where, parameters = _where(ctx, wanted)
    sql = f"SELECT {COLUMNS} FROM events WHERE {where}"  # noqa: S608
    return [event_of(row) for row in fetch(ctx.session, sql, parameters)]


def _where(ctx: Context, query: RawQuery) -> tuple[str, list[Any]]:
    clauses, parameters = ["event_name = ?"], [query.event_name]
    for column in ("external_customer_id", "customer_id"):
        if getattr(query, column):
            clauses.append(f"{column} = ?")
            parameters.append(getattr(query, column))
    bounds: list[Any] = []
    for comparison, moment in ((">=", query.start), ("<", query.end)):
        if moment is not None:
            clauses.append(f"timestamp {comparison} ?")
            bounds.append(to_seconds(moment) * 1000)
    more, texts = property_clauses(property_sql(ctx), query.filters)
    return " AND ".join([*clauses, *more]), [*parameters, *bounds, *texts]


def _figure(ctx: Context, query: RawQuery) -> Decimal | None:
    """The total of a read without windows, at least 0; None where a value is not finite."""
    where, parameters = _where(ctx, query)
    kind = query.aggregation_type if query.property_name else "COUNT"
    repeated = has_repeated_ids(ctx.session, [query.external_customer_id] if query.external_customer_id else None)
    if kind == "COUNT":
        count = DISTINCT_IDS.format(id="id") if repeated else "COUNT(*)"
        return Decimal(fetch_value(ctx.session, f"SELECT {count} FROM events WHERE {where}", parameters))  # noqa: S608
    if kind == "COUNT_UNIQUE":
        text, more = property_sql(ctx).text_of(query.property_name)
        sql = f"SELECT COUNT(DISTINCT {text}) FROM events WHERE {where}"  # noqa: S608
        return Decimal(fetch_value(ctx.session, sql, (*more, *parameters)))
    values = _values(ctx, query, repeated=repeated)
    if None in values:
        return None
    total = _combine(kind, values, query)
    return max(from_float(total), ZERO) if math.isfinite(total) else None


def _values(ctx: Context, query: RawQuery, *, repeated: bool) -> list[Any]:
    """The property's number of every event; of an id at several times only the last."""
    where, parameters = _where(ctx, query)
    number, more = property_sql(ctx).number_of(query.property_name)
    sql, bound = f"SELECT {number} FROM events WHERE {where}", (*more, *parameters)  # noqa: S608
    if repeated:
        noted = "(SELECT event_id FROM repeated_events)"
        age = "ROW_NUMBER() OVER (PARTITION BY id ORDER BY timestamp DESC)"
        copies = f"SELECT {number} AS number, {age} AS age FROM events WHERE {where} AND id IN {noted}"  # noqa: S608
        sql, bound = f"{sql} AND id NOT IN {noted} UNION ALL SELECT number FROM ({copies}) AS copies WHERE age = 1", bound * 2  # noqa: S608
    return [row[0] for row in fetch(ctx.session, sql, bound)]


def _windows(ctx: Context, query: RawQuery, kind: str, size: WindowSize) -> tuple[RawWindow, ...] | None:
    """One value a window from the numbers of its events; None where one is not finite."""
    where, parameters = _where(ctx, query)
    number, more = property_sql(ctx).number_of(query.property_name) if kind != "COUNT" else ("0", [])
    members: dict[int, list[Any]] = {}
    # No zone's clock changes within a quarter of an hour, so all its events are of one window.
    grain = 60_000 if size == "MINUTE" else 900_000
    for timestamp, value in fetch(ctx.session, f"SELECT timestamp, {number} FROM events WHERE {where}", (*more, *parameters)):  # noqa: S608
        members.setdefault(timestamp // grain, []).append(value)
    windows: dict[datetime, list[Any]] = {}
    for quantum, values in members.items():
        start = bucket_start(size, from_milliseconds(quantum * grain), query.timezone, anchor=query.billing_anchor)
        windows.setdefault(start, []).extend(values)
    results = []
    for start in sorted(windows):
        values = windows[start]
        total = math.nan if None in values else float(len(values)) if kind == "COUNT" else _combine(kind, values, query)
        if not math.isfinite(total):
            return None
        results.append(RawWindow(start, from_float(total)))
    return tuple(results)


def _combine(kind: str, values: Sequence[float], query: RawQuery) -> float:
    if not values:
        return 0.0
    try:
        if kind == "MAX":
            return float(max(values))
        total = math.fsum(values)
    except OverflowError:
        return _NO_FIGURE
    if kind == "AVG":
        return total / len(values)
    if kind == "SUM_WITH_MULTIPLIER" and query.multiplier is not None:
        return total * float(query.multiplier)
    return total
