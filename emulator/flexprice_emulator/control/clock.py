"""/_emulator/clock: read it, set it, move it forward."""

from datetime import datetime

from fastapi import HTTPException
from fastapi.exceptions import RequestValidationError

from flexprice_client.models.base import time_text
from flexprice_emulator.control.held import Held, Server, in_range
from flexprice_emulator.control.models import AdvanceRequest, ClockRequest, ClockResponse, TimeReport
from flexprice_emulator.workspace import due
from flexprice_emulator.workspace.clock import END
from flexprice_emulator.workspace.due_state import WorkspaceClosing


def read_clock(workspace: Held) -> ClockResponse:
    """The workspace's mode and present time."""
    return ClockResponse.of(workspace)


def set_clock(request: ClockRequest, workspace: Held, server: Server) -> TimeReport:
    """Set mode and time. Forward it performs what becomes due on the way, unless `settle` is false; back it undoes nothing."""
    try:
        report = due.set_clock(
            workspace, request.mode, request.now, request.rate, perform=request.settle, server=server, limit=request.limit
        )
    except WorkspaceClosing:
        raise closing() from None
    return TimeReport.of_report(workspace, report)


def advance_clock(request: AdvanceRequest, workspace: Held, server: Server) -> TimeReport:
    """Move forward, performing what falls due on the way at its time. A real clock becomes shifted, a frozen one stays frozen.

    After `limit` rows it stops where it is: `stopped` says so, and how to go on.
    """

    def target(now: datetime) -> datetime:
        if request.by is None:
            return request.to or now
        try:
            return in_range(request.by.after(now))
        except (OverflowError, ValueError):
            raise _refused("by", request.by.text, f"leads from {time_text(now)} beyond {time_text(END)}, where time ends") from None

    try:
        report = due.advance(workspace, target, server, limit=request.limit)
    except due.PastTime as past:
        reason = f"is before the present time {time_text(past.now)}; to go back, set the clock (POST /_emulator/clock)"
        raise _refused("to", time_text(past.to), reason) from None
    except WorkspaceClosing:
        raise closing() from None
    return TimeReport.of_report(workspace, report)


def closing() -> HTTPException:
    """The answer while the server stops."""
    return HTTPException(503, "the server is stopping; what is due is performed after its next start")


def _refused(name: str, value: str, reason: str) -> RequestValidationError:
    return RequestValidationError([{"type": "advance", "loc": ("body", name), "msg": reason, "input": value}])
