"""`POST /subscriptions/{id}/cancel` (subscriptions.md §10)."""

from datetime import datetime
from typing import Any

from flexprice_client.models.subscription_lifecycle import CancelSubscriptionRequest, CancelSubscriptionResponse
from flexprice_emulator.invoices.compute import compute
from flexprice_emulator.invoices.drafts import open_subscription_draft
from flexprice_emulator.invoices.finalize import finalize
from flexprice_emulator.payments.collection import collect
from flexprice_emulator.rating.decimals import add
from flexprice_emulator.subscriptions.lifecycle.cancel_credit import give_credit, proration_details
from flexprice_emulator.subscriptions.lifecycle.cancel_rules import check
from flexprice_emulator.subscriptions.lifecycle.ending import end
from flexprice_emulator.subscriptions.lifecycle.planning import follow
from flexprice_emulator.subscriptions.lifecycle.schedule_rows import CANCELLATION, drop_all, pending, remembered
from flexprice_emulator.subscriptions.tables import SubscriptionRow, SubscriptionScheduleRow
from flexprice_emulator.workspace.context import Context

_MESSAGES = {
    "immediate": "Subscription cancelled immediately",
    "end_of_period": "Subscription will be cancelled at the end of the current period ({date})",
    "scheduled_date": "Subscription will be cancelled on {date}",
}


def cancel(ctx: Context, row: SubscriptionRow, request: CancelSubscriptionRequest) -> CancelSubscriptionResponse:
    """End a subscription now, when its period ends, or on a date. Raises ValidationError."""
    check(ctx, row, request)
    effective = _effective(ctx, row, request)
    details = proration_details(ctx, row, request, effective) if request.proration_behavior == "create_prorations" else None
    credit = add(*(detail.credit_amount for detail in details or ()))
    if request.cancellation_type == "immediate":
        if request.cancel_immediately_inovice_policy == "generate_invoice":
            bill_until(ctx, row, effective)
        give_credit(ctx, row, credit)
        end_now(ctx, row, effective, reason=request.reason)
    else:
        _schedule(ctx, row, request, effective)
    return CancelSubscriptionResponse.model_construct(
        subscription_id=row.id,
        cancellation_type=request.cancellation_type,
        effective_date=effective,
        status=row.subscription_status,
        reason=request.reason,
        proration_details=details,
        total_credit_amount=credit,
        message=_MESSAGES[request.cancellation_type].format(date=f"{effective:%Y-%m-%d}"),
        processed_at=ctx.now,
    )


def end_now(ctx: Context, row: SubscriptionRow, effective: datetime, *, reason: str = "") -> None:
    """Cancel at once, without invoice and credit: what is scheduled is dropped, what hangs on the subscription ends."""
    _note(row, "immediate", reason, effective)
    row.subscription_status, row.cancel_at_period_end = "cancelled", False
    row.cancel_at = row.end_date = effective
    row.cancelled_at = ctx.now
    drop_all(ctx, pending(ctx, row.id))
    end(ctx, row, effective)
    ctx.emit("subscription.updated", subscription_id=row.id)
    ctx.emit("subscription.cancelled", subscription_id=row.id)


def bill_until(ctx: Context, row: SubscriptionRow, effective: datetime) -> None:
    """The final invoice: usage and arrears of the period up to the date. Known oddity: arrears are billed in full."""
    if effective <= row.current_period_start:
        return
    invoice = open_subscription_draft(ctx, row, row.current_period_start, effective, "PRORATION")
    if compute(ctx, invoice):
        return
    finalize(ctx, invoice)
    collect(ctx, invoice, "cancel")


def _effective(ctx: Context, row: SubscriptionRow, request: CancelSubscriptionRequest) -> datetime:
    if request.cancellation_type == "end_of_period":
        return row.current_period_end
    return request.cancel_at or ctx.now


def _schedule(ctx: Context, row: SubscriptionRow, request: CancelSubscriptionRequest, effective: datetime) -> None:
    """Note the end that is to come. Only a date of its own becomes the end date; one inside the period shortens it."""
    configuration: dict[str, Any] = {
        "cancellation_type": request.cancellation_type,
        "reason": request.reason,
        "proration_behavior": request.proration_behavior or "none",
        **remembered(row),
    }
    ctx.add(
        SubscriptionScheduleRow(
            id=ctx.new_id("sched"),
            subscription_id=row.id,
            schedule_type=CANCELLATION,
            scheduled_at=effective,
            configuration=configuration,
            **ctx.stamp(),
        )
    )
    _note(row, request.cancellation_type, request.reason, effective)
    row.cancel_at, row.cancelled_at, row.cancel_at_period_end = effective, ctx.now, True
    if request.cancellation_type == "scheduled_date":
        row.end_date = effective
        row.current_period_end = min(row.current_period_end, effective)
    ctx.touch(row)
    ctx.session.flush()
    follow(ctx, row)
    ctx.emit("subscription.updated", subscription_id=row.id)


def _note(row: SubscriptionRow, cancellation_type: str, reason: str, effective: datetime) -> None:
    row.metadata_ = {
        **(row.metadata_ or {}),
        "cancellation_type": cancellation_type,
        "cancellation_reason": reason,
        "effective_date": f"{effective:%Y-%m-%dT%H:%M:%SZ}",
    }
