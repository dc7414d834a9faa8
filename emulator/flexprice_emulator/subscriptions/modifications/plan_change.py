"""Another plan by another subscription: the old one is cancelled, a new one starts (subscriptions.md §11.1).

What is left of the old advance charges comes off the new opening invoice; what exceeds that invoice is lost. Add-ons,
coupons of the subscription, collection_method, payment_behavior and the threshold are not carried over.
"""

from datetime import datetime, timedelta
from decimal import Decimal

from flexprice_client.models.subscription_changes import (
    BillingCycleInfo,
    InvoiceLineItemPreview,
    InvoicePreview,
    ProrationDetails,
    SubscriptionChangeExecuteResponse,
    SubscriptionChangePreviewResponse,
    SubscriptionChangeRequest,
    SubscriptionSummary,
)
from flexprice_client.models.subscription_lifecycle import CancelSubscriptionRequest
from flexprice_client.models.subscriptions import CreateSubscriptionRequest
from flexprice_emulator.catalog.tables import PlanRow, PriceRow
from flexprice_emulator.discounts import service as discounts
from flexprice_emulator.rating.decimals import ONE, ZERO, add, subtract
from flexprice_emulator.rating.periods import add_billing_period
from flexprice_emulator.rating.proration import last_second
from flexprice_emulator.subscriptions.create import create
from flexprice_emulator.subscriptions.lifecycle.cancel import bill_until, end_now
from flexprice_emulator.subscriptions.lifecycle.cancel_credit import proration_details
from flexprice_emulator.subscriptions.modifications import plan_terms
from flexprice_emulator.subscriptions.reads import get_row
from flexprice_emulator.subscriptions.tables import SubscriptionRow
from flexprice_emulator.subscriptions.terms import line_item_rows
from flexprice_emulator.subscriptions.validation import BILLING_CYCLES, check_billing_period, check_proration_behavior
from flexprice_emulator.wire.errors import ValidationError
from flexprice_emulator.workspace.context import Context

_CADENCES = ("RECURRING", "ONETIME")
_DAY = timedelta(days=1)
# What a schedule keeps of the request.
_TERMS = ("target_plan_id", "proration_behavior", "billing_cadence", "billing_period", "billing_period_count", "billing_cycle")


def preview(ctx: Context, subscription_id: str, request: SubscriptionChangeRequest) -> SubscriptionChangePreviewResponse:
    """What a change would mean now. Raises ValidationError, NotFoundError."""
    _check(request)
    row = get_row(ctx, subscription_id)
    plan_terms.check_changeable(row)
    target = plan_terms.find_plan(ctx, request.target_plan_id)
    if target.id == row.plan_id:
        raise ValidationError("Target plan must be different from current plan")
    current = ctx.session.get_one(PlanRow, row.plan_id)
    prices = plan_terms.prices(ctx, target.id)
    kind = plan_terms.change_type(plan_terms.prices(ctx, current.id), prices)
    details = _proration(ctx, row, request)
    given_back = details.credit_amount if details and request.change_at != "end_of_period" else ZERO
    warnings = [plan_terms.DOWNGRADE_WARNING] if kind == plan_terms.DOWNGRADE else []
    return SubscriptionChangePreviewResponse.model_construct(
        subscription_id=row.id,
        current_plan=plan_terms.summary(current),
        target_plan=plan_terms.summary(target),
        change_type=kind,
        proration_details=details,
        next_invoice_preview=_next_invoice(row, target, prices, given_back),
        # Known oddity: also for a change at the period's end.
        effective_date=ctx.now,
        new_billing_cycle=BillingCycleInfo.model_construct(
            period_start=ctx.now,
            period_end=_period_end(ctx, request),
            billing_anchor=row.billing_anchor,
            billing_cadence=request.billing_cadence,
            billing_period=request.billing_period,
            billing_period_count=request.billing_period_count or 1,
        ),
        warnings=[*warnings, plan_terms.PRORATION_WARNING] if details else warnings,
        metadata=request.metadata,
    )


