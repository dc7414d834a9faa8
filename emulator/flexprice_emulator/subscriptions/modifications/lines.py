"""Ending lines and putting others in their place. Invariant: a successor starts where its line ends."""

from datetime import datetime
from typing import Any

from flexprice_client.models.subscription_line_items import SubscriptionLineItemResponse
from flexprice_emulator.subscriptions.lifecycle.threshold_watch import terms_changed
from flexprice_emulator.subscriptions.reads import line_item_responses
from flexprice_emulator.subscriptions.tables import SubscriptionLineItemRow, SubscriptionRow
from flexprice_emulator.wire.errors import NotFoundError, ValidationError
from flexprice_emulator.workspace.context import Context

_OWN = frozenset({"id", "status", "created_at", "updated_at", "created_by", "updated_by", "start_date"})
_COPIED = tuple(column.key for column in SubscriptionLineItemRow.__mapper__.column_attrs if column.key not in _OWN)


def get_row(ctx: Context, line_id: str) -> SubscriptionLineItemRow:
    """A published line. Raises NotFoundError."""
    row = ctx.session.get(SubscriptionLineItemRow, line_id)
    if row is None or row.status != "published":
        raise NotFoundError(f"Subscription line item with ID {line_id} not found", {"line_item_id": line_id})
    return row


def successor(ctx: Context, line: SubscriptionLineItemRow, start: datetime, **changes: Any) -> SubscriptionLineItemRow:
    """A line like another but for `changes`, from a moment on; the other ends there. Not yet stored."""
    values = {name: getattr(line, name) for name in _COPIED} | changes
    made = SubscriptionLineItemRow(id=ctx.new_id("subs_line"), start_date=start, **values, **ctx.stamp())
    shut(ctx, line, start)
    return made


def shut(ctx: Context, line: SubscriptionLineItemRow, end: datetime) -> None:
    """End a line, at the earliest when it starts."""
    line.end_date = max(end, line.start_date)
    ctx.touch(line)


def check_within(line: SubscriptionLineItemRow, moment: datetime, *, end_field: str = "effective_from") -> None:
    """Raises ValidationError unless a line runs at a moment."""
    if moment < line.start_date:
        raise ValidationError(
            "The change cannot take effect before the line item starts",
            {"line_item_id": line.id, "start_date": line.start_date, end_field: moment},
        )
    if line.end_date is not None and moment >= line.end_date:
        raise ValidationError(
            "This line item's end date cannot be moved to the requested date",
            {"end_date": line.end_date, "line_item_id": line.id, "new_date": moment},
        )


def created_response(ctx: Context, line: SubscriptionLineItemRow) -> SubscriptionLineItemResponse:
    """A line as the call that made it answers; known oddity: it counts no periods there, and reads back with its own count."""
    response = line_item_responses(ctx, [line])[0]
    response.billing_period_count = 0
    return response


def emit_updated(ctx: Context, row: SubscriptionRow) -> None:
    """Tell that a subscription changed."""
    ctx.touch(row)
    ctx.session.flush()
    terms_changed(ctx, row)
    ctx.emit("subscription.updated", subscription_id=row.id)
