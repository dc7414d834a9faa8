"""Grouped subscriptions between their own life and their parent's (subscriptions.md §8.3, §12).

A child has its parent's periods and is billed there. Invariants: a period of its own that ends soon after it joined, or with the child
itself, is billed by itself; a child outlives its group, and goes on alone.
"""

from datetime import timedelta
from typing import Final

from sqlalchemy import select

from flexprice_emulator.subscriptions.lifecycle.periods import following_end
from flexprice_emulator.subscriptions.tables import SubscriptionRow
from flexprice_emulator.workspace.context import Context

GROUPED: Final = "grouped_invoicing"
# How far apart two zones can put the ends of one billing period: their offsets, a change of the clocks, and a month's clamped end.
ZONES_APART: Final = timedelta(hours=52)


def parent_of(ctx: Context, row: SubscriptionRow) -> SubscriptionRow | None:
    """The subscription whose invoices hold a grouped one's charges; None for others."""
    if row.subscription_type != GROUPED or not row.parent_subscription_id:
        return None
    return ctx.session.get(SubscriptionRow, row.parent_subscription_id)


def members(ctx: Context, parent: SubscriptionRow) -> list[SubscriptionRow]:
    """The live children of a group, the oldest first."""
    if parent.subscription_type != "parent":
        return []
    row = SubscriptionRow
    query = select(row).where(
        row.parent_subscription_id == parent.id,
        row.subscription_type == GROUPED,
        row.status == "published",
        row.subscription_status != "cancelled",
    )
    return list(ctx.session.scalars(query.order_by(row.created_at, row.id)))


def bills_itself(ctx: Context, row: SubscriptionRow) -> bool:
    """Whether the running period of a grouped child is not its parent's: it joined near that period's end, or ends there itself."""
    parent = parent_of(ctx, row)
    if parent is None or row.current_period_end >= parent.current_period_end:
        return False
    before = row.current_period_end - parent.current_period_start
    return row.end_date == row.current_period_end or before < parent.current_period_end - row.current_period_end


def leave(ctx: Context, row: SubscriptionRow) -> None:
    """Make a grouped child one that is billed by itself; the running period lasts to where its own would end."""
    row.subscription_type, row.parent_subscription_id = "standalone", None
    if row.subscription_status != "trialing" and _ends_elsewhere(row):
        row.current_period_end = following_end(row, row.current_period_end)
    ctx.touch(row)
    ctx.session.flush()


def _ends_elsewhere(row: SubscriptionRow) -> bool:
    """Whether its own end is so soon after the group's that both are the same period's."""
    if row.current_period_end <= row.current_period_start:
        return True
    own_end = following_end(row, row.current_period_end)
    uncut = row.end_date is None or own_end < row.end_date
    return uncut and own_end - row.current_period_end <= min(ZONES_APART, (following_end(row, own_end) - own_end) / 2)
