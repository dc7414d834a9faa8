"""The ASGI application: the emulated API, and before it the control plane, which is a FastAPI application of its own.

The control plane is loaded when it is first asked for, so that the server listens at once (docs/adr/0004).
"""

import threading
from collections.abc import Awaitable, Callable, MutableMapping
from types import SimpleNamespace
from typing import Any

import anyio.to_thread

from flexprice_emulator.faults.book import FaultBook
from flexprice_emulator.platform.auth import DEFAULT_KEY, Authenticator
from flexprice_emulator.request_log.ring import LAST, RequestLog
from flexprice_emulator.wire.edge import Edge
from flexprice_emulator.wire.table import ApiTable
from flexprice_emulator.workspace.registry import Registry
from flexprice_emulator.workspace.runner import Runner

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
ASGI = Callable[[Scope, Receive, Send], Awaitable[None]]

CONTROL = "/_emulator"


class Application:
    """The whole server. `state` holds `registry` and `edge`, for the control plane and for tools in the same process."""

    def __init__(self, registry: Registry, edge: Edge, *, control: bool) -> None:
        self.state = SimpleNamespace(registry=registry, edge=edge)
        self._edge, self._with_control = edge, control
        self._control: ASGI | None = None
        self._lock = threading.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1000})
        elif self._with_control and scope["path"].startswith(CONTROL):
            control = self._control
            if control is None:
                control = await anyio.to_thread.run_sync(self._load_control)
            await control(scope, receive, send)
        else:
            await self._edge(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        runner = Runner(self.state.registry, self._edge)
        runner.start()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        runner.stop()
        self.state.registry.close()
        await send({"type": "lifespan.shutdown.complete"})

    def load(self) -> None:
        """Import all that is imported on first use."""
        self._edge.table.load_all()
        if self._with_control:
            self._load_control()

    def _load_control(self) -> ASGI:
        with self._lock:
            if self._control is None:
                from flexprice_emulator.control.routes import control_app

                self._control = control_app(self.state)
            return self._control


def create_app(registry: Registry, *, keys: tuple[str, ...] = (DEFAULT_KEY,), control: bool = True, request_log: int = LAST) -> Application:
    """The whole server over `registry`, which is closed with it.

    `control=False` leaves /_emulator out, and with it fault rules and the request log. `request_log`: how many requests each
    workspace keeps; 0 keeps none.
    """
    edge = Edge(registry, Authenticator(registry, keys=keys), ApiTable())
    if control:
        edge.faults = FaultBook()
        edge.request_log = RequestLog(request_log) if request_log else None
    return Application(registry, edge, control=control)
