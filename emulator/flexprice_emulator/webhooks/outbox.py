"""The events of a workspace, and how they are set on their way in the transaction of the change."""

from collections.abc import Sequence

from sqlalchemy import func, select

from flexprice_emulator.webhooks import queue
from flexprice_emulator.webhooks.endpoints import subscribers
from flexprice_emulator.wire.errors import NotFoundError
from flexprice_emulator.workspace.context import Context
from flexprice_emulator.workspace.storage import OutboxRow


def follow(ctx: Context, event: OutboxRow) -> None:
    """Plan a delivery to each endpoint that wants the event; without endpoints nothing but the event is written."""
    for subscriber in subscribers(ctx):
        if subscriber.wants(event.event_name):
            queue.plan(ctx, event, subscriber.endpoint_id, ctx.now)


def get(ctx: Context, event_id: str) -> OutboxRow:
    """An event by id. Raises NotFoundError."""
    row = ctx.session.get(OutboxRow, event_id)
    if row is None:
        raise NotFoundError(f"no webhook event {event_id}")
    return row


def listed(ctx: Context, event_name: str | None, since: int, limit: int) -> tuple[Sequence[OutboxRow], int]:
    """(events after the first `since`, oldest first; how many there are in all), of one name or all."""
    clauses = [OutboxRow.event_name == event_name] if event_name else []
    query = select(OutboxRow).where(*clauses).order_by(OutboxRow.created_at, OutboxRow.id)
    total = ctx.session.scalar(select(func.count()).select_from(OutboxRow).where(*clauses))
    return ctx.session.scalars(query.offset(since).limit(limit)).all(), total or 0
