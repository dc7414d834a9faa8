"""Pausing (subscriptions.md §9). No route of this version leads here; the renewal honours pauses all the same.

While paused nothing is billed and no period moves; resuming makes the period longer by the time that was lost.
"""

from datetime import datetime, timedelta

from sqlalchemy import select

from flexprice_emulator.subscriptions.lifecycle.planning import follow
from flexprice_emulator.subscriptions.tables import SubscriptionPauseRow, SubscriptionRow
from flexprice_emulator.wire.errors import ValidationError
from flexprice_emulator.workspace.context import Context

MODES = ("immediate", "scheduled", "period_end")


def pause(
    ctx: Context,
    row: SubscriptionRow,
    *,
    pause_mode: str = "immediate",
    pause_start: datetime | None = None,
    pause_end: datetime | None = None,
    pause_days: int | None = None,
    reason: str = "",
) -> SubscriptionPauseRow:
    """Stop billing now, on a date or when the period ends. Raises ValidationError unless active, and without an end after the start."""
    if pause_mode not in MODES:
        raise ValidationError("Invalid pause mode", {"allowed_values": list(MODES), "provided_value": pause_mode})
    if row.subscription_status != "active" or row.pause_status != "none":
        raise ValidationError("Only active subscriptions can be paused", {"status": row.subscription_status, "subscription_id": row.id})
    start = {"immediate": ctx.now, "scheduled": pause_start or ctx.now, "period_end": row.current_period_end}[pause_mode]
    until = pause_end or (start + timedelta(days=pause_days) if pause_days else None)
    if until is None or until <= start:
        raise ValidationError("invalid pause end date", {"pause_start": start, "pause_end": until})
    held = ctx.add(
        SubscriptionPauseRow(
            id=ctx.new_id("pause"),
            subscription_id=row.id,
            pause_status="scheduled",
            pause_mode=pause_mode,
            pause_start=start,
            pause_end=until,
            original_period_start=row.current_period_start,
            original_period_end=row.current_period_end,
            reason=reason,
            **ctx.stamp(),
        )
    )
    row.active_pause_id, row.pause_status = held.id, "scheduled"
    if pause_mode == "immediate":
        _begin(ctx, row, held)
    _tell(ctx, row, "subscription.paused")
    return held


def resume(ctx: Context, row: SubscriptionRow) -> None:
    """Go on: the period ends later by the time paused; the billing anchor stays. Raises ValidationError unless paused."""
    held = ctx.session.get(SubscriptionPauseRow, row.active_pause_id or "")
    if row.subscription_status != "paused" or held is None:
        raise ValidationError("Only paused subscriptions can be resumed", {"status": row.subscription_status, "subscription_id": row.id})
    held.pause_status, held.resume_mode, held.resumed_at = "completed", "immediate", ctx.now
    ctx.touch(held)
    row.subscription_status, row.pause_status, row.active_pause_id = "active", "none", None
    row.current_period_end += ctx.now - held.pause_start
    _tell(ctx, row, "subscription.resumed")


def begin_due_pause(ctx: Context, row: SubscriptionRow) -> bool:
    """Start a pause that was to start by now; the renewal then stops."""
    if row.pause_status != "scheduled":
        return False
    query = select(SubscriptionPauseRow).where(
        SubscriptionPauseRow.subscription_id == row.id,
        SubscriptionPauseRow.pause_status == "scheduled",
        SubscriptionPauseRow.pause_start <= ctx.now,
    )
    held = ctx.session.scalar(query.order_by(SubscriptionPauseRow.pause_start).limit(1))
    if held is None:
        return False
    _begin(ctx, row, held)
    return True


def _begin(ctx: Context, row: SubscriptionRow, held: SubscriptionPauseRow) -> None:
    held.pause_status = row.pause_status = "active"
    row.subscription_status = "paused"
    ctx.touch(held)
    ctx.touch(row)
    ctx.session.flush()
    follow(ctx, row)


def _tell(ctx: Context, row: SubscriptionRow, event_name: str) -> None:
    ctx.touch(row)
    ctx.session.flush()
    follow(ctx, row)
    ctx.emit("subscription.updated", subscription_id=row.id)
    ctx.emit(event_name, subscription_id=row.id)
