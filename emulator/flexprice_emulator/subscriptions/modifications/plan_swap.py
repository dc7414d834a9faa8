"""Another plan in place: the same subscription, anchor and period (subscriptions.md §11.2).

With create_prorations what opens is charged and what closes is credited for the rest of the period: more to pay is one one-off
invoice of both, more to give back one wallet credit. The same idempotency_key settles once.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import select

from flexprice_client.models.subscription_changes import (
    ChangedInvoice,
    ChangedLineItem,
    ChangedResources,
    EntityChangeResult,
    SubscriptionChangeV2Request,
)
from flexprice_emulator.catalog.expansion import rows_by_id
from flexprice_emulator.catalog.tables import PlanRow, PriceRow
from flexprice_emulator.invoices.tables import InvoiceRow
from flexprice_emulator.rating.decimals import ZERO
from flexprice_emulator.subscriptions.lifecycle.cancel_credit import billed
from flexprice_emulator.subscriptions.lifecycle.planning import follow
from flexprice_emulator.subscriptions.modifications import changed, plan_terms, settlement, swap_addons
from flexprice_emulator.subscriptions.modifications.checks import check_word
from flexprice_emulator.subscriptions.modifications.dry_run import dry_run
from flexprice_emulator.subscriptions.modifications.lines import emit_updated
from flexprice_emulator.subscriptions.modifications.swap_entitlements import drop_overrides, prorate_limits
from flexprice_emulator.subscriptions.modifications.swap_lines import has_mixed_periods, plan_lines, swap_lines, target_prices
from flexprice_emulator.subscriptions.reads import full_response, get_row, newest_usage_sequence
from flexprice_emulator.subscriptions.tables import SubscriptionLineItemRow, SubscriptionRow
from flexprice_emulator.subscriptions.validation import check_proration_behavior
from flexprice_emulator.wire.errors import AlreadyExistsError, ValidationError
from flexprice_emulator.workspace.context import Context

PRORATIONS = "create_prorations"


class Swap(NamedTuple):
    """What a change of plan did."""

    resources: ChangedResources
    addons: list[EntityChangeResult]


def preview(ctx: Context, subscription_id: str, request: SubscriptionChangeV2Request) -> dict[str, Any]:
    """What a change would do; nothing is kept. Raises ValidationError, NotFoundError."""
    row, target = _wanted(ctx, subscription_id, request)
    current = ctx.session.get_one(PlanRow, row.plan_id)
    effective = _effective(ctx, row, request)
    if request.change_at == "end_of_period":
        done = Swap(changed.resources(), [])
    else:
        with dry_run(ctx):
            done = swap(ctx, row, target, request, effective)
        done = Swap(changed.as_preview(done.resources), done.addons)
    row = get_row(ctx, subscription_id)
    return _answer(ctx, row, (current, target), request, effective, done)


def execute(ctx: Context, subscription_id: str, request: SubscriptionChangeV2Request) -> dict[str, Any]:
    """Change the plan now, or have it done when the period ends. Raises ValidationError, NotFoundError."""
    row, target = _wanted(ctx, subscription_id, request)
    current = ctx.session.get_one(PlanRow, row.plan_id)
    effective = _effective(ctx, row, request)
    if request.change_at != "end_of_period":
        done = swap(ctx, row, target, request, effective)
        ctx.emit("subscription.plan_changed", subscription_id=row.id)
        emit_updated(ctx, row)
        return _answer(ctx, row, (current, target), request, effective, done)
    waiting = plan_terms.schedule_change(ctx, row, request.model_dump(mode="json", exclude_none=True, exclude_defaults=True))
    scheduled = {"is_scheduled": True, "schedule_id": waiting.id, "scheduled_at": waiting.scheduled_at}
    return {**_answer(ctx, row, (current, target), request, effective, Swap(changed.resources(), [])), **scheduled}


def swap(ctx: Context, row: SubscriptionRow, target: PlanRow, request: SubscriptionChangeV2Request, at: datetime) -> Swap:
    """Put a subscription on another plan as of a moment, and settle. Raises ValidationError for a target without fitting prices."""
    paid = billed(ctx, row)
    key = request.idempotency_key or f"{row.id}:{row.version}:{row.updated_at.isoformat()}"
    old_plan_id = row.plan_id
    lines = swap_lines(ctx, row, target, at)
    closing = list(lines.ended)
    policy = request.entity_policies.addons if request.entity_policies else None
    decided = swap_addons.decide(ctx, row, policy)
    results = [swap_addons.result(association, behaviour) for association, behaviour in decided]
    for association, behaviour in decided:
        if behaviour == swap_addons.DROP:
            closing += swap_addons.drop(ctx, row, association, at)
    row.plan_id = target.id
    row.synced_price_sequence = newest_usage_sequence(ctx, target.id)
    ctx.touch(row)
    ctx.session.flush()
    drop_overrides(ctx, row, old_plan_id, at)
    invoices: list[ChangedInvoice] = []
    if request.proration_behavior == PRORATIONS and row.subscription_status == "active":
        prorate_limits(ctx, row, old_plan_id, target.id, at)
        invoices = _settle(ctx, row, _shares(ctx, row, lines.opened, closing, paid, at), key)
    follow(ctx, row)
    shown: list[ChangedLineItem] = [changed.line(line, "updated") for line in lines.kept]
    shown += [changed.line(line, "ended") for line in closing]
    shown += [changed.line(line, "created") for line in lines.opened]
    return Swap(changed.resources(shown, [changed.subscription(row, "updated")], invoices), results)


def _wanted(ctx: Context, subscription_id: str, request: SubscriptionChangeV2Request) -> tuple[SubscriptionRow, PlanRow]:
    """The subscription and the plan, if the one can change to the other."""
    check_proration_behavior(request.proration_behavior)
    if request.change_at:
        check_word(request.change_at, plan_terms.CHANGE_AT)
    swap_addons.check_policy(request.entity_policies.addons if request.entity_policies else None)
    row = get_row(ctx, subscription_id)
    plan_terms.check_changeable(row)
    details = {"subscription_id": row.id}
    if row.subscription_status not in ("active", "trialing"):
        raise ValidationError("Only active or trialing subscriptions can be changed", {**details, "status": row.subscription_status})
    if row.subscription_type != "standalone":
        raise ValidationError("Only standalone subscriptions can be changed", {**details, "subscription_type": row.subscription_type})
    if row.pause_status not in ("none", "completed", "cancelled"):
        raise ValidationError("Subscriptions that are about to pause cannot be changed", {**details, "pause_status": row.pause_status})
    target = plan_terms.find_plan(ctx, request.target_plan_id)
    if target.id == row.plan_id:
        raise ValidationError("Target plan must be different from current plan")
    plan_terms.refuse_pending(ctx, row)
    lines = plan_lines(ctx, row, ctx.now)
    if any(line.subscription_phase_id for line in lines):
        raise ValidationError("Subscriptions with phases cannot be changed", details)
    prices = target_prices(ctx, row, target)
    if request.proration_behavior == PRORATIONS:
        if request.change_at == "end_of_period":
            raise ValidationError("Changes at the end of the period need no proration; use proration_behavior none")
        if has_mixed_periods([*lines, *prices]):
            raise ValidationError("Proration is not supported for plans with mixed billing periods; use proration_behavior none")
    return row, target


def _effective(ctx: Context, row: SubscriptionRow, request: SubscriptionChangeV2Request) -> datetime:
    return row.current_period_end if request.change_at == "end_of_period" else ctx.now


def _shares(
    ctx: Context,
    row: SubscriptionRow,
    opened: list[SubscriptionLineItemRow],
    closed: list[SubscriptionLineItemRow],
    paid: Mapping[str, Decimal],
    at: datetime,
) -> list[settlement.Share]:
    prices = rows_by_id(ctx, PriceRow, (line.price_id for line in (*opened, *closed)))
    shares = [settlement.opening_share(row, line, prices[line.price_id], line.start_date) for line in opened]
    shares += [settlement.closing_share(ctx, row, line, prices[line.price_id], at, paid) for line in closed]
    return [share for share in shares if share is not None]


def _settle(ctx: Context, row: SubscriptionRow, shares: list[settlement.Share], key: str) -> list[ChangedInvoice]:
    net = settlement.total(shares)
    if net > ZERO:
        return [changed.invoice(ctx, _charge_once(ctx, row, shares, key))]
    entry = settlement.credit(ctx, row, -net, f"plan_change_credit_{row.id}_{key}") if net < ZERO else None
    return [changed.wallet_credit(ctx, entry)] if entry is not None else []


def _charge_once(ctx: Context, row: SubscriptionRow, shares: list[settlement.Share], key: str) -> InvoiceRow:
    """The invoice of the key, made where there is none."""
    try:
        return settlement.charge(ctx, row, shares, key)
    except AlreadyExistsError:
        query = select(InvoiceRow).where(
            InvoiceRow.idempotency_key == settlement.charge_key(row, key),
            InvoiceRow.status == "published",
            InvoiceRow.invoice_status != "VOIDED",
        )
        return ctx.session.scalars(query).one()


def _answer(
    ctx: Context,
    row: SubscriptionRow,
    plans: tuple[PlanRow, PlanRow],
    request: SubscriptionChangeV2Request,
    effective: datetime,
    done: Swap,
) -> dict[str, Any]:
    """A SubscriptionChangeV2Response as JSON."""
    current, target = plans
    kind = plan_terms.change_type(plan_terms.prices(ctx, current.id), plan_terms.prices(ctx, target.id))
    shown: dict[str, Any] = {
        "subscription": full_response(ctx, row),
        "changed_resources": done.resources.to_wire(),
        "change_type": kind,
        "effective_at": effective,
        "from_plan": plan_terms.summary(current).to_wire(),
        "to_plan": plan_terms.summary(target).to_wire(),
        "is_scheduled": False,
    }
    optional = {
        "entity_changes": [held.to_wire() for held in done.addons],
        "warnings": [plan_terms.DOWNGRADE_WARNING] if kind == plan_terms.DOWNGRADE else [],
        "metadata": request.metadata,
    }
    return shown | {name: value for name, value in optional.items() if value}
