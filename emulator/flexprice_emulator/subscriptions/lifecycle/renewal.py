"""Rolling billing periods over (subscriptions.md §8.3): every completed period is billed, oldest first.

Known oddity, kept: a cancellation at the period's end is noticed only after the last invoice was made, so that invoice
bills the advance charges of a period that will not be; a subscription with an end date is not billed beyond it.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from flexprice_emulator.subscriptions.lifecycle.cycle_invoice import bill_period
from flexprice_emulator.subscriptions.lifecycle.ending import end, share_period
from flexprice_emulator.subscriptions.lifecycle.grouped import bills_itself, members, parent_of
from flexprice_emulator.subscriptions.lifecycle.pause import begin_due_pause
from flexprice_emulator.subscriptions.lifecycle.periods import Period, periods_until
from flexprice_emulator.subscriptions.lifecycle.planning import RENEWAL, RENEWAL_ALERT, UNBILLED_TYPES, follow
from flexprice_emulator.subscriptions.lifecycle.schedule_rows import execute_cancellation
from flexprice_emulator.subscriptions.modifications.pending_changes import change_after_billing, change_before_billing
from flexprice_emulator.subscriptions.tables import SubscriptionRow
from flexprice_emulator.workspace.context import Context
from flexprice_emulator.workspace.due_kinds import Retry, due_kind

_RETRY = Retry((timedelta(minutes=2), timedelta(hours=1), timedelta(days=1)), forever=True)


@due_kind(RENEWAL, retry=_RETRY)
def renew_due(ctx: Context, subject: dict[str, Any]) -> None:
    """The due work of `renew`."""
    row = ctx.session.get(SubscriptionRow, subject["subscription_id"])
    if row is not None:
        renew(ctx, row)


def renew(ctx: Context, row: SubscriptionRow) -> bool:
    """Bill every period that ended before ctx.now and go on to the one that runs; whether anything rolled.

    Only active, published subscriptions that are billed themselves roll. All missed periods are billed in one pass.
    """
    if row.subscription_status != "active" or row.status != "published":
        return False
    parent = parent_of(ctx, row)
    if row.subscription_type in UNBILLED_TYPES and not bills_itself(ctx, row):
        return False
    if begin_due_pause(ctx, row):
        return False
    *completed, current = periods_until(row, ctx.now)
    if not completed:
        return False
    change_before_billing(ctx, row, completed[0].end)
    cancelled = False
    for period in completed:
        bill_period(ctx, row, period.start, period.end)
        cancelled = _cancels(row, period)
        if cancelled:
            break
    # Also when the pass stopped early: the period shown is the last that time has reached.
    row.current_period_start, row.current_period_end = (
        current if parent is None else (parent.current_period_start, parent.current_period_end)
    )
    ctx.touch(row)
    ctx.session.flush()
    share_period(ctx, row)
    for child in members(ctx, row):
        if child.subscription_status == "active" and _cancels(child, completed[-1]):
            _cancel(ctx, child, completed[-1])
    if cancelled:
        _cancel(ctx, row, period)
    else:
        follow(ctx, row)
        change_after_billing(ctx, row, completed[-1].end)
    return True


def _cancels(row: SubscriptionRow, period: Period) -> bool:
    if row.cancel_at_period_end and row.cancel_at is not None and row.cancel_at <= period.end:
        return True
    return row.end_date is not None and row.end_date <= period.end


def _cancel(ctx: Context, row: SubscriptionRow, period: Period) -> None:
    """The subscription has reached its end."""
    row.subscription_status = "cancelled"
    if row.cancel_at_period_end and row.cancel_at is not None:
        row.end_date = row.cancelled_at = row.cancel_at
        execute_cancellation(ctx, row)
    else:
        row.cancelled_at = row.end_date
    end(ctx, row, row.end_date or period.end)
    ctx.emit("subscription.updated", subscription_id=row.id)
    ctx.emit("subscription.cancelled", subscription_id=row.id)


def renew_all(ctx: Context) -> int:
    """`renew` for every subscription whose period has ended; how many rolled."""
    query = select(SubscriptionRow).where(
        SubscriptionRow.status == "published",
        SubscriptionRow.subscription_status == "active",
        SubscriptionRow.subscription_type.not_in(UNBILLED_TYPES),
        SubscriptionRow.current_period_end < ctx.now,
    )
    rows = ctx.session.scalars(query.order_by(SubscriptionRow.current_period_end, SubscriptionRow.id)).all()
    return sum(renew(ctx, row) for row in rows)


@due_kind(RENEWAL_ALERT)
def alert(ctx: Context, subject: dict[str, Any]) -> None:
    """Tell that a subscription renews in 24 hours."""
    row = ctx.session.get(SubscriptionRow, subject["subscription_id"])
    if row is not None and row.status == "published" and row.subscription_status == "active" and not row.cancel_at_period_end:
        ctx.emit("subscription.renewal.due", subscription_id=row.id)