def execute(ctx: Context, subscription_id: str, request: SubscriptionChangeRequest) -> SubscriptionChangeExecuteResponse:
    """Change now, or have it done when the period ends. Raises ValidationError, NotFoundError."""
    _check(request)
    row = get_row(ctx, subscription_id)
    plan_terms.check_changeable(row)
    target = plan_terms.find_plan(ctx, request.target_plan_id)
    if request.change_at == "end_of_period":
        return _schedule(ctx, row, request)
    kind = plan_terms.change_type(plan_terms.prices(ctx, row.plan_id), plan_terms.prices(ctx, target.id))
    details = _proration(ctx, row, request)
    made = replace_subscription(ctx, row, request)
    return SubscriptionChangeExecuteResponse.model_construct(
        old_subscription=SubscriptionSummary.model_construct(id=row.id, status=row.subscription_status),
        new_subscription=SubscriptionSummary.model_construct(
            id=made.id,
            status=made.subscription_status,
            plan_id=made.plan_id,
            current_period_start=made.current_period_start,
            current_period_end=made.current_period_end,
            billing_anchor=made.billing_anchor,
            created_at=made.created_at,
        ),
        change_type=kind,
        proration_applied=details,
        effective_date=ctx.now,
        metadata=request.metadata,
    )


def replace_subscription(ctx: Context, row: SubscriptionRow, request: SubscriptionChangeRequest) -> SubscriptionRow:
    """Cancel one subscription now and start its successor; the successor. Raises ValidationError."""
    credit = _credit(ctx, row, request)
    if row.subscription_status != "trialing":
        bill_until(ctx, row, ctx.now)
    end_now(ctx, row, ctx.now, reason="subscription_change")
    shown = create(
        ctx,
        CreateSubscriptionRequest(
            customer_id=row.customer_id,
            plan_id=request.target_plan_id,
            currency=row.currency,
            billing_period=request.billing_period,
            billing_period_count=request.billing_period_count,
            billing_cycle=request.billing_cycle,
            billing_anchor=ctx.now if request.billing_cycle == "anniversary" else None,
            start_date=ctx.now,
            lookup_key=row.lookup_key,
            metadata=request.metadata,
            proration_behavior=request.proration_behavior,
            payment_terms=row.payment_terms,
            commitment_amount=row.commitment_amount,
            overage_factor=row.overage_factor,
            trial_period_days=0,
        ),
        opening_credit=credit,
    )
    made = get_row(ctx, shown.id)
    _carry_line_coupons(ctx, row, made)
    return made


def _check(request: SubscriptionChangeRequest) -> None:
    check_proration_behavior(request.proration_behavior)
    if request.billing_cadence not in _CADENCES:
        details = {"allowed_values": list(_CADENCES), "provided_value": request.billing_cadence}
        raise ValidationError("Invalid billing cadence", details)
    check_billing_period(request.billing_period)
    if request.billing_cycle not in BILLING_CYCLES:
        details = {"allowed_values": list(BILLING_CYCLES), "provided_value": request.billing_cycle}
        raise ValidationError("Invalid billing cycle", details)
    if request.billing_period_count < 0:
        raise ValidationError("Billing period count must be greater than 0", {"billing_period_count": request.billing_period_count})
    if request.change_at and request.change_at not in plan_terms.CHANGE_AT:
        details = {"allowed_values": list(plan_terms.CHANGE_AT), "provided_value": request.change_at}
        raise ValidationError("Invalid change_at", details)


def _credit(ctx: Context, row: SubscriptionRow, request: SubscriptionChangeRequest) -> Decimal:
    if request.proration_behavior != "create_prorations":
        return ZERO
    wanted = CancelSubscriptionRequest(cancellation_type="immediate", proration_behavior=request.proration_behavior)
    return add(*(detail.credit_amount for detail in proration_details(ctx, row, wanted, ctx.now)))


