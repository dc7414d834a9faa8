"""A workspace that stands at START, a receiver, and the control plane's webhook calls."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.webhooks.receiver import Receiver, receiving

START = "2026-01-31T00:00:00Z"


class Hooks:
    """/_emulator/webhooks of the workspace of `api`."""

    def __init__(self, api: Any) -> None:
        self.api = api

    def call(self, method: str, path: str, body: Any = None, status: int = 200) -> Any:
        return self._control(method, f"/webhooks{path}", body, status)

    def add(self, url: str, **options: Any) -> Any:
        """A new endpoint."""
        return self.call("POST", "/endpoints", {"url": url, **options})

    def settle(self) -> Any:
        """Perform what is due; nothing may fail."""
        report = self._control("POST", "/settle", {}, 200)
        assert report["failed"] == []
        return report

    def advance(self, by: str) -> Any:
        """Move the clock, performing what falls due."""
        return self._control("POST", "/clock/advance", {"by": by}, 200)

    def log(self, query: str = "") -> list[dict[str, Any]]:
        """Deliveries, oldest first."""
        items: list[dict[str, Any]] = self.call("GET", f"/deliveries?limit=1000{query}")["items"]
        return items

    def events(self, query: str = "") -> list[dict[str, Any]]:
        """Events, oldest first."""
        items: list[dict[str, Any]] = self.call("GET", f"/events?limit=1000{query}")["items"]
        return items

    def names(self) -> list[str]:
        """Names of all events, oldest first."""
        return [item["event_name"] for item in self.events()]

    def body(self, name: str) -> Any:
        """The body of the last event of a name."""
        return self.events(f"&event_name={name}")[-1]["body"]

    def customer(self, external_id: str = "acme") -> Any:
        """A new customer, whose event is customer.created."""
        return self.api.post("/customers", {"external_id": external_id, "name": external_id})

    def _control(self, method: str, path: str, body: Any, status: int) -> Any:
        answer = self.api.send(method, f"//_emulator{path}", body)
        assert answer.status_code == status, answer.text
        return answer.json()


@pytest.fixture
def hooks(api: Any) -> Hooks:
    api.freeze(START)
    return Hooks(api)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as running:
        yield running
