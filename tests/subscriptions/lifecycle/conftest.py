"""A shop that moves through time."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from flexprice_emulator.subscriptions.tables import SubscriptionRow
from flexprice_emulator.workspace.context import Context
from flexprice_emulator.workspace.storage import OutboxRow
from flexprice_emulator.workspace.workspace import Workspace
from tests.subscriptions.shop import Shop


class Journey(Shop):
    """The shop with its clock and its webhook events in reach."""

    def __init__(self, api: Any, registry: Any, now: str) -> None:
        super().__init__(api, now)
        self._registry = registry

    def until(self, now: str) -> dict[str, Any]:
        """Move the clock; nothing may fail on the way."""
        answer = self.api.send("POST", "//_emulator/clock/advance", {"to": now})
        assert answer.status_code == 200, answer.text
        report: dict[str, Any] = answer.json()
        assert report["failed"] == []
        return report

    def set_up(self, key: str, **value: Any) -> None:
        """Change a setting."""
        held = self.api.get(f"/settings/{key}")["value"]
        self.api.put(f"/settings/{key}", {"value": {**held, **value}})

    def read(self, subscription: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = self.api.get(f"/subscriptions/{subscription['id']}")
        return found

    def cancel(self, subscription: dict[str, Any], *, expect: int = 200, **body: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.api.post(f"/subscriptions/{subscription['id']}/cancel", body, expect=expect)
        return answer

    def schedules(self, subscription: dict[str, Any]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.api.get(f"/subscriptions/{subscription['id']}/schedules")["schedules"]
        return found

    def waiting(self, subscription: dict[str, Any]) -> dict[str, str]:
        """What is due for a subscription, and when."""
        items = self.api.send("GET", "//_emulator/due?limit=1000").json()["items"]
        return {item["kind"]: item["due_at"] for item in items if item["subject"].get("subscription_id") == subscription["id"]}

    def events(self, prefix: str = "subscription.") -> list[str]:
        """Webhook events of a kind so far, in order."""
        with self.workspace.transaction() as session:
            names = session.scalars(select(OutboxRow.event_name).order_by(OutboxRow.id))
            return [name for name in names if name.startswith(prefix)]

    def explained(self, subscription: dict[str, Any]) -> list[dict[str, Any]]:
        """How each invoice of a subscription came about."""
        return [self.api.send("GET", f"//_emulator/explain/invoice/{invoice['id']}").json() for invoice in self.invoices(subscription)]

    def within(self, subscription: dict[str, Any], act: Callable[[Context, SubscriptionRow], object]) -> None:
        """Something no route leads to, done in a transaction."""
        with self.workspace.transaction() as session:
            act(Context(self.workspace, session, self.workspace.clock.now()), session.get_one(SubscriptionRow, subscription["id"]))

    @property
    def workspace(self) -> Workspace:
        """Behind the API."""
        environment = self.api.send("GET", "//_emulator/clock").json()["environment_id"]
        return next(held for held in self._registry.opened() if held.environment_id == environment)


@pytest.fixture
def journey(api: Any, server: Any) -> Journey:
    """A shop whose clock stands at 2026-01-15, invoices of renewals being finalized at once."""
    _, client = server
    made = Journey(api, client._transport.app.state.registry, "2026-01-15T00:00:00Z")
    made.set_up("invoice_config", finalization_delay_seconds=0)
    return made
