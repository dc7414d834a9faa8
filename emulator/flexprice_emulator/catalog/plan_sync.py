"""Running subscriptions follow the usage prices of their plan (subscriptions.md §14, rating.md §2.4).

The reference does this in the background; here it is done when the answer leaves. Fixed prices are not followed,
there as here. Nothing is prorated or invoiced.
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from flexprice_client.models.environments import WorkflowResult
from flexprice_emulator.catalog.expansion import rows_by_id
from flexprice_emulator.catalog.prices import prices_of
from flexprice_emulator.catalog.tables import PlanRow, PriceRow
from flexprice_emulator.subscriptions.lifecycle.threshold_watch import terms_changed
from flexprice_emulator.subscriptions.plan_prices import line_from_price, name_meters
from flexprice_emulator.subscriptions.reads import newest_usage_sequence
from flexprice_emulator.subscriptions.tables import SubscriptionLineItemRow, SubscriptionRow
from flexprice_emulator.wire.errors import AlreadyExistsError
from flexprice_emulator.workspace.context import Context

# How long a run keeps others of its plan out, by the workspace's clock.
RUN = timedelta(seconds=1)
_FOLLOWING = ("active", "trialing", "draft", "incomplete")
_HEX = "0123456789abcdef"


def sync(ctx: Context, plan: PlanRow) -> WorkflowResult:
    """Bring the plan's subscriptions in step. Raises AlreadyExistsError right after another run."""
    last = plan.prices_synced_at
    if last is not None and timedelta(0) <= ctx.now - last < RUN:
        raise AlreadyExistsError("Try again later or wait up to 2 hours for the current sync to complete.")
    plan.prices_synced_at = ctx.now
    newest = newest_usage_sequence(ctx, plan.id)
    behind = select(SubscriptionRow).where(
        SubscriptionRow.plan_id == plan.id,
        SubscriptionRow.status == "published",
        SubscriptionRow.subscription_status.in_(_FOLLOWING),
        SubscriptionRow.synced_price_sequence < newest,
    )
    subscriptions = ctx.session.scalars(behind.order_by(SubscriptionRow.id)).all()
    _follow(ctx, plan, subscriptions)
    for subscription in subscriptions:
        subscription.synced_price_sequence = newest
        ctx.touch(subscription)
        terms_changed(ctx, subscription)
    return WorkflowResult(
        message="price sync v2 workflow started",
        workflow_id=f"wf_PriceSyncV2Workflow_{ctx.workspace.ids.ulid(ctx.now)}",
        run_id=str(UUID(ctx.workspace.ids.token(32, _HEX))),
    )


def _follow(ctx: Context, plan: PlanRow, subscriptions: Sequence[SubscriptionRow]) -> None:
    usage = [price for price in prices_of(ctx, "PLAN", [plan.id]) if price.type == "USAGE"]
    query = select(SubscriptionLineItemRow).where(
        SubscriptionLineItemRow.subscription_id.in_([subscription.id for subscription in subscriptions]),
        SubscriptionLineItemRow.status == "published",
    )
    lines: dict[str, list[SubscriptionLineItemRow]] = {subscription.id: [] for subscription in subscriptions}
    for line in ctx.session.scalars(query):
        lines[line.subscription_id].append(line)
    held = rows_by_id(ctx, PriceRow, (line.price_id for found in lines.values() for line in found))
    added: list[SubscriptionLineItemRow] = []
    for subscription in subscriptions:
        own = lines[subscription.id]
        added += [_line(ctx, plan, subscription, price) for price in usage if _is_missing(price, subscription, own, held)]
        _end_lines(ctx, own, {price.id: price for price in usage})
    name_meters(ctx, added)
    ctx.session.add_all(added)
    ctx.session.flush()


def _is_missing(
    price: PriceRow, subscription: SubscriptionRow, lines: Sequence[SubscriptionLineItemRow], held: dict[str, PriceRow]
) -> bool:
    """Whether a newer price fits the subscription, and neither it nor an override of it is there."""
    fits = (price.currency, price.billing_period, price.billing_period_count) == (
        subscription.currency,
        subscription.billing_period,
        subscription.billing_period_count,
    )
    newer = price.sequence > subscription.synced_price_sequence
    running = price.end_date is None or price.end_date >= subscription.start_date
    present = {line.price_id for line in lines}
    overridden = {held[line.price_id].parent_price_id for line in lines if held[line.price_id].entity_type == "SUBSCRIPTION"}
    root = price.parent_price_id or price.id
    return fits and newer and running and price.id not in present and not {root, price.id} & overridden


def _line(ctx: Context, plan: PlanRow, subscription: SubscriptionRow, price: PriceRow) -> SubscriptionLineItemRow:
    return line_from_price(
        ctx,
        subscription,
        price,
        start=subscription.start_date,
        end=price.end_date,
        entity_id=plan.id,
        entity_type="plan",
        plan_display_name=plan.name,
        metadata_={"added_by": "plan_sync_api"},
    )


def _end_lines(ctx: Context, lines: Sequence[SubscriptionLineItemRow], usage: dict[str, PriceRow]) -> None:
    """Lines end with their price, but never before they start."""
    for line in lines:
        price = usage.get(line.price_id)
        if price is None or price.end_date is None:
            continue
        until = max(line.start_date, price.end_date)
        if line.end_date is None or line.end_date > until:
            line.end_date = until
            ctx.touch(line)
