"""POST /events and /events/bulk (events.md §2)."""

from collections.abc import Sequence

from flexprice_client.models.events import IngestEventResponse
from flexprice_emulator.events.intake import MAX_BULK, Incoming, read_bulk, read_event
from flexprice_emulator.events.store import store
from flexprice_emulator.wire.errors import ValidationError
from flexprice_emulator.wire.routing import Reply
from flexprice_emulator.workspace.context import Context

HINT = "Invalid request payload"
_INVALID = "Request validation failed"


def ingest(ctx: Context, raw: bytes) -> IngestEventResponse:
    """Store one event. Raises ValidationError, without details whatever is wrong."""
    try:
        event = read_event(raw, ctx.now)
    except ValueError:
        raise ValidationError(HINT) from None
    if event.missing():
        raise ValidationError(HINT)
    return IngestEventResponse.model_construct(message="Event accepted for processing", event_id=_accept(ctx, [event], "/events")[0])


def ingest_bulk(ctx: Context, raw: bytes) -> Reply:
    """Store events up to the first invalid one, which is answered 400. Raises ValidationError for a body that does not bind."""
    try:
        events = read_bulk(raw, ctx.now)
    except ValueError:
        raise ValidationError(HINT) from None
    failed = "required" if events is None else "min" if not events else "max" if len(events) > MAX_BULK else ""
    if events is None or failed:
        text = f"Key: 'BulkIngestEventRequest.Events' Error:Field validation for 'Events' failed on the '{failed}' tag"
        raise ValidationError(_INVALID, {"Events": text})
    bad = next((index for index, event in enumerate(events) if not event.event_name or not event.external_customer_id), None)
    _accept(ctx, events[:bad], "/events/bulk")
    if bad is None:
        return Reply({"message": "Events accepted for processing"}, 202)
    # Not raised: what came before the bad event stays accepted.
    refusal = ValidationError(_INVALID, events[bad].missing())
    return Reply(refusal.body, refusal.status)


def _accept(ctx: Context, events: Sequence[Incoming], path: str) -> list[str]:
    """Store them, or hold them back where a fault rule asks for lag; their ids."""
    faults = getattr(ctx.server, "faults", None)
    if faults:
        from flexprice_emulator.faults.lag import hold

        ids = hold(ctx, faults, events, path)
        if ids is not None:
            return ids
    return store(ctx, events)
