"""The whole report on one event id."""

from typing import Any

from sqlalchemy import select

from flexprice_emulator.customers.tables import CustomerRow
from flexprice_emulator.explain.doctor.lines import line_findings
from flexprice_emulator.explain.doctor.meters import candidates, no_meter, took
from flexprice_emulator.explain.doctor.sightings import Sighting, sightings
from flexprice_emulator.explain.doctor.verdicts import RANKS, best, finding
from flexprice_emulator.workspace.context import Context


def examine(ctx: Context, event_id: str) -> dict[str, Any]:
    """Every copy of the event, its meters, their lines, and the best verdict of all. Raises NotFoundError."""
    copies = [_copy(ctx, seen) for seen in sightings(ctx, event_id)]
    verdict = best(copy["verdict"] for copy in copies)
    return {
        "event_id": event_id,
        "verdict": verdict,
        "reason": next(copy["reason"] for copy in copies if copy["verdict"] == verdict),
        "copies": copies,
    }


def _copy(ctx: Context, seen: Sighting) -> dict[str, Any]:
    customer = ctx.session.scalar(
        select(CustomerRow).where(CustomerRow.external_id == seen.external_customer_id, CustomerRow.status == "published")
    )
    meters = [_meter(ctx, row, seen, customer) for row in candidates(ctx, seen)]
    about = {
        "event_name": seen.event_name,
        "external_customer_id": seen.external_customer_id,
        "customer_id": customer.id if customer else None,
        "timestamp": seen.timestamp,
        "source": seen.source,
        "properties": seen.properties,
        "is_listed": seen.is_listed,
        "meters": meters,
    }
    if not meters:
        return {**about, **finding("no_meter", no_meter(ctx, seen))}
    verdict = best(meter["verdict"] for meter in meters)
    return {**about, **finding(verdict, next(meter["reason"] for meter in meters if meter["verdict"] == verdict))}


def _meter(ctx: Context, row: Any, seen: Sighting, customer: CustomerRow | None) -> dict[str, Any]:
    found = took(row, seen)
    measured = seen.measured.get(row.id)
    if measured is None:
        return {**found, "lines": []}
    if customer is None:
        return {**found, **finding("no_customer", f"no customer has the external id {seen.external_customer_id!r}"), "lines": []}
    lines = line_findings(ctx, customer, seen, row.id, measured)
    if not lines:
        return {**found, **finding("unpriced", RANKS["unpriced"]), "lines": []}
    verdict = best(line["verdict"] for line in lines)
    reason = next(line["reason"] for line in lines if line["verdict"] == verdict)
    return {**found, **finding(verdict, reason), "lines": lines}
