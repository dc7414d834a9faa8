"""Plain updates and the start of drafts (subscriptions.md §3.11-3.12)."""

from datetime import datetime

from sqlalchemy import select

from flexprice_client.models.subscriptions import ActivateDraftSubscriptionRequest, SubscriptionResponse, UpdateSubscriptionRequest
from flexprice_emulator.grants.service import on_subscription_activated as apply_credit_grants
from flexprice_emulator.invoices import reads as invoice_reads
from flexprice_emulator.invoices.opening import Opening, collect_opening, open_invoice, start_trial
from flexprice_emulator.subscriptions.dates import Trial, anchor_of, first_period_end, to_milliseconds
from flexprice_emulator.subscriptions.lifecycle.ending import share_start
from flexprice_emulator.subscriptions.lifecycle.grouped import members
from flexprice_emulator.subscriptions.lifecycle.planning import follow
from flexprice_emulator.subscriptions.reads import created_response, get_row
from flexprice_emulator.subscriptions.tables import AddonAssociationRow, SubscriptionRow
from flexprice_emulator.subscriptions.terms import line_item_rows
from flexprice_emulator.subscriptions.validation import check_status
from flexprice_emulator.wire.errors import ValidationError
from flexprice_emulator.workspace.context import Context


def update(ctx: Context, row: SubscriptionRow, request: UpdateSubscriptionRequest) -> None:
    """No transition is checked; leaving cancel_at_period_end out clears it, as in the reference."""
    if request.status:
        check_status(request.status)
        row.subscription_status = request.status
    if request.cancel_at is not None:
        row.cancel_at = row.end_date = request.cancel_at
    row.cancel_at_period_end = request.cancel_at_period_end
    if request.parent_subscription_id is not None:
        if request.parent_subscription_id:
            get_row(ctx, request.parent_subscription_id)
        row.parent_subscription_id = request.parent_subscription_id or None
    ctx.touch(row)
    ctx.session.flush()
    follow(ctx, row)
    ctx.emit("subscription.updated", subscription_id=row.id)


def activate(ctx: Context, row: SubscriptionRow, request: ActivateDraftSubscriptionRequest) -> SubscriptionResponse:
    """Start a draft at a date: dates, lines and add-ons move there, and the opening invoice is made. Raises ValidationError."""
    if row.subscription_status != "draft":
        raise ValidationError(
            "Only draft subscriptions can be activated", {"current_status": row.subscription_status, "subscription_id": row.id}
        )
    start = to_milliseconds(request.start_date)
    if row.end_date is not None and row.end_date <= start:
        raise ValidationError("End date must be after start date", {"end_date": row.end_date, "start_date": start})
    trial = Trial(row.trial_start, row.trial_end) if row.trial_start and row.trial_end else None
    _move(ctx, row, start)
    for child in members(ctx, row):
        if child.subscription_status == "draft":
            _start_along(ctx, child, row)
    opening = _open(ctx, row, trial)
    if row.subscription_status in ("active", "trialing"):
        apply_credit_grants(ctx, row)
    ctx.touch(row)
    ctx.session.flush()
    share_start(ctx, row)
    follow(ctx, row)
    ctx.emit("subscription.activated", subscription_id=row.id)
    invoice = invoice_reads.bare(ctx, opening.invoice, opening.lines) if opening.invoice else None
    return created_response(ctx, row, line_item_rows(ctx, [row.id]), latest_invoice=invoice)


def _start_along(ctx: Context, child: SubscriptionRow, parent: SubscriptionRow) -> None:
    """A draft that was made for a group is billed with it from the start."""
    _move(ctx, child, parent.start_date)
    child.current_period_end = parent.current_period_end
    child.subscription_status = "active"
    ctx.touch(child)
    ctx.session.flush()
    apply_credit_grants(ctx, child)
    ctx.emit("subscription.activated", subscription_id=child.id)


def _move(ctx: Context, row: SubscriptionRow, moment: datetime) -> None:
    """Everything that began with the subscription begins at the new start; an anchor of the request's own is lost."""
    for line in line_item_rows(ctx, [row.id]):
        if line.start_date == row.start_date or line.start_date < moment:
            line.start_date = moment
    associations = select(AddonAssociationRow).where(AddonAssociationRow.entity_id == row.id, AddonAssociationRow.status == "published")
    for association in ctx.session.scalars(associations):
        if association.start_date is None or association.start_date <= row.start_date or association.start_date < moment:
            association.start_date = moment
    row.start_date = moment
    row.billing_anchor = anchor_of(moment, row.billing_cycle, row.billing_period, row.timezone)
    row.current_period_start = moment
    row.current_period_end = first_period_end(
        moment, row.billing_anchor, row.billing_period, row.billing_period_count, timezone=row.timezone, end_date=row.end_date
    )


def _open(ctx: Context, row: SubscriptionRow, trial: Trial | None) -> Opening:
    if trial is not None and trial.start < row.start_date < trial.end:
        row.subscription_status = "trialing"
        row.trial_start, row.trial_end = row.start_date, row.start_date + (trial.end - trial.start)
        row.current_period_end = row.trial_end
        return start_trial(ctx, row)
    row.subscription_status = "active" if row.payment_behavior == "default_active" else "incomplete"
    opening = open_invoice(ctx, row, "SUBSCRIPTION_CREATE", row.current_period_start, row.current_period_end)
    collect_opening(ctx, row, opening)
    return opening
