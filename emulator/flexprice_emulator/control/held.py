"""Which workspace a control request means, and the time values it may carry."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Header, HTTPException, Request
from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from flexprice_client.models.base import parse_time, time_text
from flexprice_emulator.control.duration import Duration
from flexprice_emulator.wire.errors import EmulatorError
from flexprice_emulator.wire.routing import Operation
from flexprice_emulator.workspace.clock import BEGIN, END
from flexprice_emulator.workspace.registry import SANDBOX_ID, Registry
from flexprice_emulator.workspace.workspace import Workspace, WorkspaceGone

_CONTROL = Operation("GET", "/_emulator", lambda: None)


def held(
    request: Request,
    environment_id: Annotated[str | None, Header(alias="X-Environment-ID")] = None,
    key: Annotated[str | None, Header(alias="x-api-key")] = None,
) -> Workspace:
    """The workspace of a request. Raises HTTPException."""
    registry: Registry = request.app.state.registry
    if key and not environment_id:
        try:
            workspace: Workspace = request.app.state.edge.authenticator.authenticate(_CONTROL, {"x-api-key": key})[1]
            workspace.refresh()
        except EmulatorError as error:
            raise HTTPException(error.status, "x-api-key: no such key, or its environment is gone") from None
        return workspace
    found = registry.get(environment_id or SANDBOX_ID)
    try:
        if found is not None:
            found.refresh()
            return found
    except WorkspaceGone:
        pass
    raise HTTPException(404, f"no environment {environment_id}")


def _server(request: Request) -> Any:
    return request.app.state.edge


def in_range(moment: datetime) -> datetime:
    """The time itself. Raises ValueError before BEGIN and after END of clocks."""
    if not BEGIN <= moment <= END:
        raise ValueError(f"not between {time_text(BEGIN)} and {time_text(END)}")
    return moment


def _moment(value: object) -> datetime:
    try:
        return in_range(parse_time(value))
    except ValueError as error:
        message = "{reason}; for example 2026-01-31T00:00:00Z"
        raise PydanticCustomError("time", message, {"reason": str(error)}) from None


def _duration(value: object) -> Duration:
    try:
        return Duration.parse(value)
    except ValueError as error:
        raise PydanticCustomError("duration", "{reason}", {"reason": str(error)}) from None


Held = Annotated[Workspace, Depends(held)]
"""`X-Environment-ID` or an API key names the workspace; without either it is the sandbox."""

Server = Annotated[Any, Depends(_server)]
Moment = Annotated[datetime, BeforeValidator(_moment), Field(description="Such as `2026-01-31T00:00:00Z`.")]
Span = Annotated[Duration, BeforeValidator(_duration), Field(description="ISO 8601, such as `P1M`, `P1DT12H` or `PT30M`.")]
