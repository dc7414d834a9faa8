"""What changes of plan have in common: the two plans, what they say of each other, and what waits (subscriptions.md §11)."""

from collections.abc import Sequence
from typing import Any

from flexprice_client.models.subscription_changes import PlanSummary
from flexprice_emulator.catalog import plans
from flexprice_emulator.catalog.prices import prices_of
from flexprice_emulator.catalog.tables import PlanRow, PriceRow
from flexprice_emulator.rating.decimals import add
from flexprice_emulator.subscriptions.lifecycle.schedule_rows import CANCELLATION, PLAN_CHANGE, pending
from flexprice_emulator.subscriptions.tables import SubscriptionRow, SubscriptionScheduleRow
from flexprice_emulator.wire.errors import ValidationError
from flexprice_emulator.workspace.context import Context

CHANGE_AT = ("immediate", "end_of_period")
UPGRADE, DOWNGRADE, LATERAL = "upgrade", "downgrade", "lateral"
DOWNGRADE_WARNING = "This is a downgrade. You may lose access to certain features."
PRORATION_WARNING = "Proration charges or credits will be applied to your next invoice."


def find_plan(ctx: Context, plan_id: str) -> PlanRow:
    """A published plan to change to. Raises NotFoundError, ValidationError."""
    plan = plans.get_row(ctx, plan_id)
    if plan.status != "published":
        raise ValidationError("The plan must be active to change to it", {"plan_id": plan.id})
    return plan


def summary(plan: PlanRow) -> PlanSummary:
    """A plan in a few words."""
    return PlanSummary.model_construct(id=plan.id, name=plan.name, lookup_key=plan.lookup_key, description=plan.description)


def prices(ctx: Context, plan_id: str) -> list[PriceRow]:
    """The running prices of a plan, oldest first, of any currency and period."""
    return prices_of(ctx, "PLAN", [plan_id], active_at=ctx.now)[::-1]


def change_type(current: Sequence[PriceRow], target: Sequence[PriceRow]) -> str:
    """By the sums of all prices' amounts, usage prices and other currencies included, as the reference compares them."""
    before, after = add(*(price.amount for price in current)), add(*(price.amount for price in target))
    if after == before:
        return LATERAL
    return UPGRADE if after > before else DOWNGRADE


def check_changeable(row: SubscriptionRow) -> None:
    """Raises ValidationError for a subscription that is over or not begun."""
    if row.subscription_status == "cancelled":
        raise ValidationError("Cancelled subscriptions cannot be changed")
    if row.subscription_status == "draft":
        raise ValidationError("Draft subscriptions cannot be changed")
    if row.subscription_status == "paused":
        raise ValidationError("Paused subscriptions cannot be changed")
    if row.subscription_type in ("inherited", "grouped_invoicing"):
        raise ValidationError(
            "The subscription follows its parent and cannot be changed alone", {"subscription_type": row.subscription_type}
        )


def refuse_pending(ctx: Context, row: SubscriptionRow) -> None:
    """Raises ValidationError while another change of plan, or a cancellation, waits."""
    for waiting in pending(ctx, row.id, PLAN_CHANGE):
        raise ValidationError("Cancel the existing scheduled plan change before creating a new one", _details(waiting))
    for waiting in pending(ctx, row.id, CANCELLATION):
        raise ValidationError("Cancel the existing scheduled cancellation before changing the plan", _details(waiting))
    if row.cancel_at_period_end or row.cancel_at is not None:
        raise ValidationError("Subscriptions that are about to be cancelled cannot be changed", {"subscription_id": row.id})


def schedule_change(ctx: Context, row: SubscriptionRow, configuration: dict[str, Any]) -> SubscriptionScheduleRow:
    """Have a change done when the current period ends. Raises ValidationError unless the subscription is active."""
    if row.subscription_status != "active":
        details = {"subscription_id": row.id, "subscription_status": row.subscription_status}
        raise ValidationError("Only active subscriptions can be changed at the end of their period", details)
    return ctx.add(
        SubscriptionScheduleRow(
            id=ctx.new_id("sched"),
            subscription_id=row.id,
            schedule_type=PLAN_CHANGE,
            scheduled_at=row.current_period_end,
            configuration=configuration,
            **ctx.stamp(),
        )
    )


def _details(waiting: SubscriptionScheduleRow) -> dict[str, Any]:
    return {"existing_schedule_id": waiting.id, "scheduled_at": waiting.scheduled_at}