def _proration(ctx: Context, row: SubscriptionRow, request: SubscriptionChangeRequest) -> ProrationDetails | None:
    if request.proration_behavior != "create_prorations":
        return None
    credit = _credit(ctx, row, request)
    return ProrationDetails.model_construct(
        credit_amount=credit,
        credit_description=f"Credit for unused time on {row.plan_id} plan",
        charge_amount=ZERO,
        charge_description=f"Charge for plan change from {ctx.now:%Y-%m-%d}",
        net_amount=-credit,
        proration_date=ctx.now,
        current_period_start=row.current_period_start,
        current_period_end=row.current_period_end,
        days_used=_days(row.current_period_start, ctx.now),
        days_remaining=_days(ctx.now, last_second(row.current_period_end)),
        currency=row.currency,
    )


def _period_end(ctx: Context, request: SubscriptionChangeRequest) -> datetime:
    try:
        return add_billing_period(ctx.now, request.billing_period, request.billing_period_count or 1)
    except (OverflowError, ValueError):
        raise ValidationError("Billing period count is too large", {"billing_period_count": request.billing_period_count}) from None


def _days(start: datetime, end: datetime) -> int:
    return max((end - start) // _DAY, 0)


def _next_invoice(row: SubscriptionRow, target: PlanRow, prices: list[PriceRow], credit: Decimal) -> InvoicePreview:
    """Every price once, line by line less the credit; known oddity: other currencies and periods are added too."""
    lines = []
    for price in prices:
        taken = min(max(price.amount, ZERO), credit)
        credit, amount = subtract(credit, taken), subtract(price.amount, taken)
        lines.append(
            InvoiceLineItemPreview.model_construct(description=f"{target.name} - Price", amount=amount, quantity=ONE, unit_price=amount)
        )
    total = add(*(line.amount for line in lines))
    return InvoicePreview.model_construct(subtotal=total, tax_amount=ZERO, total=total, currency=row.currency, line_items=lines)


def _schedule(ctx: Context, row: SubscriptionRow, request: SubscriptionChangeRequest) -> SubscriptionChangeExecuteResponse:
    plan_terms.refuse_pending(ctx, row)
    configuration = {name: getattr(request, name) for name in _TERMS}
    if request.metadata:
        configuration["metadata"] = request.metadata
    waiting = plan_terms.schedule_change(ctx, row, configuration)
    return SubscriptionChangeExecuteResponse.model_construct(
        is_scheduled=True,
        schedule_id=waiting.id,
        scheduled_at=waiting.scheduled_at,
        old_subscription=SubscriptionSummary.model_construct(),
        new_subscription=SubscriptionSummary.model_construct(),
        # Known oddity: whatever the plans cost.
        change_type=plan_terms.UPGRADE,
        effective_date=waiting.scheduled_at,
        metadata=request.metadata,
    )


def _carry_line_coupons(ctx: Context, old: SubscriptionRow, new: SubscriptionRow) -> None:
    """Coupons of a line go on where the new subscription has a line of the same price."""
    prices = {line.id: line.price_id for line in line_item_rows(ctx, [old.id])}
    lines = {line.price_id: line.id for line in line_item_rows(ctx, [new.id])}
    held = [association for association in discounts.of_subscription(ctx, old.id) if association.subscription_line_item_id in prices]
    coupons = discounts.by_ids(ctx, [association.coupon_id for association in held])
    for association in held:
        line_id = lines.get(prices[association.subscription_line_item_id or ""])
        if line_id is None or (association.end_date is not None and association.end_date <= ctx.now):
            continue
        try:
            discounts.attach(
                ctx,
                coupons[association.coupon_id],
                new.id,
                currency=new.currency,
                start_date=ctx.now,
                end_date=association.end_date,
                billing_period=new.billing_period,
                billing_period_count=new.billing_period_count,
                billing_anchor=new.billing_anchor,
                timezone=new.timezone,
                subscription_line_item_id=line_id,
            )
        except ValidationError:
            # One that can no longer be redeemed stays behind.
            continue
