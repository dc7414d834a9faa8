"""An event's way to one endpoint: planned with the event, sent as due work outside any transaction, recorded afterwards.

Invariants: a delivery that ended (delivered, collected, failed, cancelled) is sent again only by hand; while it is waiting, one
row of due work waits for it; a try is recorded after it was made, so that a process that ends between the two makes it again,
under the same message id (at least once).
"""

from typing import Any, Final

from flexprice_client.models.base import time_text
from flexprice_emulator.faults.webhooks import under_faults
from flexprice_emulator.webhooks import endpoints, queue
from flexprice_emulator.webhooks.mode import Mode, mode
from flexprice_emulator.webhooks.mode import write as write_mode
from flexprice_emulator.webhooks.payloads import NoPayload, build
from flexprice_emulator.webhooks.schedule import delay_after
from flexprice_emulator.webhooks.signing import signed_headers
from flexprice_emulator.webhooks.tables import WebhookDeliveryRow, WebhookEndpointRow
from flexprice_emulator.webhooks.transport import Answer, Outgoing, send
from flexprice_emulator.wire.errors import InvalidOperationError, NotFoundError
from flexprice_emulator.wire.json_text import to_json
from flexprice_emulator.workspace.context import Context
from flexprice_emulator.workspace.due_kinds import Outside, due_kind
from flexprice_emulator.workspace.storage import OutboxRow

OPEN: Final = ("waiting", "held")


@due_kind(queue.KIND, prompt=True)
def deliver(ctx: Context, subject: dict[str, Any]) -> Outside | None:
    """Send what waits. A delivery that was cancelled, paused or collected meanwhile is not sent."""
    delivery_id = subject["delivery_id"]
    row = ctx.session.get(WebhookDeliveryRow, delivery_id)
    outgoing = prepare(ctx, row) if row is not None and row.state == "waiting" else None
    if row is None or outgoing is None:
        return None

    def act() -> Any:
        answer = send(outgoing)
        return lambda later: record(later, delivery_id, outgoing.body, answer)

    return under_faults(ctx, row, act)


def prepare(ctx: Context, row: WebhookDeliveryRow) -> Outgoing | None:
    """What is to be sent now; None where nothing leaves, and the row then says why."""
    endpoint, event = endpoints.find(ctx, row.endpoint_id), ctx.session.get(OutboxRow, row.event_id)
    if endpoint is None or event is None or not endpoint.enabled:
        queue.close(ctx, row, "cancelled")
        return None
    at_present = mode(ctx)
    if at_present == "pause":
        queue.hold(row)
        return None
    try:
        body = _body(ctx, row, endpoint, event)
    except NoPayload as missing:
        _record(ctx, row, endpoint, row.body, Answer(None, str(missing), "", 0))
        return None
    if at_present == "collect":
        row.body = body.decode()
        queue.close(ctx, row, "collected")
        return None
    # Receivers compare the timestamp with their own clock, which is the machine's.
    timestamp = int(ctx.workspace.clock.real_now().timestamp())
    signed = signed_headers(endpoints.signing_secrets(ctx, endpoint), event.id, timestamp, body)
    headers = {**endpoint.headers, "content-type": "application/json", "user-agent": "flexprice-emulator", **signed}
    return Outgoing(endpoint.url, body, headers, endpoint.timeout_seconds)


def record(ctx: Context, delivery_id: str, body: bytes, answer: Answer) -> None:
    """Note a try and what follows from it."""
    row = ctx.session.get(WebhookDeliveryRow, delivery_id)
    if row is not None:
        _record(ctx, row, endpoints.find(ctx, row.endpoint_id), body.decode(), answer)


def resend(ctx: Context, row: WebhookDeliveryRow) -> None:
    """Send again now, whatever became of it, with all its retries before it."""
    row.tries = 0
    queue.wait_until(ctx, row, ctx.now)


def cancel(ctx: Context, row: WebhookDeliveryRow) -> None:
    """Do not send what still waits. Raises InvalidOperationError when nothing does."""
    if row.state not in OPEN:
        raise InvalidOperationError(f"delivery {row.id} is {row.state} already; only waiting and held ones can be cancelled")
    queue.close(ctx, row, "cancelled")


def set_mode(ctx: Context, new: Mode) -> None:
    """Change the workspace's mode; what a pause held back goes on its way when it ends."""
    write_mode(ctx, new)
    if new != "pause":
        queue.release(ctx)


def get(ctx: Context, delivery_id: str) -> WebhookDeliveryRow:
    """A delivery by id. Raises NotFoundError."""
    row = ctx.session.get(WebhookDeliveryRow, delivery_id)
    if row is None:
        raise NotFoundError(f"no webhook delivery {delivery_id}")
    return row


def _body(ctx: Context, row: WebhookDeliveryRow, endpoint: WebhookEndpointRow, event: OutboxRow) -> bytes:
    """Svix keeps the body of the first try; the reference's own sender builds it for each."""
    if endpoint.style == "svix" and row.body is not None:
        return row.body.encode()
    return to_json(build(ctx, event.event_name, event.subject, always_typed=endpoint.style == "svix"))


def _record(ctx: Context, row: WebhookDeliveryRow, endpoint: WebhookEndpointRow | None, body: str | None, answer: Answer) -> None:
    attempt = {
        "at": time_text(ctx.now),
        "duration_ms": answer.duration_ms,
        "status": answer.status,
        "error": answer.error,
        "response": answer.response,
    }
    row.body, row.attempts, row.tries = body, [*row.attempts, attempt], row.tries + 1
    if answer.accepted:
        queue.close(ctx, row, "delivered")
    elif row.state == "waiting":
        delay = delay_after(endpoint.style, row.tries) if endpoint is not None else None
        if delay is None:
            queue.close(ctx, row, "failed")
        else:
            queue.wait_until(ctx, row, ctx.now + delay)
