"""Recording and reading job runs (operations.md Workflows)."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, select

from flexprice_client.models.workflows import (
    ListWorkflowsResponse,
    WorkflowExecutionDTO,
    WorkflowExecutionFilter,
    WorkflowIdentity,
    WorkflowTimelineEvent,
    WorkflowTimelineResponse,
)
from flexprice_emulator.wire.errors import NotFoundError
from flexprice_emulator.wire.listing import ListSpec, page
from flexprice_emulator.wire.present import present
from flexprice_emulator.workflows.tables import WorkflowRunRow
from flexprice_emulator.workspace.context import Context

LIST = ListSpec(
    WorkflowRunRow,
    statuses=None,
    time_column="start_time",
    default_order=("start_time",),
    conditions_checked=True,
    unknown_field_hint="Failed to list workflows",
)


def record(ctx: Context, workflow_id: str, workflow_type: str, task_queue: str, entity: str, entity_id: str) -> WorkflowRunRow:
    """Note a run that is done."""
    return ctx.add(
        WorkflowRunRow(
            run_id=str(UUID(int=int.from_bytes(ctx.new_id("run").encode()[-16:]))),
            workflow_id=workflow_id,
            workflow_type=workflow_type,
            task_queue=task_queue,
            workflow_status="Completed",
            entity=entity,
            entity_id=entity_id,
            start_time=ctx.now,
            close_time=ctx.now,
            created_by=ctx.user_id,
        )
    )


def search(ctx: Context, wanted: WorkflowExecutionFilter) -> ListWorkflowsResponse:
    """A page of runs, latest first."""
    found = page(ctx, LIST, wanted, *_clauses(wanted))
    return found.response([to_response(ctx, row) for row in found.rows])


def get_row(ctx: Context, workflow_id: str, run_id: str) -> WorkflowRunRow:
    """One run. Raises NotFoundError."""
    row = ctx.session.get(WorkflowRunRow, run_id)
    if row is None or row.workflow_id != workflow_id:
        raise NotFoundError("Workflow not found")
    return row


def batch(ctx: Context, wanted: Sequence[WorkflowIdentity]) -> list[WorkflowExecutionDTO]:
    """Several runs in the order asked for. Raises NotFoundError where one is unknown."""
    rows = ctx.session.scalars(select(WorkflowRunRow).where(WorkflowRunRow.run_id.in_([key.run_id for key in wanted])))
    known = {(row.workflow_id, row.run_id): row for row in rows}
    try:
        return [to_response(ctx, known[key.workflow_id, key.run_id]) for key in wanted]
    except KeyError:
        raise NotFoundError("Workflow not found") from None


def timeline(row: WorkflowRunRow) -> WorkflowTimelineResponse:
    """Start and end of a run."""
    steps = [("WorkflowExecutionStarted", row.start_time), (f"WorkflowExecution{row.workflow_status}", row.close_time)]
    return WorkflowTimelineResponse.model_construct(
        workflow_id=row.workflow_id,
        run_id=row.run_id,
        timeline=[WorkflowTimelineEvent(event_type=name, timestamp=moment) for name, moment in steps if moment is not None],
    )


def to_response(ctx: Context, row: WorkflowRunRow) -> WorkflowExecutionDTO:
    """The wire's run."""
    took = None if row.close_time is None else (row.close_time - row.start_time) // timedelta(milliseconds=1)
    return present(ctx, WorkflowExecutionDTO, row, status=row.workflow_status, duration_ms=took)


def _clauses(wanted: WorkflowExecutionFilter) -> list[ColumnElement[bool]]:
    names = ("workflow_id", "workflow_type", "task_queue", "workflow_status", "entity", "entity_id")
    return [getattr(WorkflowRunRow, name) == getattr(wanted, name) for name in names if getattr(wanted, name)]
