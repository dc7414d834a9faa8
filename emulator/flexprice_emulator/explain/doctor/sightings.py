"""Every copy of an event: as the list of events has it, and as meters measured it (events.md §4).

A copy with the same id and time replaces an earlier one in the list; where it names another customer or event, what
meters measured of the earlier copy stays and counts. Such a leftover is a sighting too, not `is_listed`.
"""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select

from flexprice_emulator.catalog.tables import MeterRow
from flexprice_emulator.events.partials import from_seconds, to_seconds
from flexprice_emulator.events.properties import properties_text
from flexprice_emulator.events.raw_reads import COLUMNS, event_of
from flexprice_emulator.events.rows import quantity_of
from flexprice_emulator.events.sql import fetch, marks
from flexprice_emulator.rating.metering.model import RawEvent
from flexprice_emulator.wire.errors import NotFoundError
from flexprice_emulator.workspace.context import Context
from flexprice_emulator.workspace.storage import from_micros


@dataclass(frozen=True, slots=True)
class Measured:
    """What a meter stored. `is_own` is false where another copy of the same second was stored last."""

    quantity: Decimal
    ingested_at: datetime
    is_own: bool = True


@dataclass(frozen=True, slots=True)
class Sighting:
    """One copy; `measured` by meter id."""

    event_id: str
    event_name: str
    external_customer_id: str
    timestamp: datetime
    source: str
    properties: Mapping[str, object] | None
    is_listed: bool
    measured: Mapping[str, Measured] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Row:
    meter: MeterRow
    customer: str
    second: int
    measured: Measured
    text: str


def sightings(ctx: Context, event_id: str) -> list[Sighting]:
    """Copies by time. Raises NotFoundError for an id without any."""
    sql = f"SELECT {COLUMNS} FROM events WHERE id = ? ORDER BY timestamp"  # noqa: S608
    listed = [event_of(row) for row in fetch(ctx.session, sql, (event_id,))]
    if not listed:
        raise NotFoundError(
            f"no event {event_id} was stored here; an event whose name is only blanks is accepted and left out", {"event_id": event_id}
        )
    customers = {event.external_customer_id for event in listed}
    customers.update(
        row[0] for row in fetch(ctx.session, "SELECT external_customer_id FROM repeated_events WHERE event_id = ?", (event_id,))
    )
    rows = _rows(ctx, event_id, sorted(customers), sorted({to_seconds(event.timestamp) for event in listed}))
    found = [_listed(event, rows.get(_key(event), ())) for event in listed]
    known = {_key(event) for event in listed}
    return found + [_leftover(event_id, members) for key, members in rows.items() if key not in known]


def _listed(event: RawEvent, rows: Sequence[_Row]) -> Sighting:
    text = properties_text(None if event.properties is None else dict(event.properties))
    return Sighting(
        event_id=event.event_id,
        event_name=event.event_name,
        external_customer_id=event.external_customer_id,
        timestamp=event.timestamp,
        source=event.source,
        properties=event.properties,
        is_listed=True,
        measured={row.meter.id: replace(row.measured, is_own=row.text == text) for row in rows},
    )


def _key(event: RawEvent) -> tuple[str, str, int]:
    return event.event_name, event.external_customer_id, to_seconds(event.timestamp)


def _rows(ctx: Context, event_id: str, customers: Sequence[str], seconds: Sequence[int]) -> dict[tuple[str, str, int], list[_Row]]:
    """Measured rows of an id by event name, customer and second."""
    meters = {row.id: row for row in ctx.session.scalars(select(MeterRow))}
    sql = (
        "SELECT meter_id, external_customer_id, timestamp, ingested_at, properties, whole, fraction, large FROM meter_usage "  # noqa: S608
        f"WHERE meter_id IN (SELECT id FROM meters) AND external_customer_id IN ({marks(customers)}) "
        f"AND timestamp IN ({marks(seconds)}) AND event_id = ?"
    )
    found: dict[tuple[str, str, int], list[_Row]] = defaultdict(list)
    for meter_id, customer, second, ingested_at, text, *quantity in fetch(ctx.session, sql, (*customers, *seconds, event_id)):
        meter, measured = meters[meter_id], Measured(quantity_of(*quantity), from_micros(ingested_at))
        found[meter.event_name, customer, second].append(_Row(meter, customer, second, measured, text))
    return found


def _leftover(event_id: str, rows: Sequence[_Row]) -> Sighting:
    first = rows[0]
    return Sighting(
        event_id=event_id,
        event_name=first.meter.event_name,
        external_customer_id=first.customer,
        timestamp=from_seconds(first.second),
        source="",
        properties=json.loads(first.text),
        is_listed=False,
        measured={row.meter.id: row.measured for row in rows},
    )
