"""What tasks do (operations.md Tasks, wire.md §4-5)."""

from collections.abc import Mapping

from sqlalchemy import ColumnElement

from flexprice_client.models.tasks import ListTasksResponse, TaskFilter, TaskResponse
from flexprice_emulator.tasks.tables import TaskRow
from flexprice_emulator.wire.errors import InvalidOperationError, NotFoundError, ValidationError
from flexprice_emulator.wire.listing import ListSpec, page
from flexprice_emulator.wire.present import present
from flexprice_emulator.workspace.context import Context

LIST = ListSpec(TaskRow, over_limit="echo", next_offset=False, order_checked=False)
# Which status may follow which.
NEXT: Mapping[str, tuple[str, ...]] = {
    "PENDING": ("PROCESSING", "FAILED"),
    "PROCESSING": ("COMPLETED", "FAILED"),
    "COMPLETED": (),
    "FAILED": ("PROCESSING",),
}
_MOMENTS = {"PROCESSING": "started_at", "COMPLETED": "completed_at", "FAILED": "failed_at"}


def search(ctx: Context, wanted: TaskFilter) -> ListTasksResponse:
    """A page of tasks; a status that does not exist finds none."""
    names = ("task_type", "entity_type", "task_status", "created_by", "scheduled_task_id")
    clauses: list[ColumnElement[bool]] = [getattr(TaskRow, name) == getattr(wanted, name) for name in names if getattr(wanted, name)]
    found = page(ctx, LIST, wanted, *clauses)
    return found.response([to_response(ctx, row) for row in found.rows])


def get_row(ctx: Context, task_id: str) -> TaskRow:
    """A task. Raises NotFoundError."""
    row = ctx.session.get(TaskRow, task_id)
    if row is None:
        raise NotFoundError("Task not found", {"task_id": task_id})
    return row


def set_status(ctx: Context, task_id: str, status: str) -> None:
    """Move a task on. Raises ValidationError for a status that does not exist, InvalidOperationError for one that cannot follow."""
    row = ctx.session.get(TaskRow, task_id)
    if status not in NEXT:
        # An unknown task is named first there, under either status; the class of the error is what tells the two apart.
        details = {"allowed_values": list(NEXT), "task_id": task_id} if row is not None else {"task_id": task_id}
        raise ValidationError("Invalid task status" if row is not None else "Task not found", details)
    if row is None:
        raise NotFoundError("Task not found", {"task_id": task_id})
    if status not in NEXT[row.task_status]:
        details = {"from": row.task_status, "to": status}
        raise InvalidOperationError(f"Task cannot go from {row.task_status} to {status}", details)
    row.task_status = status
    setattr(row, _MOMENTS[status], ctx.now)
    ctx.touch(row)


def file_url(ctx: Context, task_id: str) -> str:
    """Where an export's file lies. Raises InvalidOperationError for a task that left none."""
    row = get_row(ctx, task_id)
    if row.task_type != "EXPORT" or row.task_status != "COMPLETED" or not row.file_url:
        raise InvalidOperationError("Only the file of a completed export can be downloaded", {"task_id": task_id})
    return row.file_url


def to_response(ctx: Context, row: TaskRow) -> TaskResponse:
    """The wire's task."""
    return present(ctx, TaskResponse, row)
