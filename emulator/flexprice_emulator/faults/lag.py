"""Usage lag: events that are accepted and durable, and reach the reads later.

They wait as due work, and are stored, measured and stamped when they arrive, as by the real service's consumers; all that
reads usage (lists, usage, analytics, previews, balances, and the invoices of a roll-over before it) does without them until then.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final, cast

from sqlalchemy import delete

from flexprice_emulator.events.intake import Incoming
from flexprice_emulator.events.store import store
from flexprice_emulator.faults.book import FaultBook
from flexprice_emulator.wire.binding import read_json
from flexprice_emulator.workspace.context import Context
from flexprice_emulator.workspace.due_kinds import due_kind
from flexprice_emulator.workspace.storage import Meta

KIND: Final = "events.arrival"


# Operation's path -> its name.
OPERATIONS: Final = {"/events": "ingest_event", "/events/bulk": "ingest_events_bulk"}


def hold(ctx: Context, book: FaultBook, incoming: Sequence[Incoming], path: str) -> list[str] | None:
    """Keep the events of one request back where a rule says so; their ids, or None where none does. Lags of several rules add up."""
    lag = timedelta(0)
    for rule in book.of(ctx.environment_id, "usage_lag"):
        if rule.pattern.matches_call("POST", path, OPERATIONS[path], path) and rule.strikes() is not None:
            lag += rule.options["duration"]
    if not lag or not incoming:
        return None
    # Ids are given now, for the answer holds them.
    identified = [event._replace(event_id=event.event_id or ctx.new_id("event")) for event in incoming]
    batch = f"arrival/{ctx.new_id('lag')}"
    ctx.workspace.write_meta(ctx.session, batch, {"events": [_kept(event) for event in identified]})
    ctx.schedule(KIND, ctx.now + lag, key=batch, batch=batch)
    return [event.event_id for event in identified]


@due_kind(KIND)
def arrive(ctx: Context, subject: dict[str, Any]) -> None:
    """Store what was kept back."""
    kept = ctx.workspace.read_meta(ctx.session, subject["batch"]) or {"events": []}
    store(ctx, [_incoming(values) for values in kept["events"]])
    ctx.session.execute(delete(Meta).where(Meta.key == subject["batch"]))


# The stored text of the properties is all of them; they are read from it again.
def _kept(event: Incoming) -> list[Any]:
    return list(event._replace(properties=None))


def _incoming(values: list[Any]) -> Incoming:
    event = Incoming(*values)
    return event._replace(properties=cast(dict[str, object] | None, read_json(event.text.encode(), floats=True)))
