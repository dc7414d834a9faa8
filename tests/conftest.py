"""Fixtures for every suite: one in-process server, and a workspace of its own for each test."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any
from uuid import uuid4

import anyio.from_thread
import httpx
import pytest
from hypothesis import HealthCheck, settings

from flexprice_emulator.app import create_app
from flexprice_emulator.workspace.registry import Registry, environment_of_key
from tests import postgres_server

# How long an example takes says nothing on a machine that does other things too.
settings.register_profile("tests", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
settings.load_profile("tests")


class Api:
    """Calls the emulator in-process, as one workspace. Bodies and answers are plain JSON values."""

    def __init__(self, portal: anyio.from_thread.BlockingPortal, client: httpx.AsyncClient, key: str) -> None:
        self._portal, self._client = portal, client
        self.headers = {"x-api-key": key}

    def send(
        self, method: str, path: str, body: Any = None, *, raw: bytes | None = None, headers: dict[str, str] | None = None
    ) -> httpx.Response:
        """One request; `path` below /v1, or from the root when it starts with //."""
        url = path[1:] if path.startswith("//") else "/v1" + path
        content = {"content": raw} if raw is not None else ({"json": body} if body is not None else {})
        merged = {**self.headers, **(headers or {})}
        return self._portal.call(
            lambda: self._client.request(method, url, headers={k: v for k, v in merged.items() if v is not None}, **content)
        )

    def call(self, method: str, path: str, body: Any = None, *, expect: int | None = None) -> Any:
        """The JSON answer; fails unless the status is `expect` (any 2xx by default)."""
        answer = self.send(method, path, body)
        allowed = answer.status_code == expect if expect is not None else answer.is_success
        assert allowed, f"{method} {path}: {answer.status_code} {answer.text[:500]}"
        return answer.json() if answer.content else None

    def get(self, path: str, *, expect: int | None = None) -> Any:
        return self.call("GET", path, expect=expect)

    def post(self, path: str, body: Any = None, *, expect: int | None = None) -> Any:
        return self.call("POST", path, {} if body is None else body, expect=expect)

    def put(self, path: str, body: Any = None, *, expect: int | None = None) -> Any:
        return self.call("PUT", path, {} if body is None else body, expect=expect)

    def delete(self, path: str, body: Any = None, *, expect: int | None = None) -> Any:
        return self.call("DELETE", path, body, expect=expect)

    def freeze(self, now: str) -> None:
        """Stop this workspace's clock at a time."""
        answer = self.send("POST", "//_emulator/clock", {"mode": "frozen", "now": now})
        assert answer.status_code == 200, answer.text


@pytest.fixture(scope="session")
def postgresql() -> Iterator[postgres_server.Server]:
    """The run's own PostgreSQL; a test that wants it fails where none can be started."""
    with postgres_server.running() as server:
        yield server


@pytest.fixture(scope="session")
def emulator_registry(request: pytest.FixtureRequest) -> Iterator[Registry]:
    """The workspaces of the run's emulator: in memory, or wherever FLEXPRICE_TEST_DATABASE says (postgresql, sqlite)."""
    kind = os.environ.get("FLEXPRICE_TEST_DATABASE", "sqlite")
    assert kind in ("sqlite", "postgresql"), f"FLEXPRICE_TEST_DATABASE={kind}"
    registry = Registry(databases=request.getfixturevalue("postgresql").databases() if kind == "postgresql" else None)
    yield registry
    registry.close()


@pytest.fixture(scope="session")
def server(emulator_registry: Registry) -> Iterator[tuple[anyio.from_thread.BlockingPortal, httpx.AsyncClient]]:
    """One emulator for the whole run; tests meet only their own workspaces."""
    with ExitStack() as stack:
        portal = stack.enter_context(anyio.from_thread.start_blocking_portal())
        client = httpx.AsyncClient(transport=httpx.ASGITransport(create_app(emulator_registry)), base_url="http://emulator")
        yield portal, client
        portal.call(client.aclose)


@pytest.fixture
def api(server: tuple[anyio.from_thread.BlockingPortal, httpx.AsyncClient], emulator_registry: Registry) -> Iterator[Api]:
    """A client of an empty workspace."""
    portal, client = server
    key = f"sk_ws_{uuid4().hex}"
    yield Api(portal, client, key)
    if emulator_registry.root.database.shared:
        # Its emptied schema is the next test's.
        emulator_registry.delete(environment_of_key(key))
