"""POST /events and /events/bulk (events.md §2)."""

from flexprice_client.models.events import IngestEventResponse
from flexprice_emulator.events.intake import MAX_BULK, read_bulk, read_event
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
    return IngestEventResponse.model_construct(message="Event accepted for processing", event_id=store(ctx, [event])[0])


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
    store(ctx, events[:bad])
    if bad is None:
        return Reply({"message": "Events accepted for processing"}, 202)
    # Not raised: what came before the bad event stays accepted.
    refusal = ValidationError(_INVALID, events[bad].missing())
    return Reply(refusal.body, refusal.status)
