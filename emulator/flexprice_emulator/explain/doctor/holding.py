"""Does an invoice's line hold a measured event? Told from what its derivation counted and from when the event came in."""

from collections.abc import Mapping
from typing import Any, Literal

from flexprice_client.models.base import parse_time
from flexprice_emulator.catalog.meters import rating_meter
from flexprice_emulator.catalog.tables import MeterRow
from flexprice_emulator.events.usage import SqlUsage
from flexprice_emulator.explain.doctor.sightings import Measured
from flexprice_emulator.explain.events import count_events
from flexprice_emulator.invoices.tables import InvoiceLineItemRow, InvoiceRow
from flexprice_emulator.rating.decimals import to_text
from flexprice_emulator.workspace.context import Context

Held = Literal["yes", "replaced", "no", "unclear"]


def holds(ctx: Context, customer: str, measured: Measured, invoice: InvoiceRow, line: InvoiceLineItemRow) -> Held:
    """Whether the line's quantity has the event in it; `replaced`: an earlier copy of it."""
    step = next((step for step in (line.derivation or {}).get("steps", ()) if step["kind"] == "usage"), None)
    computed_at = invoice.last_computed_at
    if computed_at is None:
        return "no"
    if step is None:
        # A line whose quantity somebody wrote down: the time is all there is to go by.
        return "yes" if measured.ingested_at <= computed_at else "no"
    if customer not in step["query"]["customers"]:
        return "no"
    counted = step["event_count"]
    if measured.ingested_at < computed_at:
        # Where the clock went back in between, what came in later has an earlier time.
        is_told_by_time = counted is None or counted >= count_events(ctx, step["query"], before=computed_at)
        return "yes" if is_told_by_time else "unclear"
    now = count_events(ctx, step["query"])
    same_quantity = to_text(_quantity_now(ctx, step["query"])) == step["quantity"]
    if counted is None:
        # Buckets come without a count; the same quantity has it in, or does not change by it.
        return "yes" if same_quantity else "no"
    if counted == now:
        return "yes" if same_quantity else "replaced"
    if measured.ingested_at > computed_at or counted == count_events(ctx, step["query"], before=computed_at):
        return "no"
    return "unclear"


def _quantity_now(ctx: Context, query: Mapping[str, Any]) -> Any:
    meter = rating_meter(ctx.session.get_one(MeterRow, query["meter_id"]))
    return SqlUsage(ctx).total(meter, query["customers"], parse_time(query["start"]), parse_time(query["end"])).quantity
