"""Starting and stopping the server. Whatever keeps it from starting is one clear line."""

import gc
import signal
import socket
import threading
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import uvicorn

from flexprice_client.models.base import parse_time, time_text
from flexprice_emulator.app import CONTROL, Application, create_app
from flexprice_emulator.cli.storage import Storage, Unusable, chosen
from flexprice_emulator.platform.auth import DEFAULT_KEY
from flexprice_emulator.wire.edge import BASE, Edge
from flexprice_emulator.workspace.clock import ClockState, machine_time
from flexprice_emulator.workspace.registry import Registry

SHUTDOWN_SECONDS = 5
LOAD_AFTER_SECONDS = 0.2


class StartFailure(Exception):
    """Why the server cannot start, in one line."""


@dataclass(frozen=True)
class ServeOptions:
    host: str = "127.0.0.1"
    port: int = 8080
    data: Path | None = None
    ephemeral: bool = False
    database_url: str | None = None
    rules: tuple[Path, ...] = ()
    clock: str = "real"
    seed: str | None = None
    webhooks: tuple[str, ...] = ()
    control: bool = True
    request_log: int = 1000


def run(options: ServeOptions) -> None:
    """Serve until stopped. Raises StartFailure."""
    storage = _storage(options)
    clock = _clock(options.clock)
    listener = _listen(options.host, options.port)
    try:
        try:
            registry = storage.registry(clock, options.seed)
        except Unusable as unusable:
            raise StartFailure(str(unusable)) from None
        app = create_app(registry, control=options.control, request_log=options.request_log)
        if options.rules:
            _seed(registry, app.state.edge, options.rules)
        if options.webhooks:
            _seed_webhooks(registry, options.webhooks)
    except BaseException:
        listener.close()
        raise
    host, port = listener.getsockname()[:2]
    origin = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    print(f"flexprice-emulator listens on {origin}{BASE}", flush=True)
    control = f"; control plane {origin}{CONTROL}" if options.control else ""
    print(f"  key {DEFAULT_KEY}; data {storage}; clock {options.clock}{control}", flush=True)
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, timeout_graceful_shutdown=SHUTDOWN_SECONDS, server_header=False, lifespan="on"
    )
    # The server shuts down in order on either signal and then passes it on to whoever handled it before: nobody, so that the exit is 0.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    _Server(config, app).run(sockets=[listener])


class _Server(uvicorn.Server):
    """Loads the rest of the server once it answers, and stops a long advance at its next row, so that it can answer before the end."""

    def __init__(self, config: uvicorn.Config, app: Application) -> None:
        super().__init__(config)
        self._app = app

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        gc.freeze()
        gc.enable()
        # The first request of each domain need not pay for its import, and the first request of all need not wait for the others'.
        timer = threading.Timer(LOAD_AFTER_SECONDS, self._app.load)
        timer.daemon = True
        timer.start()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._app.state.registry.leave_due()
        super().handle_exit(sig, frame)


def _storage(options: ServeOptions) -> Storage:
    try:
        return chosen(options.data, options.database_url, ephemeral=options.ephemeral)
    except Unusable as unusable:
        raise StartFailure(str(unusable)) from None


def _clock(text: str) -> ClockState | None:
    if text == "real":
        return None
    try:
        return ClockState("frozen", parse_time(text), machine_time())
    except ValueError:
        raise StartFailure(f"--clock {text}: give `real` or an RFC 3339 time with a zone, such as {time_text(machine_time())}") from None


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        # From here on requests wait instead of being refused.
        listener.listen(2048)
    except OSError as error:
        listener.close()
        raise StartFailure(f"cannot listen on {host}:{port}: {error.strerror or error}") from None
    return listener


def _seed(registry: Registry, edge: Edge, files: tuple[Path, ...]) -> None:
    """Apply rule files to what every new workspace is copied from, and to the sandbox."""
    from flexprice_emulator.cli.seeding import SeedFailure, seed

    try:
        seed(registry, edge, files)
    except SeedFailure as failure:
        registry.close()
        raise StartFailure(str(failure)) from None


def _seed_webhooks(registry: Registry, urls: tuple[str, ...]) -> None:
    """Have every workspace send its webhooks there. After the rules, whose own events are nobody's news."""
    from flexprice_emulator.webhooks.seeding import BadEndpoint, seed

    try:
        seed(registry, urls)
    except BadEndpoint as bad:
        registry.close()
        raise StartFailure(f"--webhook: {bad}") from None
