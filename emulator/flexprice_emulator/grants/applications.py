"""Applications: the credits of each period, brought to the wallet when they are due (wallets.md §10.4-10.5).

    pending/failed ── subscription active or trialing ──▶ applied   (failed where it does not work: tried again every 15 minutes)
                   ── paused, or expired already ───────▶ skipped
                   ── draft or incomplete ──────────────▶ pending, later
                   ── cancelled ────────────────────────▶ cancelled, with all later ones

The application of the next period is made when one is applied or skipped.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from flexprice_client.models.base import Metadata
from flexprice_emulator.grants import schedule
from flexprice_emulator.grants.crediting import credit_wallet
from flexprice_emulator.grants.schedule import BillingCycle, GrantPeriod, GrantTerms
from flexprice_emulator.grants.tables import CreditGrantApplicationRow, CreditGrantRow
from flexprice_emulator.subscriptions.lifecycle.planning import AFTER_PERIOD_END
from flexprice_emulator.subscriptions.tables import SubscriptionRow
from flexprice_emulator.wire.errors import ApiError
from flexprice_emulator.workspace.context import Context
from flexprice_emulator.workspace.due_kinds import due_kind

DUE_KIND = "grants.application"
OPEN = ("pending", "failed")
RETRY = timedelta(minutes=15)
# What has failed for a day is tried less often than in the reference, so that a year can pass quickly.
PATIENT_AFTER, PATIENT_RETRY = 96, timedelta(hours=1)
CATCH_UP = 100
_LATEST = datetime.max.replace(tzinfo=UTC) - AFTER_PERIOD_END
_APPLIES, _WAITS = ("active", "trialing"), ("draft", "incomplete")


def open_first(
    ctx: Context,
    grant: CreditGrantRow,
    subscription: SubscriptionRow,
    *,
    period: GrantPeriod | None = None,
    credits: Decimal | None = None,
    metadata: Metadata | None = None,
) -> None:
    """A new grant's first application, applied at once where it is due; `period`, `credits` of a prorated one."""
    reason = "first_time_recurring_credit_grant" if grant.cadence == "RECURRING" else "onetime_credit_grant"
    if period is None:
        period = schedule.first_period(terms(grant, subscription))
    row = _add(ctx, grant, subscription, period, reason, grant.credits if credits is None else credits, metadata)
    if row.scheduled_for <= ctx.now:
        process(ctx, row, grant, subscription)
    else:
        _wait(ctx, row)


def process(ctx: Context, row: CreditGrantApplicationRow, grant: CreditGrantRow, subscription: SubscriptionRow) -> None:
    """Settle one application and then those of past periods, up to CATCH_UP; what is left waits for its time.

    Raises nothing: what fails is noted on its row. A grant that is not published is left as it is.
    """
    if grant.status != "published":
        return
    for _ in range(CATCH_UP):
        _settle(ctx, row, grant, subscription)
        ctx.touch(row)
        ctx.session.flush()
        if row.application_status in OPEN:
            _wait(ctx, row, ctx.now + (RETRY if row.retry_count < PATIENT_AFTER else PATIENT_RETRY))
            return
        following = _next(ctx, row, grant, subscription) if row.application_status in ("applied", "skipped") else None
        if following is None:
            return
        row = following
        if row.scheduled_for > ctx.now:
            break
    _wait(ctx, row)


def cancel(ctx: Context, grant_ids: Sequence[str], effective: datetime) -> None:
    """Cancel what is scheduled from a time on."""
    query = select(CreditGrantApplicationRow).where(
        CreditGrantApplicationRow.credit_grant_id.in_(grant_ids),
        CreditGrantApplicationRow.application_status.in_(OPEN),
        CreditGrantApplicationRow.scheduled_for >= effective,
    )
    for row in ctx.session.scalars(query).all():
        row.application_status = "cancelled"
        ctx.touch(row)
        ctx.unschedule(_key(row))
    ctx.session.flush()


def open_of(ctx: Context, subscription_ids: Iterable[str], *, after: datetime | None = None) -> list[CreditGrantApplicationRow]:
    """Pending and failed ones in time order; those scheduled `after` a time."""
    query = select(CreditGrantApplicationRow).where(
        CreditGrantApplicationRow.subscription_id.in_(list(subscription_ids)), CreditGrantApplicationRow.application_status.in_(OPEN)
    )
    if after is not None:
        query = query.where(CreditGrantApplicationRow.scheduled_for > after)
    return list(ctx.session.scalars(query.order_by(CreditGrantApplicationRow.scheduled_for, CreditGrantApplicationRow.id)))


