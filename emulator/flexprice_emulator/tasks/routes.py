"""/tasks over HTTP."""

from flexprice_client.models.tasks import ListTasksResponse, TaskFilter, TaskResponse, UpdateTaskStatusRequest
from flexprice_emulator.tasks import service
from flexprice_emulator.wire.routing import Routes
from flexprice_emulator.workspace.context import Context

routes = Routes("Tasks", permission="task:write")


@routes.get("/tasks")
def list_tasks(ctx: Context, query: TaskFilter) -> ListTasksResponse:
    return service.search(ctx, query)


@routes.get("/tasks/{id}")
def get_task(ctx: Context, id: str) -> TaskResponse:
    return service.to_response(ctx, service.get_row(ctx, id))


@routes.get("/tasks/{id}/download")
def download_task_export(ctx: Context, id: str) -> dict[str, str]:
    return {"presigned_url": service.file_url(ctx, id)}


@routes.put("/tasks/{id}/status")
def update_task_status(ctx: Context, id: str, body: UpdateTaskStatusRequest) -> str:
    service.set_status(ctx, id, body.task_status)
    return "Task status updated successfully"
