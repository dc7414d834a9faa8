"""What starts and ends with a subscription: its lines, add-ons, grants, schedules, heirs and group (subscriptions.md §10, §12)."""

from datetime import datetime

from sqlalchemy import select

from flexprice_emulator.grants.service import on_subscription_cancelled as end_credit_grants
from flexprice_emulator.subscriptions.lifecycle.grouped import leave, members
from flexprice_emulator.subscriptions.lifecycle.planning import follow
from flexprice_emulator.subscriptions.tables import AddonAssociationRow, SubscriptionRow
from flexprice_emulator.subscriptions.terms import line_item_rows
from flexprice_emulator.workspace.context import Context

_STARTED = ("subscription_status", "start_date", "billing_anchor", "current_period_start", "current_period_end", "trial_start", "trial_end")


def end(ctx: Context, row: SubscriptionRow, moment: datetime) -> None:
    """Close a subscription that has become cancelled, with everything on it, as of a moment; heirs end with it."""
    for line in line_item_rows(ctx, [row.id]):
        if line.end_date is None or line.end_date > moment:
            line.end_date = max(moment, line.start_date)
            ctx.touch(line)
    attached = select(AddonAssociationRow).where(AddonAssociationRow.entity_id == row.id, AddonAssociationRow.status == "published")
    for association in ctx.session.scalars(attached):
        if association.end_date is None or association.end_date > moment:
            association.end_date = moment
            ctx.touch(association)
    end_credit_grants(ctx, row, moment)
    for heir in heirs(ctx, row):
        heir.subscription_status = "cancelled"
        heir.cancelled_at, heir.cancel_at, heir.end_date = row.cancelled_at, row.cancel_at, row.end_date
        heir.cancel_at_period_end = row.cancel_at_period_end
        ctx.touch(heir)
        follow(ctx, heir)
    for child in members(ctx, row):
        leave(ctx, child)
        follow(ctx, child)
        ctx.emit("subscription.updated", subscription_id=child.id)
    ctx.touch(row)
    ctx.session.flush()
    follow(ctx, row)


def heirs(ctx: Context, row: SubscriptionRow) -> list[SubscriptionRow]:
    """Live subscriptions by inheritance."""
    if row.subscription_type != "parent":
        return []
    query = select(SubscriptionRow).where(
        SubscriptionRow.parent_subscription_id == row.id,
        SubscriptionRow.subscription_type == "inherited",
        SubscriptionRow.status == "published",
        SubscriptionRow.subscription_status != "cancelled",
    )
    return list(ctx.session.scalars(query.order_by(SubscriptionRow.id)))


def share_period(ctx: Context, row: SubscriptionRow) -> None:
    """Heirs and grouped children have the parent's period."""
    if row.subscription_type != "parent":
        return
    # A child on a trial of its own comes to it when that has ended.
    grouped = [child for child in members(ctx, row) if child.subscription_status != "trialing"]
    for child in [*heirs(ctx, row), *grouped]:
        child.current_period_start, child.current_period_end = row.current_period_start, row.current_period_end
        ctx.touch(child)
    ctx.session.flush()


def share_start(ctx: Context, row: SubscriptionRow) -> None:
    """Heirs and grouped drafts that waited for their parent to start do so with it; heirs' usage counts from then on."""
    for heir in heirs(ctx, row):
        if heir.subscription_status in ("draft", "incomplete"):
            for name in _STARTED:
                setattr(heir, name, getattr(row, name))
            ctx.touch(heir)
    for child in members(ctx, row):
        if child.subscription_status == "draft":
            child.subscription_status = "active"
            ctx.touch(child)
    ctx.session.flush()
