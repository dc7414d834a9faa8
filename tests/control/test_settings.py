"""/_emulator/settings."""

from pathlib import Path
from typing import Any

import httpx

from flexprice_emulator.control.settings import stored_in
from flexprice_emulator.workspace.registry import Registry
from tests.http_server import KEY, running


def values(settings: Any, group: str) -> dict[str, Any]:
    return {setting["name"]: setting["value"] for setting in settings[group]}


def test_a_workspace_s_settings_follow_what_is_set(api: Any) -> None:
    api.freeze("2026-03-10T12:00:00Z")
    api.send("PUT", "//_emulator/webhooks/mode", {"mode": "collect"})
    api.send("POST", "//_emulator/faults", {"kind": "error", "operation": "delete_customer"})
    settings = api.send("GET", "//_emulator/settings").json()
    assert values(settings, "workspace") == {
        "clock.mode": "frozen",
        "clock.now": "2026-03-10T12:00:00Z",
        "clock.rate": 1.0,
        "webhooks.mode": "collect",
        "faults": 1,
    }


def test_every_setting_says_where_it_is_changed(api: Any) -> None:
    settings = api.send("GET", "//_emulator/settings").json()
    for group in ("server", "workspace", "limits"):
        for setting in settings[group]:
            assert setting["changed_by"].startswith(("serve --", "POST /_emulator/", "PUT /_emulator/", "cannot be changed")), setting
    assert values(settings, "limits")["event_body_bytes"] == 32 * 1024 * 1024


def test_a_server_s_settings_are_those_it_was_started_with(tmp_path: Path) -> None:
    with running("--data", str(tmp_path / "kept"), "--request-log", "7") as url:
        settings = httpx.get(f"{url}/_emulator/settings", headers={"x-api-key": KEY}, timeout=60).json()
    server = values(settings, "server")
    assert (server["host"], server["port"]) == ("127.0.0.1", int(url.rpartition(":")[2]))
    assert (server["data"], server["request_log"], server["control"]) == (str(tmp_path / "kept"), 7, True)
    assert KEY not in str(settings)


def test_what_is_in_memory_says_so() -> None:
    registry = Registry()
    assert stored_in(registry) == "memory"
    registry.close()


def test_without_a_control_plane_there_is_none() -> None:
    with running("--no-control") as url:
        for path in ("health", "faults", "requests", "settings", "docs", "openapi.json"):
            assert httpx.get(f"{url}/_emulator/{path}", timeout=60).status_code == 404
        assert httpx.get(f"{url}/v1/plans", headers={"x-api-key": KEY}, timeout=60).status_code == 200
