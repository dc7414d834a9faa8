"""Events into the database: each as sent, and as every matching meter measures it (events.md §4-6).

Invariants: of copies with one identity the last is kept; a quantity is that of the meter as it is now, for good; an event
that no meter matches, or of an unknown customer, is stored all the same.
"""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from flexprice_emulator.catalog.meters import published_by_event_name
from flexprice_emulator.events.intake import Incoming
from flexprice_emulator.events.partials import LARGE, UNITS
from flexprice_emulator.rating.decimals import CONTEXT, to_text
from flexprice_emulator.rating.metering.quantity import MeterMatcher, matcher, stored_quantity
from flexprice_emulator.workspace.context import Context
from flexprice_emulator.workspace.storage import to_micros

_EVENTS = "INSERT OR REPLACE INTO events VALUES (?, ?, ?, ?, ?, ?, ?)"
_USAGE = "INSERT OR REPLACE INTO meter_usage VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_REPEATED = "INSERT OR IGNORE INTO repeated_events VALUES (?, ?)"
_SEEN = "SELECT e.id, e.timestamp, e.external_customer_id FROM json_each(?) AS sent CROSS JOIN events AS e ON e.id = sent.value"


def store(ctx: Context, incoming: Sequence[Incoming]) -> list[str]:
    """Store valid events in their order; their ids. A name of blanks alone is accepted and left out, as in the reference."""
    ids = [event.event_id or ctx.new_id("event") for event in incoming]
    named = [(event.event_name.strip(), event, event_id) for event, event_id in zip(incoming, ids, strict=True)]
    kept = [entry for entry in named if entry[0]]
    if not kept:
        return ids
    matchers = {name: tuple(map(matcher, published_by_event_name(ctx, name))) for name in {entry[0] for entry in kept}}
    ingested_at = to_micros(ctx.now)
    connection = ctx.session.connection()
    usage = [row for name, event, event_id in kept for row in _measured(matchers[name], name, event, event_id, ingested_at)]
    _note_repeated(connection, [event for _, event, _ in kept if event.event_id])
    connection.exec_driver_sql(
        _EVENTS,
        [
            (name, event.external_customer_id, event.timestamp, event_id, event.customer_id, event.source, event.text)
            for name, event, event_id in kept
        ],
    )
    if usage:
        connection.exec_driver_sql(_USAGE, usage)
    return ids


def _measured(matchers: tuple[MeterMatcher, ...], name: str, event: Incoming, event_id: str, ingested_at: int) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = []
    for prepared in matchers:
        found = prepared.measure(name, event.properties)
        if not found.has_row:
            continue
        quantity = stored_quantity(found.quantity)
        whole, fraction = divmod(int(CONTEXT.scaleb(quantity, 15)), UNITS)
        large = None
        if whole >= LARGE:
            whole, fraction, large = 0, 0, to_text(quantity)
        rows.append(
            (
                prepared.meter.id,
                event.external_customer_id,
                event.timestamp // 1000,
                event_id,
                whole,
                fraction,
                large,
                bytes.fromhex(found.unique_hash) if found.unique_hash else None,
                found.group,
                event.source,
                event.text,
                ingested_at,
            )
        )
    return rows


def _note_repeated(connection: Connection, events: Sequence[Incoming]) -> None:
    """Remember ids that are now at more than one (time, customer)."""
    if not events:
        return
    places: dict[str, set[tuple[int, str]]] = {}
    for event in events:
        places.setdefault(event.event_id, set()).add((event.timestamp, event.external_customer_id))
    for event_id, timestamp, customer in connection.exec_driver_sql(_SEEN, (json.dumps(list(places)),)):
        places[event_id].add((timestamp, customer))
    repeated = {(customer, event_id) for event_id, held in places.items() if len(held) > 1 for _, customer in held}
    if repeated:
        connection.exec_driver_sql(_REPEATED, sorted(repeated))
