"""/tasks/scheduled over HTTP."""

from flexprice_client.models.tasks import (
    CreateScheduledTaskRequest,
    DeleteScheduledTaskResponse,
    ListScheduledTasksResponse,
    ScheduledTaskFilter,
    ScheduledTaskResponse,
    TriggerForceRunRequest,
    TriggerForceRunResponse,
    UpdateScheduledTaskRequest,
)
from flexprice_emulator.tasks import schedules
from flexprice_emulator.wire.routing import Routes
from flexprice_emulator.workspace.context import Context

routes = Routes("Scheduled Tasks", permission="task:write")


@routes.post("/tasks/scheduled", status=201)
def create_scheduled_task(ctx: Context, body: CreateScheduledTaskRequest) -> ScheduledTaskResponse:
    return schedules.create(ctx, body)


@routes.get("/tasks/scheduled")
def list_scheduled_tasks(ctx: Context, query: ScheduledTaskFilter) -> ListScheduledTasksResponse:
    return schedules.search(ctx, query)


@routes.get("/tasks/scheduled/{id}")
def get_scheduled_task(ctx: Context, id: str) -> ScheduledTaskResponse:
    return schedules.to_response(ctx, schedules.get_row(ctx, id))


@routes.put("/tasks/scheduled/{id}")
def update_scheduled_task(ctx: Context, id: str, body: UpdateScheduledTaskRequest) -> ScheduledTaskResponse:
    return schedules.switch(ctx, schedules.get_row(ctx, id), body.enabled)


@routes.delete("/tasks/scheduled/{id}")
def delete_scheduled_task(ctx: Context, id: str) -> DeleteScheduledTaskResponse:
    schedules.archive(ctx, schedules.get_row(ctx, id))
    return DeleteScheduledTaskResponse(id=id, message="Scheduled task archived successfully", status="archived")


@routes.post("/tasks/scheduled/{id}/run", body_optional=True)
def trigger_scheduled_task_run(ctx: Context, id: str, body: TriggerForceRunRequest) -> TriggerForceRunResponse:
    return schedules.run(ctx, id, body)
