"""A report on an event as indented text."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from flexprice_emulator.explain.doctor.verdicts import RANKS

Plain = Mapping[str, Any]


def report_text(report: Plain) -> str:
    """The whole document; ends with a newline."""
    head = [f"Event {report['event_id']}: {RANKS[report['verdict']]}", f"   {report['reason']}"]
    if len(report["copies"]) > 1:
        head.append(f"   {len(report['copies'])} copies with different times, customers or names are stored")
    return "\n".join([*head, *(line for copy in report["copies"] for line in _copy(copy))]) + "\n"


def _copy(copy: Plain) -> Iterator[str]:
    yield ""
    listed = "" if copy["is_listed"] else " (replaced in the list of events; its usage stays)"
    yield f"{copy['event_name']} of {copy['external_customer_id']} at {copy['timestamp']}{listed}: {copy['verdict']}"
    properties = json.dumps(copy["properties"], ensure_ascii=False)
    yield f"   customer {copy['customer_id'] or 'unknown'}, source {copy['source'] or 'none'}, properties {properties}"
    if not copy["meters"]:
        yield f"   {copy['reason']}"
    # What took it first, then what came nearest to it.
    for meter in sorted(copy["meters"], key=_distance):
        yield from _meter(meter)


def _distance(meter: Plain) -> tuple[bool, int]:
    return (not meter["is_counted"], sum(not entry["matches"] for entry in meter["filters"]))


def _meter(meter: Plain) -> Iterator[str]:
    kind = meter["aggregation"]["type"]
    name = f"meter {meter['meter_id']} ({meter['name']}, {kind}, {meter['status']})"
    if not meter["is_counted"]:
        yield f"   {name}: {meter['verdict']}: {meter['reason']}"
        return
    yield f"   {name}: counted {meter['quantity']}, came in at {meter['ingested_at']}"
    yield from (f"     note: {note}" for note in meter["notes"])
    for entry in meter["filters"]:
        yield f"     filter {entry['key']}: {entry['found']} is {'one' if entry['matches'] else 'none'} of {', '.join(entry['values'])}"
    if not meter["lines"]:
        yield f"     {meter['verdict']}: {meter['reason']}"
    for line in meter["lines"]:
        until = f"to {line['end_date']}" if line["end_date"] else "on"
        yield f"     line {line['line_item_id']} ({line['display_name']}) of {line['subscription_id']} ({line['subscription_status']})"
        yield f"       price {line['price_id']}, from {line['start_date']} {until}"
        yield f"       {line['verdict']}: {line['reason']}"
