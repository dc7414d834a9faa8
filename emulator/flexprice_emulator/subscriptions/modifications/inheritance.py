"""Sharing a running subscription with other customers (subscriptions.md §11.3, §12).

One that stops inheriting does so when the period ends; until then its usage still counts, as observed.
"""

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select

from flexprice_client.models.subscription_changes import ChangedResources, ChangedSubscription, SubModifyInheritanceRequest
from flexprice_emulator.customers.tables import CustomerRow
from flexprice_emulator.subscriptions.hierarchy import add_heirs, find_heir
from flexprice_emulator.subscriptions.lifecycle.ending import end
from flexprice_emulator.subscriptions.lifecycle.planning import AFTER_PERIOD_END, BILLING_INTERVAL
from flexprice_emulator.subscriptions.lifecycle.threshold_watch import terms_changed
from flexprice_emulator.subscriptions.modifications import changed
from flexprice_emulator.subscriptions.modifications.checks import ADD_OR_REMOVE, check_word
from flexprice_emulator.subscriptions.tables import SubscriptionRow
from flexprice_emulator.wire.errors import NotFoundError, ValidationError
from flexprice_emulator.workspace.context import Context
from flexprice_emulator.workspace.due_kinds import due_kind

HEIR_END: Final = "subscription.heir_end"
# The parent bills the period first.
_AFTER_RENEWAL: Final = timedelta(seconds=1)
_TYPES = ("standalone", "parent")


def change_heirs(ctx: Context, row: SubscriptionRow, request: SubModifyInheritanceRequest) -> ChangedResources:
    """Add heirs now, or let some go at the period's end. Raises ValidationError, NotFoundError."""
    action = request.action or ("add" if request.external_customer_ids_to_inherit_subscription else "remove")
    check_word(action, ADD_OR_REMOVE)
    if row.subscription_status != "active":
        details = {"subscription_id": row.id, "subscription_status": row.subscription_status}
        raise ValidationError("Only active subscriptions can be inherited", details)
    if row.subscription_type not in _TYPES:
        details = {"subscription_id": row.id, "subscription_type": row.subscription_type}
        raise ValidationError("Only standalone and parent subscriptions can be inherited", details)
    if action == "add":
        return changed.resources(subscriptions=_add(ctx, row, request.external_customer_ids_to_inherit_subscription or ()))
    return changed.resources(subscriptions=[_let_go(ctx, row, held) for held in request.external_customer_ids_to_remove or ()])


def _add(ctx: Context, row: SubscriptionRow, external_ids: list[str] | tuple[()]) -> list[ChangedSubscription]:
    owner = ctx.session.get_one(CustomerRow, row.customer_id)
    heirs = [find_heir(ctx, owner, external_id) for external_id in dict.fromkeys(external_ids)]
    shown = []
    if heirs and row.subscription_type == "standalone":
        row.subscription_type = "parent"
        shown.append(changed.subscription(row, "updated"))
    shown += [changed.subscription(heir, "created") for heir in add_heirs(ctx, row, heirs)]
    terms_changed(ctx, row)
    return shown


def _let_go(ctx: Context, row: SubscriptionRow, external_id: str) -> ChangedSubscription:
    query = (
        select(SubscriptionRow)
        .join(CustomerRow, CustomerRow.id == SubscriptionRow.customer_id)
        .where(
            CustomerRow.external_id == external_id,
            CustomerRow.status == "published",
            SubscriptionRow.parent_subscription_id == row.id,
            SubscriptionRow.subscription_type == "inherited",
            SubscriptionRow.status == "published",
            SubscriptionRow.subscription_status != "cancelled",
        )
    )
    heir = ctx.session.scalar(query.limit(1))
    if heir is None:
        raise NotFoundError("No inherited subscription exists for the given external id", {"external_id": external_id})
    heir.cancel_at, heir.cancel_at_period_end = row.current_period_end, True
    ctx.touch(heir)
    ctx.session.flush()
    at = row.current_period_end + AFTER_PERIOD_END
    ctx.schedule(HEIR_END, (at if at > ctx.now else ctx.now + BILLING_INTERVAL) + _AFTER_RENEWAL, subscription_id=heir.id)
    return changed.subscription(heir, "updated", current_period_end=row.current_period_end)


@due_kind(HEIR_END)
def end_heir(ctx: Context, subject: dict[str, Any]) -> None:
    """The period in which a customer stopped inheriting is over."""
    heir = ctx.session.get(SubscriptionRow, subject["subscription_id"])
    if heir is None or heir.status != "published" or heir.subscription_status == "cancelled" or heir.cancel_at is None:
        return
    parent = ctx.session.get(SubscriptionRow, heir.parent_subscription_id or "")
    if parent is not None and parent.subscription_status == "active" and _runs_through(parent, heir.cancel_at):
        # The period has been lengthened since.
        heir.cancel_at = parent.current_period_end
        ctx.touch(heir)
        ctx.schedule(HEIR_END, heir.cancel_at + AFTER_PERIOD_END + _AFTER_RENEWAL, subscription_id=heir.id)
        return
    heir.subscription_status = "cancelled"
    heir.cancelled_at = heir.end_date = heir.cancel_at
    end(ctx, heir, heir.cancel_at)
    ctx.emit("subscription.updated", subscription_id=heir.id)
    ctx.emit("subscription.cancelled", subscription_id=heir.id)


def _runs_through(row: SubscriptionRow, moment: datetime) -> bool:
    return row.current_period_start < moment < row.current_period_end
