"""What the control plane answers for errors that any of its routes may meet."""

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

from flexprice_emulator.workspace.archive import BadArchive
from flexprice_emulator.workspace.copies import NoSnapshot, SnapshotExists
from flexprice_emulator.workspace.due_state import ContentReplaced
from flexprice_emulator.workspace.registry import EnvironmentExists
from flexprice_emulator.workspace.workspace import WorkspaceGone

REFUSALS: dict[type[Exception], tuple[int, str]] = {
    NoSnapshot: (404, "no snapshot {}"),
    SnapshotExists: (409, "there is a snapshot {} already; give another name, or replace: true"),
    EnvironmentExists: (409, "there is an environment {} already"),
    BadArchive: (400, "{}"),
    ContentReplaced: (409, "the workspace was restored, reset or replaced meanwhile; what was still to be done is not done"),
    WorkspaceGone: (404, "the workspace was deleted meanwhile"),
}


def add_refusals(app: FastAPI) -> None:
    """Answer them as HTTPException does."""
    for kind, (status, text) in REFUSALS.items():
        app.add_exception_handler(kind, _answer(status, text))


def _answer(status: int, text: str) -> Callable[[Request, Exception], Response]:
    def answer(_: Request, error: Any) -> Response:
        return JSONResponse({"detail": text.format(*error.args)}, status)

    return answer
