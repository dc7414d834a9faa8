"""Deliveries that wait: each has one row of due work, and while the workspace is paused none."""

from datetime import datetime
from typing import Final

from sqlalchemy import select, update

from flexprice_emulator.webhooks.mode import mode
from flexprice_emulator.webhooks.tables import WebhookDeliveryRow
from flexprice_emulator.workspace.context import Context
from flexprice_emulator.workspace.storage import OutboxRow

# Performed by webhooks/deliveries.py.
KIND: Final = "webhook.delivery"


def plan(ctx: Context, event: OutboxRow, endpoint_id: str, at: datetime) -> WebhookDeliveryRow:
    """Have an event sent to an endpoint at a time, at the earliest when the change is committed."""
    row = WebhookDeliveryRow(
        id=ctx.new_id("whd"),
        event_id=event.id,
        event_name=event.event_name,
        endpoint_id=endpoint_id,
        state="waiting",
        tries=0,
        attempts=[],
        created_at=ctx.now,
    )
    ctx.session.add(row)
    wait_until(ctx, row, at)
    return row


def wait_until(ctx: Context, row: WebhookDeliveryRow, at: datetime) -> None:
    """Try at a time. What would go at once is held back where the workspace is paused."""
    if at <= ctx.now and mode(ctx) == "pause":
        hold(row)
        return
    row.state, row.next_attempt_at, row.finished_at = "waiting", at, None
    ctx.schedule(KIND, at, key=_key(row.id), delivery_id=row.id)


def release(ctx: Context) -> None:
    """Send what was held back, in the order it happened. Many at once, for the workspace waits meanwhile."""
    held = select(WebhookDeliveryRow.id).where(WebhookDeliveryRow.state == "held")
    ids = ctx.session.scalars(held.order_by(WebhookDeliveryRow.created_at, WebhookDeliveryRow.id)).all()
    waiting = {"state": "waiting", "next_attempt_at": ctx.now, "finished_at": None}
    ctx.session.execute(update(WebhookDeliveryRow).where(WebhookDeliveryRow.state == "held").values(waiting))
    ctx.schedule_new(KIND, ctx.now, [(_key(delivery_id), {"delivery_id": delivery_id}) for delivery_id in ids])


def hold(row: WebhookDeliveryRow) -> None:
    """Wait for the end of the pause."""
    row.state, row.next_attempt_at, row.finished_at = "held", None, None


def close(ctx: Context, row: WebhookDeliveryRow, state: str) -> None:
    """End it: delivered, collected, failed or cancelled."""
    ctx.unschedule(_key(row.id))
    row.state, row.next_attempt_at, row.finished_at = state, None, ctx.now


def _key(delivery_id: str) -> str:
    return f"{KIND}/{delivery_id}"
