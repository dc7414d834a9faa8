"""Cancelling, schedules and jobs, under /subscriptions."""

from typing import Any

from flexprice_client.models.subscription_lifecycle import (
    CancelScheduleRequest,
    CancelScheduleResponse,
    CancelSubscriptionRequest,
    CancelSubscriptionResponse,
    GetPendingSchedulesResponse,
    SubscriptionScheduleFilter,
    SubscriptionScheduleResponse,
)
from flexprice_emulator.subscriptions.lifecycle import jobs, schedules
from flexprice_emulator.subscriptions.lifecycle.cancel import cancel
from flexprice_emulator.subscriptions.reads import get_row
from flexprice_emulator.wire.routing import Routes
from flexprice_emulator.workspace.context import Context

routes = Routes("Subscriptions", permission="subscription:write")


@routes.post("/subscriptions/{id}/cancel")
def cancel_subscription(ctx: Context, id: str, body: CancelSubscriptionRequest) -> CancelSubscriptionResponse:
    return cancel(ctx, get_row(ctx, id), body)


@routes.get("/subscriptions/schedules")
def list_schedules(ctx: Context, query: SubscriptionScheduleFilter) -> GetPendingSchedulesResponse:
    return schedules.search(ctx, query)


@routes.get("/subscriptions/schedules/{schedule_id}")
def get_schedule(ctx: Context, schedule_id: str) -> SubscriptionScheduleResponse:
    return schedules.to_response(ctx, schedules.get_row(ctx, schedule_id))


@routes.get("/subscriptions/{id}/schedules")
def list_schedules_of_subscription(ctx: Context, id: str) -> GetPendingSchedulesResponse:
    return schedules.of_subscription(ctx, id)


@routes.post("/subscriptions/schedules/cancel", body_optional=True)
def cancel_schedule(ctx: Context, body: CancelScheduleRequest) -> CancelScheduleResponse:
    return schedules.cancel(ctx, body)


@routes.post("/subscriptions/schedules/{schedule_id}/cancel", body_optional=True)
def cancel_schedule_by_id(ctx: Context, schedule_id: str, body: CancelScheduleRequest) -> CancelScheduleResponse:
    return schedules.cancel(ctx, body.model_copy(update={"schedule_id": schedule_id}))


@routes.post("/subscriptions/temporal/schedule-update-billing-period", body_optional=True)
def schedule_update_billing_period(ctx: Context) -> str:
    return jobs.roll_periods(ctx)


@routes.post("/subscriptions/temporal/schedule-draft-finalization", body_optional=True)
def schedule_draft_finalization(ctx: Context) -> str:
    return jobs.finalize_drafts(ctx)


@routes.post("/subscriptions/temporal/{subscription_id}/trigger-workflow", body_optional=True)
def trigger_workflow(ctx: Context, subscription_id: str) -> dict[str, Any]:
    return jobs.trigger_workflow(ctx, subscription_id)