def terms(grant: CreditGrantRow, subscription: SubscriptionRow) -> GrantTerms:
    """When a SUBSCRIPTION grant gives credits."""
    start = grant.start_date or subscription.start_date
    period = grant.period if grant.cadence == "RECURRING" else ""
    return GrantTerms(start, grant.credit_grant_anchor or start, period, grant.period_count or 1, grant.end_date, subscription.timezone)


def cycle(subscription: SubscriptionRow) -> BillingCycle:
    """The subscription's billing periods."""
    return BillingCycle(
        subscription.start_date,
        subscription.billing_anchor,
        subscription.billing_period,
        subscription.billing_period_count,
        subscription.current_period_start,
        subscription.current_period_end,
        subscription.timezone,
    )


@due_kind(DUE_KIND)
def perform(ctx: Context, subject: dict[str, Any]) -> None:
    """An application's time has come."""
    row = ctx.session.get(CreditGrantApplicationRow, subject["application_id"])
    grant = ctx.session.get(CreditGrantRow, row.credit_grant_id) if row else None
    subscription = ctx.session.get(SubscriptionRow, row.subscription_id) if row else None
    if row is None or grant is None or subscription is None or row.application_status not in OPEN:
        return
    if subscription.current_period_end <= ctx.now and not subject.get("after_renewal"):
        # The subscription's own turn at this instant goes first, however the two were scheduled: it may end a trial, or everything.
        ctx.schedule(DUE_KIND, ctx.now, key=_key(row), application_id=row.id, after_renewal="true")
        return
    process(ctx, row, grant, subscription)


def _settle(ctx: Context, row: CreditGrantApplicationRow, grant: CreditGrantRow, subscription: SubscriptionRow) -> None:
    status = subscription.subscription_status
    if row.application_status == "failed":
        row.retry_count += 1
    if status in _APPLIES:
        _apply(ctx, row, grant, subscription)
    elif status == "paused":
        row.application_status = "skipped"
    elif status in _WAITS:
        row.scheduled_for = ctx.now + schedule.deferral(row.retry_count)
        row.application_status = "pending"
        row.retry_count += 1
    elif status == "cancelled":
        cancel(ctx, [grant.id], row.scheduled_for)


def _apply(ctx: Context, row: CreditGrantApplicationRow, grant: CreditGrantRow, subscription: SubscriptionRow) -> None:
    expiry = schedule.expiry_date(
        grant.expiration_type, row.period_start, grant.expiration_duration, grant.expiration_duration_unit, cycle(subscription)
    )
    if expiry is not None and expiry < ctx.now:
        row.application_status = "skipped"
        return
    try:
        with ctx.session.begin_nested():
            credit_wallet(ctx, row, grant, subscription, expiry)
    except ApiError as error:
        row.application_status, row.failure_reason = "failed", error.message
        return
    row.application_status, row.applied_at = "applied", ctx.now
    row.subscription_status_at_application = subscription.subscription_status


def _next(
    ctx: Context, row: CreditGrantApplicationRow, grant: CreditGrantRow, subscription: SubscriptionRow
) -> CreditGrantApplicationRow | None:
    period = schedule.following_period(terms(grant, subscription), GrantPeriod(row.period_start, row.period_end))
    return _add(ctx, grant, subscription, period, "recurring_credit_grant", grant.credits) if period else None


def _add(
    ctx: Context,
    grant: CreditGrantRow,
    subscription: SubscriptionRow,
    period: GrantPeriod,
    reason: str,
    credits: Decimal,
    metadata: Metadata | None = None,
) -> CreditGrantApplicationRow:
    return ctx.add(
        CreditGrantApplicationRow(
            id=ctx.new_id("cga"),
            credit_grant_id=grant.id,
            subscription_id=subscription.id,
            scheduled_for=period.start,
            period_start=period.start,
            period_end=period.end,
            credits=credits,
            application_reason=reason,
            application_status="pending",
            subscription_status_at_application=subscription.subscription_status,
            metadata_=metadata,
            **ctx.stamp(),
        )
    )


def _wait(ctx: Context, row: CreditGrantApplicationRow, retry_at: datetime | None = None) -> None:
    """Come back when it is scheduled, or at the next try where that is past."""
    # Not before the subscription's own turn: what is due is looked for a moment later, as the end of a billing period is.
    scheduled = min(row.scheduled_for, _LATEST) + AFTER_PERIOD_END
    moment = scheduled if retry_at is None else max(scheduled, retry_at)
    ctx.schedule(DUE_KIND, moment, key=_key(row), application_id=row.id)


def _key(row: CreditGrantApplicationRow) -> str:
    return f"{DUE_KIND}/{row.id}"
