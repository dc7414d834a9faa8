"""POST /webhooks/retry: an event sent again at once, delivered or not (webhooks.md §4)."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from flexprice_client.models.webhooks import RetryOutboundWebhookResponse
from flexprice_emulator.webhooks import queue
from flexprice_emulator.webhooks.deliveries import prepare, record
from flexprice_emulator.webhooks.endpoints import Subscriber, subscribers
from flexprice_emulator.webhooks.tables import WebhookDeliveryRow
from flexprice_emulator.webhooks.transport import send
from flexprice_emulator.wire.errors import HttpClientError, InvalidOperationError, NotFoundError, ValidationError
from flexprice_emulator.wire.routing import Reply
from flexprice_emulator.workspace.context import Context
from flexprice_emulator.workspace.storage import OutboxRow

LATER = timedelta(minutes=15)
HINT = "Provide a JSON body with system_event_id (system_events.id)."


def retry(ctx: Context, event_id: str) -> Reply:
    """Sent after the commit and before the answer. Raises ValidationError, NotFoundError, InvalidOperationError without a receiver."""
    if not event_id:
        raise ValidationError(HINT)
    event = ctx.session.get(OutboxRow, event_id)
    if event is None:
        raise NotFoundError("Verify the id and that it belongs to the current tenant and environment.")
    receivers = [subscriber for subscriber in subscribers(ctx) if subscriber.wants(event.event_name)]
    if not receivers:
        raise InvalidOperationError("No webhook endpoint is set up that wants this event.", {"event_name": event.event_name})
    ids = [_delivery(ctx, event, receiver) for receiver in receivers]
    body = RetryOutboundWebhookResponse(success=True, message="Webhook delivered successfully", system_event_id=event_id)
    return Reply(body, 202, after=lambda: _send_all(ctx, ids))


def _delivery(ctx: Context, event: OutboxRow, receiver: Subscriber) -> str:
    query = select(WebhookDeliveryRow).where(
        WebhookDeliveryRow.event_id == event.id, WebhookDeliveryRow.endpoint_id == receiver.endpoint_id
    )
    # A new one is sent by hand in a moment, and by itself later should the process end before that.
    row = ctx.session.scalar(query) or queue.plan(ctx, event, receiver.endpoint_id, ctx.now + LATER)
    return row.id


def _send_all(ctx: Context, delivery_ids: list[str]) -> None:
    failed: dict[str, Any] = {}
    for delivery_id in delivery_ids:
        with ctx.workspace.transaction() as session:
            now = Context(ctx.workspace, session, ctx.workspace.clock.now(), ctx.principal, server=ctx.server)
            row = session.get_one(WebhookDeliveryRow, delivery_id)
            outgoing = prepare(now, row)
            if outgoing is None:
                if row.state not in ("collected", "held"):
                    failed[row.endpoint_id] = row.attempts[-1]["error"] if row.attempts else row.state
                continue
            endpoint_id = row.endpoint_id
        answer = send(outgoing)
        with ctx.workspace.transaction() as session:
            now = Context(ctx.workspace, session, ctx.workspace.clock.now(), ctx.principal, server=ctx.server)
            record(now, delivery_id, outgoing.body, answer)
        if not answer.accepted:
            failed[endpoint_id] = answer.error
    if failed:
        raise HttpClientError("Webhook delivery failed", failed)
