"""Reading and dropping what is scheduled (subscriptions.md §10; wire.md §3 for its own error bodies)."""

from datetime import timedelta

from sqlalchemy import select

from flexprice_client.models.subscription_lifecycle import (
    CancelScheduleRequest,
    CancelScheduleResponse,
    GetPendingSchedulesResponse,
    SubscriptionScheduleFilter,
    SubscriptionScheduleResponse,
)
from flexprice_emulator.subscriptions.lifecycle import schedule_rows
from flexprice_emulator.subscriptions.tables import SubscriptionScheduleRow
from flexprice_emulator.wire.errors import BareError, ValidationError
from flexprice_emulator.wire.present import present
from flexprice_emulator.workspace.context import Context

_DAY = timedelta(days=1)
_LIMIT = 50


def get_row(ctx: Context, schedule_id: str) -> SubscriptionScheduleRow:
    """Raises BareError 404."""
    row = ctx.session.get(SubscriptionScheduleRow, schedule_id)
    if row is None or row.status != "published":
        raise BareError(404, {"error": "Schedule not found"})
    return row


def to_response(ctx: Context, row: SubscriptionScheduleRow) -> SubscriptionScheduleResponse:
    left = row.scheduled_at - ctx.now
    days = left // _DAY if left >= timedelta(0) else -(-left // _DAY)
    return present(
        ctx,
        SubscriptionScheduleResponse,
        row,
        status=row.schedule_status,
        days_until_execution=days,
        can_be_cancelled=row.schedule_status == "pending" and left > timedelta(0),
    )


def search(ctx: Context, wanted: SubscriptionScheduleFilter) -> GetPendingSchedulesResponse:
    """All schedules of the environment, newest first. Raises BareError 500 for a negative limit or offset, as the reference does."""
    limit = _LIMIT if wanted.limit is None else wanted.limit
    offset = wanted.offset or 0
    if limit < 0 or offset < 0:
        raise BareError(500, {"error": "Failed to list subscription schedules"})
    query = select(SubscriptionScheduleRow).where(SubscriptionScheduleRow.status == "published")
    query = query.order_by(SubscriptionScheduleRow.created_at.desc(), SubscriptionScheduleRow.id.desc())
    return _answer(ctx, list(ctx.session.scalars(query.limit(limit or _LIMIT).offset(offset))))


def of_subscription(ctx: Context, subscription_id: str) -> GetPendingSchedulesResponse:
    """What is and was scheduled for one subscription, newest first; nothing for an unknown one."""
    query = select(SubscriptionScheduleRow).where(
        SubscriptionScheduleRow.subscription_id == subscription_id, SubscriptionScheduleRow.status == "published"
    )
    rows = ctx.session.scalars(query.order_by(SubscriptionScheduleRow.created_at.desc(), SubscriptionScheduleRow.id.desc()))
    return _answer(ctx, list(rows))


def cancel(ctx: Context, request: CancelScheduleRequest) -> CancelScheduleResponse:
    """Drop one by id, or the waiting one of a subscription and type. Raises BareError 400 and 404."""
    row = _wanted(ctx, request)
    try:
        schedule_rows.cancel_schedule(ctx, row)
    except ValidationError as error:
        raise BareError(400, {"error": error.message}) from None
    return CancelScheduleResponse.model_construct(status=row.schedule_status, message="Schedule cancelled successfully")


def _wanted(ctx: Context, request: CancelScheduleRequest) -> SubscriptionScheduleRow:
    if request.schedule_id:
        return get_row(ctx, request.schedule_id)
    if not request.subscription_id or not request.schedule_type:
        raise BareError(400, {"error": "Either schedule_id or both subscription_id and schedule_type must be provided"})
    if request.schedule_type not in (schedule_rows.CANCELLATION, schedule_rows.PLAN_CHANGE):
        raise BareError(400, {"error": f"Invalid schedule type: {request.schedule_type}"})
    found = schedule_rows.pending(ctx, request.subscription_id, request.schedule_type)
    if not found:
        raise BareError(404, {"error": "No pending schedule found for the subscription"})
    return found[0]


def _answer(ctx: Context, rows: list[SubscriptionScheduleRow]) -> GetPendingSchedulesResponse:
    return GetPendingSchedulesResponse.model_construct(schedules=[to_response(ctx, row) for row in rows], count=len(rows))
