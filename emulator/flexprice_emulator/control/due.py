"""/_emulator/due and /_emulator/settle: what will happen next, and waiting until nothing is due."""

from typing import Annotated, Literal

from fastapi import Query

from flexprice_client.models.base import time_text
from flexprice_emulator.control.clock import closing
from flexprice_emulator.control.held import Held, Server
from flexprice_emulator.control.models import DueItem, DueResponse, TimeReport
from flexprice_emulator.workspace import due, due_rows
from flexprice_emulator.workspace.due_state import WorkspaceClosing


def list_due(
    workspace: Held,
    state: Literal["waiting", "running", "done", "failed"] = "waiting",
    limit: Annotated[int, Query(ge=1, le=due.LISTED)] = 100,
) -> DueResponse:
    """Rows of one state in time order."""
    with workspace.transaction() as session:
        rows, count = due_rows.listed(session, state, limit)
    items = [DueItem(**{**row._mapping, "due_at": time_text(row.due_at)}) for row in rows]
    return DueResponse(environment_id=workspace.environment_id, now=time_text(workspace.clock.now()), items=items, count=count)


def settle(workspace: Held, server: Server) -> TimeReport:
    """Perform all that is due at the present time; returns when nothing is."""
    try:
        report = due.settle(workspace, server)
    except WorkspaceClosing:
        raise closing() from None
    return TimeReport.of_report(workspace, report)
