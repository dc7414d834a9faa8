"""Recurring exports to a bucket (operations.md Scheduled Tasks).

No bucket is reached from here: a run leaves its task FAILED with the reason, and its job run complete, so that
whatever watches runs can be tried without storage.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select

from flexprice_client.models.base import Pagination
from flexprice_client.models.tasks import (
    CreateScheduledTaskRequest,
    ListScheduledTasksResponse,
    ScheduledTaskFilter,
    ScheduledTaskResponse,
    TriggerForceRunRequest,
    TriggerForceRunResponse,
)
from flexprice_emulator.connections.service import get_row as get_connection
from flexprice_emulator.tasks.tables import ScheduledTaskRow, TaskRow
from flexprice_emulator.wire.errors import DatabaseError, NotFoundError, ValidationError
from flexprice_emulator.wire.present import present
from flexprice_emulator.workflows.service import record
from flexprice_emulator.workspace.context import Context

INTERVALS = {
    "15MIN": timedelta(minutes=15),
    "30MIN": timedelta(minutes=30),
    "custom": timedelta(minutes=10),
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
}
ENTITY_TYPES = ("events", "invoice", "credit_topups", "credit_usage", "usage_analytics")
_COMPRESSIONS = ("none", "gzip")
_ENCRYPTIONS = ("AES256", "aws:kms", "aws:kms:dsse")
_UNKNOWN = "Scheduled task with given ID not found"
_UNREACHED = "No bucket is reached from the emulator: nothing was exported"


def create(ctx: Context, request: CreateScheduledTaskRequest) -> ScheduledTaskResponse:
    """A new recurring export. Raises ValidationError, or NotFoundError for an unknown connection."""
    _one_of("Interval", request.interval, tuple(INTERVALS))
    _one_of("Entity type", request.entity_type, ENTITY_TYPES)
    config = request.job_config
    if config is None or not config.bucket or not config.region:
        raise ValidationError("Job config requires a bucket and a region")
    if config.compression:
        _one_of("Compression", config.compression, _COMPRESSIONS)
    if config.encryption:
        _one_of("Encryption", config.encryption, _ENCRYPTIONS)
    get_connection(ctx, request.connection_id)
    row = ScheduledTaskRow(
        id=ctx.new_id("schtask"),
        job_config=config.to_wire(),
        **request.model_dump(include={"connection_id", "entity_type", "interval", "enabled"}),
        **ctx.stamp(),
    )
    return to_response(ctx, ctx.add(row))


def get_row(ctx: Context, scheduled_task_id: str) -> ScheduledTaskRow:
    """A recurring export, archived ones included. Raises NotFoundError."""
    row = ctx.session.get(ScheduledTaskRow, scheduled_task_id)
    if row is None:
        raise NotFoundError(_UNKNOWN)
    return row


def search(ctx: Context, wanted: ScheduledTaskFilter) -> ListScheduledTasksResponse:
    """Recurring exports, newest first; without a limit all of them, shown as limit 0. `total` is the page's length."""
    limit, offset = wanted.limit or 0, max(wanted.offset or 0, 0)
    clauses: list[ColumnElement[bool]] = [ScheduledTaskRow.status == (wanted.status or "published")]
    for name in ("connection_id", "entity_type", "interval"):
        if getattr(wanted, name):
            clauses.append(getattr(ScheduledTaskRow, name) == getattr(wanted, name))
    if wanted.enabled is not None:
        clauses.append(ScheduledTaskRow.enabled == wanted.enabled)
    query = select(ScheduledTaskRow).where(*clauses).order_by(ScheduledTaskRow.created_at.desc(), ScheduledTaskRow.id.desc())
    if limit > 0:
        query = query.limit(min(limit, 1 << 62))
    rows = ctx.session.scalars(query.offset(min(offset, 1 << 62))).all()
    return ListScheduledTasksResponse.model_construct(
        items=[to_response(ctx, row) for row in rows],
        pagination=Pagination.model_construct(total=len(rows), limit=limit, offset=offset),
    )


def switch(ctx: Context, row: ScheduledTaskRow, enabled: bool | None) -> ScheduledTaskResponse:
    """Enable or pause."""
    if enabled is None:
        raise ValidationError("Please provide enabled field (true or false)")
    row.enabled = enabled
    ctx.touch(row)
    return to_response(ctx, row)


def archive(ctx: Context, row: ScheduledTaskRow) -> None:
    """Archive: it stays readable by id."""
    row.status = "archived"
    row.enabled = False
    ctx.touch(row)


def run(ctx: Context, scheduled_task_id: str, request: TriggerForceRunRequest) -> TriggerForceRunResponse:
    """Run once, for the given range or the interval that is running."""
    row = ctx.session.get(ScheduledTaskRow, scheduled_task_id)
    if row is None:
        # The reference answers 500 here, every time.
        raise DatabaseError(_UNKNOWN)
    start, end, mode = _range(ctx.now, row.interval, request)
    task = ctx.add(
        TaskRow(
            id=ctx.new_id("task"),
            task_type="EXPORT",
            entity_type=row.entity_type,
            scheduled_task_id=row.id,
            file_type="CSV",
            task_status="FAILED",
            error_summary=_UNREACHED,
            metadata_={"start_time": start, "end_time": end},
            started_at=ctx.now,
            failed_at=ctx.now,
            **ctx.stamp(),
        )
    )
    task.workflow_id = task.id
    record(ctx, task.id, "ExecuteExportWorkflow", "export", "scheduled_task", row.id)
    return TriggerForceRunResponse(
        workflow_id=task.id, message="Force run triggered successfully", start_time=start, end_time=end, mode=mode
    )


def to_response(ctx: Context, row: ScheduledTaskRow) -> ScheduledTaskResponse:
    """The wire's recurring export."""
    return present(ctx, ScheduledTaskResponse, row)


def _range(now: datetime, interval: str, request: TriggerForceRunRequest) -> tuple[datetime, datetime, str]:
    """(start, end, mode)."""
    if request.start_time is None and request.end_time is None:
        length = INTERVALS[interval]
        day = now.replace(hour=0, minute=0, second=0, microsecond=0)
        start = day + (now - day) // length * length
        return start, start + length, "force run"
    if request.start_time is None or request.end_time is None:
        raise ValidationError("Provide both start_time and end_time, or neither")
    if request.end_time <= request.start_time:
        raise ValidationError("end_time must be after start_time")
    return request.start_time, request.end_time, "custom"


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise ValidationError(f"{name} must be one of: {', '.join(allowed)}")
