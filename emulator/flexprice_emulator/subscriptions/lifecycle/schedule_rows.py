"""What waits on a subscription: plan changes and cancellations, as rows (subscriptions.md §10, §11)."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from flexprice_client.models.base import parse_time
from flexprice_emulator.subscriptions.lifecycle.periods import following_end
from flexprice_emulator.subscriptions.lifecycle.planning import follow
from flexprice_emulator.subscriptions.tables import SubscriptionRow, SubscriptionScheduleRow
from flexprice_emulator.wire.errors import ValidationError
from flexprice_emulator.workspace.context import Context

CANCELLATION, PLAN_CHANGE = "cancellation", "plan_change"
# What a scheduled cancellation changes at once, and its undoing restores.
_RESTORED = ("cancel_at", "cancelled_at", "cancel_at_period_end", "end_date")


def pending(ctx: Context, subscription_id: str, schedule_type: str = "") -> list[SubscriptionScheduleRow]:
    """What still waits, oldest first; of one type where given."""
    query = select(SubscriptionScheduleRow).where(
        SubscriptionScheduleRow.subscription_id == subscription_id,
        SubscriptionScheduleRow.schedule_status == "pending",
        SubscriptionScheduleRow.status == "published",
    )
    if schedule_type:
        query = query.where(SubscriptionScheduleRow.schedule_type == schedule_type)
    return list(ctx.session.scalars(query.order_by(SubscriptionScheduleRow.created_at, SubscriptionScheduleRow.id)))


def remembered(row: SubscriptionRow) -> dict[str, Any]:
    """What a subscription was before a cancellation was scheduled, for its configuration."""
    return {f"original_{name}": getattr(row, name) for name in (*_RESTORED, "current_period_end")}


def execute_cancellation(ctx: Context, row: SubscriptionRow) -> None:
    """The subscription has been cancelled as scheduled."""
    for schedule in pending(ctx, row.id, CANCELLATION):
        schedule.schedule_status, schedule.executed_at = "executed", ctx.now
        ctx.touch(schedule)
    drop_all(ctx, pending(ctx, row.id))


def drop_all(ctx: Context, schedules: Sequence[SubscriptionScheduleRow]) -> None:
    """Nothing of these will happen any more."""
    for schedule in schedules:
        schedule.schedule_status, schedule.cancelled_at = "cancelled", ctx.now
        ctx.touch(schedule)
    ctx.session.flush()


def cancel_schedule(ctx: Context, schedule: SubscriptionScheduleRow) -> None:
    """Drop one that waits; a cancellation's subscription becomes what it was. Raises ValidationError for one that does not wait."""
    if schedule.schedule_status != "pending":
        raise ValidationError(f"Schedule with status {schedule.schedule_status} cannot be cancelled", {"schedule_id": schedule.id})
    drop_all(ctx, [schedule])
    row = ctx.session.get(SubscriptionRow, schedule.subscription_id)
    if schedule.schedule_type != CANCELLATION or row is None:
        return
    held = schedule.configuration or {}
    for name in _RESTORED:
        setattr(row, name, _value(held, name))
    if row.current_period_end == schedule.scheduled_at:
        full = _value(held, "current_period_end")
        # Periods may have rolled since; then the one that was cut is another.
        row.current_period_end = full if full and full > row.current_period_start else following_end(row, row.current_period_start)
    ctx.touch(row)
    ctx.session.flush()
    follow(ctx, row)


def _value(configuration: dict[str, Any], name: str) -> Any:
    held = configuration.get(f"original_{name}")
    return parse_time(held) if isinstance(held, str) else held
