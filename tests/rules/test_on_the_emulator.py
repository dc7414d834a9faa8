"""Packs on the emulator itself: applied once, nothing is left to do; a server can start with them."""

from uuid import uuid4

import httpx
import pytest

from flexprice_client.config import Config
from flexprice_client.transport import Transport
from flexprice_emulator.app import create_app
from flexprice_emulator.workspace.registry import Registry
from flexprice_rules import ClientTarget, apply, load, pack_names, pack_path, plan
from tests.http_server import KEY, running


@pytest.mark.parametrize("name", pack_names())
def test_a_pack_applies_and_then_changes_nothing(name: str) -> None:
    registry = Registry()
    rules = load([pack_path(name)]).rules
    with Transport(Config(api_key=f"sk_ws_{uuid4().hex}"), app=create_app(registry)) as transport:
        target = ClientTarget(transport)
        assert apply(rules, target).changes
        assert plan(rules, target) == []
    registry.close()


def test_a_server_seeded_with_rules_gives_them_to_every_workspace() -> None:
    with running("--rules", "ai-media", "--clock", "2026-01-01T00:00:00Z") as url:
        for key in (KEY, "sk_ws_one", "sk_ws_two"):
            plans = httpx.get(f"{url}/v1/plans", headers={"x-api-key": key}).json()
            assert {item["lookup_key"] for item in plans["items"]} == {"media_free", "media_pro", "media_enterprise"}
            assert plans["items"][0]["created_at"] == "2026-01-01T00:00:00Z"
