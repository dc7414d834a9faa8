"""Fault rules of the workspace of `api`."""

from typing import Any

import pytest


class Faults:
    """/_emulator/faults of one workspace."""

    def __init__(self, api: Any) -> None:
        self.api = api

    def call(self, method: str, path: str = "", body: Any = None, status: int = 200) -> Any:
        answer = self.api.send(method, f"//_emulator/faults{path}", body)
        assert answer.status_code == status, answer.text
        return answer.json()

    def set(self, kind: str, **rule: Any) -> str:
        """A new rule; its id."""
        made: str = self.call("POST", "", {"kind": kind, **rule})["id"]
        return made

    def rule(self, rule_id: str) -> Any:
        return self.call("GET", f"/{rule_id}")

    def injected(self) -> dict[str, int]:
        """By kind."""
        counts: dict[str, int] = self.call("GET")["injected"]
        return counts

    def advance(self, by: str) -> Any:
        answer = self.api.send("POST", "//_emulator/clock/advance", {"by": by})
        assert answer.status_code == 200, answer.text
        assert answer.json()["failed"] == []
        return answer.json()


@pytest.fixture
def faults(api: Any) -> Faults:
    return Faults(api)


@pytest.fixture
def raises_broken() -> Any:
    """Calls and expects the connection to break."""
    from flexprice_emulator.faults.connection import BrokenConnection

    def check(act: Any) -> None:
        with pytest.raises(BrokenConnection):
            act()

    return check
