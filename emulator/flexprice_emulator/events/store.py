"""Events into the database: each as sent, and as every matching meter measures it (events.md §4-6).

Invariants: of copies with one identity the last is kept; a quantity is that of the meter as it is now, for good; an event
that no meter matches, or of an unknown customer, is stored all the same.
"""

from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection

from flexprice_emulator.alerts.watch import note_usage
from flexprice_emulator.catalog.meters import published_by_event_name
from flexprice_emulator.events.intake import Incoming
from flexprice_emulator.events.partials import LARGE, UNITS
from flexprice_emulator.events.writes import stored_copies, write_events, write_repeated, write_usage
from flexprice_emulator.rating.decimals import CONTEXT, to_text
from flexprice_emulator.rating.metering.quantity import Measurement, MeterMatcher, matcher, stored_quantity
from flexprice_emulator.subscriptions.lifecycle.threshold_watch import usage_stored
from flexprice_emulator.workspace.context import Context
from flexprice_emulator.workspace.storage import to_micros

_KEY = itemgetter(0, 1, 2, 3)


def store(ctx: Context, incoming: Sequence[Incoming]) -> list[str]:
    """Store valid events in their order; their ids. A name of blanks alone is accepted and left out, as in the reference."""
    ids = [event.event_id or ctx.new_id("event") for event in incoming]
    matchers: dict[str, tuple[MeterMatcher, ...]] = {}
    ingested_at = to_micros(ctx.now)
    events: list[tuple[Any, ...]] = []
    usage: list[tuple[Any, ...]] = []
    for event, event_id in zip(incoming, ids, strict=True):
        name = event.event_name.strip()
        if not name:
            continue
        if name not in matchers:
            matchers[name] = tuple(map(matcher, published_by_event_name(ctx, name)))
        events.append((name, event.external_customer_id, event.timestamp, event_id, event.customer_id, event.source, event.text))
        for prepared in matchers[name]:
            row = _measured(prepared, event, event_id, ingested_at)
            if row is not None:
                usage.append(row)
    if not events:
        return ids
    connection = ctx.session.connection()
    if not _note_repeated(connection, [event for event in incoming if event.event_id]):
        # Neighbours in the tables are written one after the other; where copies meet, their order decides.
        events.sort(key=_KEY)
        usage.sort(key=_KEY)
    write_events(connection, events)
    if usage:
        write_usage(connection, usage)
        note_usage(ctx, (row[1] for row in usage))
        usage_stored(ctx, ((row[1], row[2]) for row in usage))
    return ids


def _measured(prepared: MeterMatcher, event: Incoming, event_id: str, ingested_at: int) -> tuple[Any, ...] | None:
    """The event's row of one meter, if it has one."""
    found = prepared.take(event.properties)
    if isinstance(found, Measurement):
        return None
    quantity, unique_hash, group = found
    whole, fraction, large = _columns(quantity)
    return (
        prepared.meter.id,
        event.external_customer_id,
        event.timestamp // 1000,
        event_id,
        whole,
        fraction,
        large,
        bytes.fromhex(unique_hash) if unique_hash else None,
        group,
        event.source,
        event.text,
        ingested_at,
    )


@lru_cache(maxsize=8192)
def _columns(quantity: Decimal) -> tuple[int, int, str | None]:
    """`whole`, `fraction` and `large` of a quantity, cut to 15 places."""
    stored = stored_quantity(quantity)
    whole, fraction = divmod(int(CONTEXT.scaleb(stored, 15)), UNITS)
    return (whole, fraction, None) if whole < LARGE else (0, 0, to_text(stored))


def _note_repeated(connection: Connection, events: Sequence[Incoming]) -> bool:
    """Remember ids that are now at more than one (time, customer); whether any id came before, or comes twice here."""
    if not events:
        return False
    last = {event.event_id: (event.timestamp, event.external_customer_id) for event in events}
    seen = stored_copies(connection, list(last))
    if not seen and len(last) == len(events):
        return False
    places: dict[str, set[tuple[int, str]]] = {}
    for event in events:
        places.setdefault(event.event_id, set()).add((event.timestamp, event.external_customer_id))
    for event_id, timestamp, customer in seen:
        places[event_id].add((timestamp, customer))
    repeated = {(customer, event_id) for event_id, held in places.items() if len(held) > 1 for _, customer in held}
    if repeated:
        write_repeated(connection, sorted(repeated))
    return True
