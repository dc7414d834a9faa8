"""What the control plane answers for errors that any of its routes may meet."""

import json
from collections.abc import Callable
from typing import Any

from fastapi import FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from flexprice_emulator.control.named import ID_PATTERN, KEY_PATTERN, SNAPSHOT_PATTERN
from flexprice_emulator.control.request_models import STATUS
from flexprice_emulator.faults.matching import UnknownName
from flexprice_emulator.rating.periods import BeyondCalendar
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
    BeyondCalendar: (400, "{}"),
    ContentReplaced: (409, "the workspace was restored, reset or replaced meanwhile; what was still to be done is not done"),
    WorkspaceGone: (404, "the workspace was deleted meanwhile"),
}
NO_OPERATION = "no operation is called so; give *, a method and path such as POST /v1/customers/{id}, or a name such as create_customer"
_PATTERNS = {
    KEY_PATTERN: "sk_ws_ and 1 to 128 letters, digits, _, - or .",
    ID_PATTERN: "1 to 48 letters, digits, _ or -",
    SNAPSHOT_PATTERN: "1 to 48 letters, digits, _, - or ., of which the first is neither - nor .",
    STATUS: "a status such as 201, one such as 4xx, or none",
}
# How much of a wrong value is said again.
_SHOWN = 200
_LISTED = 20


def add_refusals(app: FastAPI) -> None:
    """Answer them as HTTPException does."""
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(404, _nowhere)
    app.add_exception_handler(405, _nowhere)
    for kind, (status, text) in REFUSALS.items():
        app.add_exception_handler(kind, _answer(status, text))


def not_called_so(place: tuple[str, ...], text: str, unknown: UnknownName, allowed: str = NO_OPERATION) -> RequestValidationError:
    """The refusal of an operation that is none, with those that look like it."""
    near = f"; did you mean {' or '.join(unknown.near)}?" if unknown.near else ""
    return RequestValidationError([{"type": "operation", "loc": place, "msg": allowed + near, "input": text}])


def _answer(status: int, text: str) -> Callable[[Request, Exception], Response]:
    def answer(_: Request, error: Any) -> Response:
        return JSONResponse({"detail": text.format(*error.args)}, status)

    return answer


def _invalid(_: Request, error: Any) -> Response:
    """Each wrong place with the value that is there and what is allowed."""
    problems = [{**problem, "msg": _said(problem), "input": _shown(problem.get("input"))} for problem in error.errors()[:_LISTED]]
    return JSONResponse({"detail": jsonable_encoder(problems)}, 422)


def _said(problem: dict[str, Any]) -> str:
    """What is wrong; a pattern in words."""
    words = _PATTERNS.get(problem.get("ctx", {}).get("pattern", ""))
    return str(problem["msg"]) if words is None else f"give {words}"


def _shown(value: Any) -> Any:
    """A value as it is; or as text, where it is no JSON, and the beginning of that, where it is long."""
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    try:
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, allow_nan=False)
    except (ValueError, TypeError):
        value = text = str(value)
    return value if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def _nowhere(request: Request, error: Any) -> Response:
    """No such route, which says where all of them are; or what a handler says."""
    wrong: HTTPException = error
    path, detail = request.url.path[:_SHOWN], wrong.detail
    if wrong.status_code == 405:
        detail = f"{path} is not for {request.method}; it is for {(wrong.headers or {}).get('Allow')}"
    elif detail == "Not Found":
        detail = f"no route {request.method} {path}; all of them: /_emulator/docs"
    return JSONResponse({"detail": detail}, wrong.status_code, wrong.headers)
