"""/_emulator/settings: what is in force here, and where each can be changed."""

from pathlib import Path
from typing import Any

from fastapi import Request
from pydantic import BaseModel

from flexprice_client.models.base import time_text
from flexprice_emulator.control.fault_models import LONGEST_LATENCY
from flexprice_emulator.control.held import Held, Server
from flexprice_emulator.request_log.record import BODY_LIMIT
from flexprice_emulator.versions import versions
from flexprice_emulator.wire.routing import EVENT_BODY_LIMIT
from flexprice_emulator.workspace.clock import BEGIN, END
from flexprice_emulator.workspace.registry import Registry

FIXED = "cannot be changed"


class Setting(BaseModel):
    """`changed_by`: the option of `serve` (then it needs a restart), the route, or that it cannot be changed."""

    name: str
    value: Any
    changed_by: str


class Settings(BaseModel):
    """Of the server and of one workspace."""

    environment_id: str
    versions: dict[str, str]
    server: list[Setting]
    workspace: list[Setting]
    limits: list[Setting]


def read_settings(request: Request, workspace: Held, server: Server) -> Settings:
    """All of them. No secrets: keys are not shown, and a URL comes without its password."""
    clock, log = workspace.clock.state, server.request_log
    host, port = request.scope.get("server") or ("", None)
    return Settings(
        environment_id=workspace.environment_id,
        versions=versions(),
        server=[
            Setting(name="host", value=host, changed_by="serve --host"),
            Setting(name="port", value=port, changed_by="serve --port"),
            Setting(name="data", value=stored_in(server.registry), changed_by="serve --data or --database-url"),
            Setting(name="control", value=True, changed_by="serve --no-control"),
            Setting(name="request_log", value=0 if log is None else log.last, changed_by="serve --request-log"),
        ],
        workspace=[
            Setting(name="clock.mode", value=clock.mode, changed_by="POST /_emulator/clock"),
            Setting(name="clock.now", value=time_text(workspace.clock.now()), changed_by="POST /_emulator/clock/advance"),
            Setting(name="clock.rate", value=clock.rate, changed_by="POST /_emulator/clock"),
            Setting(name="webhooks.mode", value=_webhook_mode(workspace, server), changed_by="PUT /_emulator/webhooks/mode"),
            Setting(name="faults", value=len(server.faults.rules(workspace.environment_id)), changed_by="POST /_emulator/faults"),
        ],
        limits=[
            Setting(name="body_bytes", value=None, changed_by=FIXED),
            Setting(name="event_body_bytes", value=EVENT_BODY_LIMIT, changed_by=FIXED),
            Setting(name="clock.begin", value=time_text(BEGIN), changed_by=FIXED),
            Setting(name="clock.end", value=time_text(END), changed_by=FIXED),
            Setting(name="request_log.body_bytes", value=BODY_LIMIT, changed_by=FIXED),
            Setting(name="request_log.workspace_bytes", value=0 if log is None else log.workspace_bytes, changed_by=FIXED),
            Setting(name="request_log.all_bytes", value=0 if log is None else log.all_bytes, changed_by=FIXED),
            Setting(name="faults.latency_seconds", value=LONGEST_LATENCY.total_seconds(), changed_by=FIXED),
        ],
    )


def stored_in(registry: Registry) -> str:
    """A folder, a URL without its password, or `memory`."""
    target = getattr(registry.databases, "target", None)
    if target is not None:
        shown: str = target.shown()
        return shown
    with registry.root.lock:
        file = registry.databases.root.connection.execute("PRAGMA database_list").fetchone()[2]
    return str(Path(file).parent) if file else "memory"


def _webhook_mode(workspace: Held, server: Server) -> str:
    from flexprice_emulator.webhooks.mode import mode
    from flexprice_emulator.workspace.context import Context

    with workspace.transaction() as session:
        return mode(Context(workspace, session, workspace.clock.now(), server=server))
