"""Which meters saw an event, and why each did or did not take it (rating.md §1)."""

import difflib
from typing import Any

from sqlalchemy import or_, select

from flexprice_client.models.base import time_text
from flexprice_emulator.catalog.meters import rating_meter
from flexprice_emulator.catalog.tables import MeterRow
from flexprice_emulator.explain.doctor.sightings import Measured, Sighting
from flexprice_emulator.explain.doctor.verdicts import finding
from flexprice_emulator.rating.metering.expression import ExpressionError, compile_expression
from flexprice_emulator.rating.metering.gotext import go_text
from flexprice_emulator.rating.metering.model import Meter
from flexprice_emulator.rating.metering.quantity import Measurement, measure
from flexprice_emulator.workspace.context import Context


def candidates(ctx: Context, seen: Sighting) -> list[MeterRow]:
    """Meters of the event's name, archived ones too, and those that measured it all the same; oldest first."""
    query = select(MeterRow).where(or_(MeterRow.event_name == seen.event_name, MeterRow.id.in_(list(seen.measured))))
    return list(ctx.session.scalars(query.order_by(MeterRow.id)))


def no_meter(ctx: Context, seen: Sighting) -> str:
    """The sentence for an event that no meter reads, with names that come close."""
    names = list(ctx.session.scalars(select(MeterRow.event_name).distinct()))
    close = difflib.get_close_matches(seen.event_name, names, n=3) or [name for name in names if name.lower() == seen.event_name.lower()]
    near = f"; close to it: {', '.join(repr(name) for name in close)}" if close else ""
    return f"no meter reads events named {seen.event_name!r}{near}"


def took(row: MeterRow, seen: Sighting) -> dict[str, Any]:
    """What the meter stored of the event, or a finding that says why it stored nothing."""
    meter = rating_meter(row)
    found = measure(meter, seen.event_name, seen.properties)
    about = {
        "meter_id": row.id,
        "name": row.name,
        "status": row.status,
        "aggregation": row.aggregation,
        "filters": [_filter(entry.key, entry.values, seen) for entry in meter.filters],
        "is_counted": row.id in seen.measured,
    }
    stored = seen.measured.get(row.id)
    if stored is not None:
        notes = _notes(meter, seen, found, stored)
        return {**about, "quantity": stored.quantity, "ingested_at": stored.ingested_at, "notes": notes}
    return {**about, **_refusal(row, meter, seen, found)}


def _refusal(row: MeterRow, meter: Meter, seen: Sighting, found: Measurement) -> dict[str, Any]:
    if found.reason == "filter":
        missed = [entry for entry in (_filter(entry.key, entry.values, seen) for entry in meter.filters) if not entry["matches"]]
        return finding("filter", "; ".join(_missed(entry) for entry in missed))
    if found.reason == "expression":
        return finding("expression", f"expression {meter.expression!r}: {_expression_error(meter, seen)}")
    if found.reason == "too_large":
        return finding("too_large", "the quantity has more than 23 digits before the point")
    if row.status != "published":
        return finding("archived", f"the meter was archived at {time_text(row.updated_at)}, before the event came in")
    made = f"the meter was made at {time_text(row.created_at)}"
    if row.updated_at > row.created_at:
        made += f" and changed at {time_text(row.updated_at)}"
    return finding("made_after", f"{made}; the event came in before that, and events are measured when they come in")


def _filter(key: str, values: tuple[str, ...], seen: Sighting) -> dict[str, Any]:
    """One filter: what it wants, and the event's text (None where the property is missing)."""
    properties = seen.properties or {}
    text = go_text(properties[key]) if key in properties else None
    return {"key": key, "values": list(values), "found": text, "matches": text in values}


def _missed(entry: dict[str, Any]) -> str:
    wanted = " or ".join(repr(value) for value in entry["values"])
    found = "is missing" if entry["found"] is None else f"is {entry['found']!r}"
    return f"property {entry['key']!r} {found}, the filter wants {wanted}"


def _expression_error(meter: Meter, seen: Sighting) -> str:
    try:
        compile_expression(meter.expression).evaluate(seen.properties or {})
    except ExpressionError as error:
        return str(error) or "no value"
    return "no value"


def _notes(meter: Meter, seen: Sighting, found: Measurement, stored: Measured) -> list[str]:
    """What is worth knowing of a stored quantity."""
    notes = []
    if not stored.is_own:
        notes.append("another copy of the same second came in later and replaced this one in the meter's usage")
    if not found.has_row:
        notes.append("by the meter's present filters it would not count; it was measured before they were changed")
    properties = seen.properties or {}
    if stored.is_own and not stored.quantity and meter.field and not meter.expression:
        if meter.field not in properties:
            notes.append(f"counts as 0: property {meter.field!r} is missing")
        elif meter.aggregation_type != "COUNT_UNIQUE":
            notes.append(f"counts as 0: property {meter.field!r} is {properties[meter.field]!r}")
    return notes
