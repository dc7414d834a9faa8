"""/_emulator/health."""

import platform
import sqlite3
from typing import Any


def test_it_says_what_is_running_and_since_when(api: Any) -> None:
    first, second = (api.send("GET", "//_emulator/health").json() for _ in range(2))
    assert first["status"] == "ok"
    assert first["versions"]["python"] == platform.python_version()
    assert first["versions"]["sqlite"] == sqlite3.sqlite_version
    assert first["versions"]["flexprice-emulator"][0].isdigit()
    assert first["versions"]["flexprice-client"][0].isdigit()
    assert 0 < first["uptime_seconds"] <= second["uptime_seconds"]


def test_workspaces_that_are_open_are_counted(api: Any) -> None:
    api.get("/plans")
    assert api.send("GET", "//_emulator/health").json()["workspaces"] >= 1
