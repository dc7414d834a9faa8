"""Changes of plan that wait for the end of a period, done at the roll-over (subscriptions.md §8.3, §11).

One in place is done before the period is billed, so that the next period's advance charges are the new plan's. One by a new
subscription is done after: known oddity, the old plan's next advance charges have been billed by then.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from flexprice_client.models.subscription_changes import SubscriptionChangeRequest, SubscriptionChangeV2Request
from flexprice_emulator.subscriptions.lifecycle.schedule_rows import PLAN_CHANGE, pending
from flexprice_emulator.subscriptions.modifications import plan_terms
from flexprice_emulator.subscriptions.modifications.lines import emit_updated
from flexprice_emulator.subscriptions.modifications.plan_change import replace_subscription
from flexprice_emulator.subscriptions.modifications.plan_swap import swap
from flexprice_emulator.subscriptions.tables import SubscriptionRow, SubscriptionScheduleRow
from flexprice_emulator.wire.errors import ApiError
from flexprice_emulator.workspace.context import Context

_Act = Callable[[Context, SubscriptionRow, SubscriptionScheduleRow], dict[str, str]]


def change_before_billing(ctx: Context, row: SubscriptionRow, period_end: datetime) -> None:
    """Do what is due in place by the end of a period."""
    for waiting in _due(ctx, row, period_end, in_place=True):
        _perform(ctx, row, waiting, _swap)


def change_after_billing(ctx: Context, row: SubscriptionRow, period_end: datetime) -> None:
    """Do what is due by a new subscription, which starts with the period that has begun."""
    for waiting in _due(ctx, row, period_end, in_place=False):
        _perform(ctx, row, waiting, _replace)


def _due(ctx: Context, row: SubscriptionRow, period_end: datetime, *, in_place: bool) -> list[SubscriptionScheduleRow]:
    return [
        waiting for waiting in pending(ctx, row.id, PLAN_CHANGE) if waiting.scheduled_at <= period_end and is_in_place(waiting) == in_place
    ]


def is_in_place(waiting: SubscriptionScheduleRow) -> bool:
    """A new subscription is given its own billing period; one that changes in place keeps its own."""
    return "billing_period" not in (waiting.configuration or {})


def _swap(ctx: Context, row: SubscriptionRow, waiting: SubscriptionScheduleRow) -> dict[str, str]:
    request = SubscriptionChangeV2Request.model_validate(waiting.configuration)
    swap(ctx, row, plan_terms.find_plan(ctx, request.target_plan_id), request, waiting.scheduled_at)
    ctx.emit("subscription.plan_changed", subscription_id=row.id)
    emit_updated(ctx, row)
    return {"subscription_id": row.id}


def _replace(ctx: Context, row: SubscriptionRow, waiting: SubscriptionScheduleRow) -> dict[str, str]:
    request = SubscriptionChangeRequest.model_validate(waiting.configuration)
    plan_terms.find_plan(ctx, request.target_plan_id)
    made = replace_subscription(replace(ctx, now=row.current_period_start), row, request)
    return {"old_subscription_id": row.id, "new_subscription_id": made.id}


def _perform(ctx: Context, row: SubscriptionRow, waiting: SubscriptionScheduleRow, act: _Act) -> None:
    """Do one; what is refused is noted on it and changes nothing else."""
    waiting.schedule_status = "executing"
    try:
        with ctx.session.begin_nested():
            done = act(ctx, row, waiting)
    except ApiError as error:
        ctx.workspace.caches.clear()
        waiting.schedule_status, waiting.error_message = "failed", error.message
    else:
        waiting.schedule_status, waiting.executed_at, waiting.execution_result = "executed", ctx.now, done
    ctx.touch(waiting)
    ctx.session.flush()
