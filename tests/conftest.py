"""Fixtures for every suite: one in-process server, and a workspace of its own for each test."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any
from uuid import uuid4

import anyio.from_thread
import httpx
import pytest
from hypothesis import HealthCheck, settings

from flexprice_emulator.app import create_app
from flexprice_emulator.workspace.registry import Registry

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
def server() -> Iterator[tuple[anyio.from_thread.BlockingPortal, httpx.AsyncClient]]:
    """One emulator for the whole run; tests meet only their own workspaces."""
    with ExitStack() as stack:
        portal = stack.enter_context(anyio.from_thread.start_blocking_portal())
        app = create_app(Registry())
        client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://emulator")
        yield portal, client
        portal.call(client.aclose)
        app.state.registry.close()


@pytest.fixture
def api(server: tuple[anyio.from_thread.BlockingPortal, httpx.AsyncClient]) -> Api:
    """A client of an empty workspace."""
    portal, client = server
    return Api(portal, client, f"sk_ws_{uuid4().hex}")
