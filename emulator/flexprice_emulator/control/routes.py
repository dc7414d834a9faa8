"""/_emulator over HTTP. `X-Environment-ID` or an API key names the workspace; without either it is the sandbox."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Header, HTTPException
from pydantic import BaseModel, ConfigDict, Field

from flexprice_client.models.base import time_text
from flexprice_emulator.workspace.clock import ClockMode
from flexprice_emulator.workspace.registry import SANDBOX_ID, WORKSPACE_KEY, Registry
from flexprice_emulator.workspace.workspace import Workspace


class ClockRequest(BaseModel):
    """Set a workspace's clock. `now` defaults to its present time; `rate` counts in accelerated mode."""

    model_config = ConfigDict(extra="forbid")

    mode: ClockMode = "frozen"
    now: datetime | None = None
    rate: Annotated[float, Field(gt=0, le=1e9)] = 1.0


class ClockResponse(BaseModel):
    """A workspace's clock."""

    environment_id: str
    mode: ClockMode
    now: str
    rate: float


EnvironmentHeader = Annotated[str | None, Header(alias="X-Environment-ID")]
KeyHeader = Annotated[str | None, Header(alias="x-api-key")]


def control_router(registry: Registry) -> APIRouter:
    """The control plane's routes over a registry."""
    router = APIRouter(prefix="/_emulator", tags=["control"])

    def workspace(environment_id: str | None, key: str | None) -> Workspace:
        if key and not environment_id and WORKSPACE_KEY.match(key):
            return registry.for_key(key)
        found = registry.get(environment_id or SANDBOX_ID)
        if found is None:
            raise HTTPException(404, f"no environment {environment_id}")
        return found

    def shown(held: Workspace) -> ClockResponse:
        state = held.clock.state
        return ClockResponse(environment_id=held.environment_id, mode=state.mode, now=time_text(held.clock.now()), rate=state.rate)

    @router.get("/health")
    def health() -> dict[str, Any]:
        return {"status": "ok"}

    @router.get("/clock")
    def read_clock(environment_id: EnvironmentHeader = None, key: KeyHeader = None) -> ClockResponse:
        return shown(workspace(environment_id, key))

    @router.post("/clock")
    def set_clock(request: ClockRequest, environment_id: EnvironmentHeader = None, key: KeyHeader = None) -> ClockResponse:
        if request.now is not None and request.now.tzinfo is None:
            raise HTTPException(422, f"now: {request.now.isoformat()} has no zone; write it as 2026-01-31T00:00:00Z")
        held = workspace(environment_id, key)
        held.set_clock(request.mode, request.now, request.rate)
        return shown(held)

    return router
