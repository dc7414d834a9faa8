"""A customer with wallets, at a clock that stands still."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from flexprice_client.models.base import time_text
from flexprice_emulator.workspace.context import Context
from flexprice_emulator.workspace.storage import OutboxRow

T0 = datetime.fromisoformat("2026-05-05T10:00:00+00:00")


class Bank:
    """Makes what a test is not about. Every top-up and debit gets a key of its own unless one is given."""

    def __init__(self, api: Any, workspace: Any) -> None:
        self.api, self.workspace = api, workspace
        self.customer: str = api.post("/customers", {"external_id": "c", "name": "C"})["id"]
        self._keys = 0

    def key(self) -> str:
        self._keys += 1
        return f"k{self._keys}"

    def open(self, *, expect: int = 200, **fields: Any) -> Any:
        """A prepaid usd wallet of the customer."""
        return self.api.post("/wallets", {"customer_id": self.customer, "currency": "usd", **fields}, expect=expect)

    def top_up(self, wallet_id: str, credits: str | None = None, *, expect: int = 200, **fields: Any) -> Any:
        """Free credits, unless fields say otherwise."""
        body = {"transaction_reason": "FREE_CREDIT_GRANT", "idempotency_key": self.key(), **fields}
        if credits is not None:
            body["credits_to_add"] = credits
        return self.api.post(f"/wallets/{wallet_id}/top-up", body, expect=expect)

    def debit(self, wallet_id: str, credits: str, *, expect: int = 200, **fields: Any) -> Any:
        body = {"credits": credits, "transaction_reason": "MANUAL_BALANCE_DEBIT", "idempotency_key": self.key(), **fields}
        return self.api.post(f"/wallets/{wallet_id}/debit", body, expect=expect)

    def wallet(self, wallet_id: str) -> dict[str, Any]:
        held: dict[str, Any] = self.api.get(f"/wallets/{wallet_id}")
        return held

    def balance(self, wallet_id: str, query: str = "") -> dict[str, Any]:
        held: dict[str, Any] = self.api.get(f"/wallets/{wallet_id}/balance/real-time{query}")
        return held

    def rows(self, wallet_id: str) -> list[dict[str, Any]]:
        """The ledger, oldest first."""
        found: list[dict[str, Any]] = self.api.get(f"/wallets/{wallet_id}/transactions?order=asc&limit=1000")["items"]
        return found

    def advance(self, **by: float) -> Any:
        """Let time pass, and what falls due be done."""
        seconds = int(timedelta(**by).total_seconds())
        answer = self.api.send("POST", "//_emulator/clock/advance", {"by": f"PT{seconds}S"})
        assert answer.status_code == 200, answer.text
        return answer.json()

    @contextmanager
    def context(self) -> Iterator[Context]:
        """What a request works with; committed at the end."""
        with self.workspace.transaction() as session:
            yield Context(self.workspace, session, self.workspace.clock.now())

    def outbox(self) -> list[OutboxRow]:
        """Events told so far, in order."""
        with self.workspace.transaction() as session:
            rows = list(session.scalars(select(OutboxRow).order_by(OutboxRow.id)))
            session.expunge_all()
            return rows

    def events(self) -> list[str]:
        return [row.event_name for row in self.outbox()]


def after(**by: float) -> str:
    """A time from T0, as the wire has it."""
    return time_text(T0 + timedelta(**by))


@pytest.fixture
def bank(api: Any, server: Any) -> Bank:
    api.freeze(time_text(T0))
    return Bank(api, server[1]._transport.app.state.registry.for_key(api.headers["x-api-key"]))
