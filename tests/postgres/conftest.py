"""The same worlds as tests/workspace has, kept in PostgreSQL; and targets for what is shown on both databases."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import anyio.from_thread
import httpx
import pytest

from flexprice_emulator.app import create_app
from flexprice_emulator.workspace.clock import ClockState
from flexprice_emulator.workspace.databases.postgres import PostgresDatabases
from flexprice_emulator.workspace.databases.sqlite import SqliteDatabases
from flexprice_emulator.workspace.registry import Registry
from flexprice_emulator.workspace.runner import Runner
from flexprice_emulator.workspace.workspace import Workspace
from tests.conftest import Api
from tests.postgres_server import Server
from tests.workspace.test_copies import Machine, add

START = datetime(2026, 1, 31, tzinfo=UTC)
FROZEN = ClockState("frozen", START, START)
Make = Callable[..., Workspace]
ApiT = TypeVar("ApiT", bound=Api)


class Target:
    """One kind of database, and everything that a test keeps there."""

    def __init__(self, kind: str, postgresql: Server) -> None:
        self.kind = kind
        self._url = postgresql.fresh_url()
        self._open = ExitStack()

    def registry(self, **options: Any) -> Registry:
        """What a process of its own would open; for SQLite it is in memory, and a world of its own."""
        databases = PostgresDatabases(self._url) if self.kind == "postgresql" else SqliteDatabases()
        registry = Registry(databases=databases, **options)
        self._open.callback(registry.close)
        return registry

    def api(self, registry: Registry, key: str, kind: type[ApiT] = Api) -> ApiT:
        """A client of one of its workspaces."""
        portal = self._open.enter_context(anyio.from_thread.start_blocking_portal())
        client = httpx.AsyncClient(transport=httpx.ASGITransport(create_app(registry)), base_url="http://emulator")
        self._open.callback(lambda: portal.call(client.aclose))
        return kind(portal, client, key)

    def close(self) -> None:
        self._open.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def target(request: pytest.FixtureRequest, postgresql: Server) -> Iterator[Target]:
    target = Target(request.param, postgresql)
    yield target
    target.close()


@pytest.fixture
def url(postgresql: Server) -> str:
    """Where nothing is stored yet."""
    return postgresql.fresh_url()


@pytest.fixture
def process(url: str) -> Iterator[Callable[..., Registry]]:
    """Opens `url` as a process of its own would."""
    with ExitStack() as opened:

        def process(**options: Any) -> Registry:
            registry = Registry(databases=PostgresDatabases(url), **options)
            opened.callback(registry.close)
            return registry

        yield process


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.fixture
def folder() -> None:
    """There is none."""


@pytest.fixture
def registry(process: Callable[..., Registry], machine: Machine) -> Registry:
    registry = process(real_time=machine, clock=FROZEN)
    registry.seed_template(lambda workspace: add(workspace, "seeded"))
    return registry


@pytest.fixture
def make(postgresql: Server) -> Iterator[Make]:
    """As tests/workspace makes them; one path is one database, opened by another process each time."""
    urls: dict[Path | None, str] = {}
    with ExitStack() as opened:

        def make(path: Path | None = None, **options: Any) -> Workspace:
            url = postgresql.fresh_url() if path is None else urls.setdefault(path, postgresql.fresh_url())
            databases = PostgresDatabases(url)
            opened.callback(databases.close)
            there = databases.exists("env_test")
            database = databases.open("env_test") if there else databases.create("env_test", databases.template)
            settings: dict[str, Any] = {"real_time": lambda: START, "seed": "s", "clock": FROZEN, **options}
            workspace = Workspace("env_test", database=database, **settings)
            opened.callback(workspace.close)
            return workspace

        yield make


@pytest.fixture
def workspace(make: Make) -> Workspace:
    return make()


@pytest.fixture
def running(process: Callable[..., Registry], machine: Any) -> Iterator[tuple[Workspace, Runner]]:
    registry = process(real_time=machine)
    runner = Runner(registry)
    runner.start()
    yield registry.for_key("sk_ws_a"), runner
    runner.stop()
