"""A server of one's own for each test: tenants, keys and limits are shared by a server's workspaces."""

from collections.abc import Iterator
from typing import Any

import anyio.from_thread
import httpx
import pytest

from flexprice_emulator.app import create_app
from flexprice_emulator.platform.auth import DEFAULT_KEY
from flexprice_emulator.workspace.registry import Registry
from tests.conftest import Api


@pytest.fixture
def platform(server: tuple[anyio.from_thread.BlockingPortal, httpx.AsyncClient]) -> Iterator[Api]:
    """The configured key on a fresh server, in its sandbox."""
    portal = server[0]
    app = create_app(Registry())
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://emulator")
    yield Api(portal, client, DEFAULT_KEY)
    portal.call(client.aclose)
    app.state.registry.close()


@pytest.fixture
def person(platform: Api) -> Any:
    """Signs up, and calls as that person: `person(email)` gives a client whose `.environment` is its Sandbox."""

    def sign_up(email: str = "ada@example.com") -> Api:
        made = platform.send("POST", "/auth/signup", {"email": email, "password": "secret-123", "tenant_name": "Ada"}, headers=_no_key())
        assert made.status_code == 200, made.text
        client = Api(platform._portal, platform._client, "")
        client.headers = {"Authorization": f"Bearer {made.json()['token']}"}
        client.headers["X-Environment-ID"] = client.get("/environments")["environments"][0]["id"]
        return client

    return sign_up


def _no_key() -> dict[str, str]:
    return {"x-api-key": ""}
