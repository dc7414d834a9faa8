"""/_emulator/health."""

from typing import Literal

from pydantic import BaseModel

from flexprice_emulator.control.held import Server
from flexprice_emulator.versions import versions


class Health(BaseModel):
    """The server answers. `workspaces` are those that are open; `uptime_seconds` counts from when it was made, in real time."""

    status: Literal["ok"] = "ok"
    versions: dict[str, str]
    uptime_seconds: float
    workspaces: int


def health(server: Server) -> Health:
    """What is running, and since when."""
    return Health(versions=versions(), uptime_seconds=round(server.uptime(), 3), workspaces=len(server.registry.opened()))
