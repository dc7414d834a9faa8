"""Laws of usage: every event on exactly one line, or reported as unbilled."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from flexprice_emulator.testing.laws.base import STANDING, ZERO, Json, Quirk, Violation, broken, identity, of, periodic, span, time

_JUDGED = ("SUM", "COUNT", "MAX")
# What the doctor may say of an event that no invoice bills: `unclear` where it arrived at the very instant of computing.
_UNBILLED = ("late", "unclear")


class Sighting(NamedTuple):
    """An event of a billed time, and a subscription line that meters it. `invoice` is the standing one of that time.

    `is_known`: it arrived before the invoice was computed. `is_late`: after it was closed.
    """

    event: Json
    line_item_id: str
    invoice: Json
    is_known: bool
    is_late: bool
    lines: int


def usage_once(
    subscription: Json, invoices: Iterable[Json], events: Sequence[Json], meters: Mapping[str, Json], *, billed_by: str = ""
) -> Iterator[Violation]:
    """Each usage line's quantity, before entitlements, is what its meter makes of the events known when it was computed; and
    each event of a billed period lies on exactly one line of every subscription line that meters it, if it arrived in time.

    `events` are those of the subscriber and of who inherits, as sent, with `arrived_at`; of several with one event_id the last
    counts. `meters` by id. `billed_by`: the subscription whose invoices hold its lines, where it is one of a group.
    Judges SUM, COUNT and MAX meters without filters or buckets.
    """
    own = periodic(billed_by or identity(subscription), invoices, STANDING)
    judged = _judged(meters)
    items = {item["id"] for item in subscription.get("line_items") or []}
    for invoice in own:
        computed = time(invoice["last_computed_at"])
        known = {event["event_id"]: event for event in events if time(event["arrived_at"]) <= computed}.values()
        billed: dict[tuple[str, str, datetime, datetime], Decimal] = defaultdict(Decimal)
        for line in _usage_lines(invoice, items, judged):
            key, start, end = span(line)
            billed[key, line["meter_id"], start, end] += of(line, "quantity") + of(line, "adjusted_entitlement_quantity")
        for (key, meter_id, start, end), quantity in billed.items():
            metered = _metered(known, judged[meter_id], start, end)
            if metered != quantity:
                yield broken("usage_once", invoice, f"line {key} of {start} to {end} bills {quantity}, metered {metered}")
    for seen in sightings(subscription, own, events, meters, billed_by=billed_by):
        about = f"event {seen.event['event_id']} of {seen.event['timestamp']} lies on {seen.lines} lines of {seen.line_item_id}"
        if seen.is_known and seen.lines != 1:
            yield broken("usage_once", subscription, about)
        elif not seen.is_known and not seen.is_late:
            yield Violation("usage_once", identity(subscription), f"{about} without it", Quirk.BETWEEN)


def reported(seen: Sighting, report: Json) -> Iterator[Violation]:
    """The doctor says of an event what its invoice says: billed, or too late for it and unbilled.

    `seen` of a finalized invoice; `report` is `GET /_emulator/doctor/event/{event_id}`.
    """
    lines = [line for copy in report["copies"] for meter in copy["meters"] for line in meter["lines"]]
    verdicts = {line["verdict"] for line in lines if line["line_item_id"] == seen.line_item_id}
    expected = ("billed", "unclear") if seen.is_known else _UNBILLED
    if len(verdicts) != 1 or not verdicts <= set(expected):
        about = f"{seen.line_item_id}: {sorted(verdicts)}, but {'on' if seen.is_known else 'not on'} invoice {identity(seen.invoice)}"
        yield Violation("reported", str(seen.event["event_id"]), about)


def sightings(
    subscription: Json, invoices: Iterable[Json], events: Iterable[Json], meters: Mapping[str, Json], *, billed_by: str = ""
) -> Iterator[Sighting]:
    """Every event in the time of a standing invoice, with each subscription line that meters it then."""
    own = periodic(billed_by or identity(subscription), invoices, STANDING)
    judged = _judged(meters)
    items = [item for item in subscription.get("line_items") or [] if item["price_type"] == "USAGE" and item.get("meter_id") in judged]
    found: dict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
    for invoice in own:
        for key, start, end in {span(line) for line in _usage_lines(invoice, {item["id"] for item in items}, judged)}:
            found[key].append((start, end))
    times = [(time(invoice["period_start"]), time(invoice["period_end"]), invoice) for invoice in own]
    for event in {event["event_id"]: event for event in events}.values():
        at, arrived = time(event["timestamp"]), time(event["arrived_at"])
        within = [invoice for start, end, invoice in times if start <= at < end]
        for item in items if within else ():
            begin, end = time(item["start_date"]), time(item["end_date"])
            if event["event_name"] != judged[item["meter_id"]]["event_name"] or at < begin or (end.year > 1 and at >= end):
                continue
            # A line that was begun after its period had been computed bills none of it, like late usage.
            made = time(item.get("created_at") or item["start_date"])
            for invoice in within:
                computed = time(invoice["last_computed_at"])
                if made > computed:
                    continue
                closed = time(invoice.get("finalized_at") or invoice["last_computed_at"])
                lines = sum(start <= at < stop for start, stop in found[item["id"]])
                if invoice["invoice_status"] != "DRAFT" or arrived <= computed:
                    yield Sighting(event, item["id"], invoice, arrived <= computed, arrived > closed, lines)


def _judged(meters: Mapping[str, Json]) -> dict[str, Json]:
    return {meter_id: meter for meter_id, meter in meters.items() if meter["aggregation"]["type"] in _JUDGED}


def _usage_lines(invoice: Json, items: set[str], meters: Mapping[str, Json]) -> Iterator[Json]:
    for line in invoice.get("line_items") or []:
        if line["price_type"] == "USAGE" and line.get("meter_id") in meters and line.get("subscription_line_item_id") in items:
            yield line


def _metered(events: Iterable[Json], meter: Json, start: datetime, end: datetime) -> Decimal:
    kind, field = meter["aggregation"]["type"], meter["aggregation"].get("field") or ""
    within = [event for event in events if event["event_name"] == meter["event_name"] and start <= time(event["timestamp"]) < end]
    if kind == "COUNT":
        return Decimal(len(within))
    values = [Decimal(str(event["properties"][field])) for event in within if field in event["properties"]]
    return max(values, default=ZERO) if kind == "MAX" else sum(values, ZERO)
