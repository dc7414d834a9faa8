"""A shop that grants credits: one plan, one customer, and a clock that stands at D0."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from flexprice_client.models.base import time_text
from flexprice_emulator.grants.tables import CreditGrantApplicationRow
from flexprice_emulator.workspace.context import Context

D0 = datetime.fromisoformat("2026-06-20T12:00:00+00:00")


def day(days: float, seconds: int = 0) -> str:
    """Days and seconds from D0 as the wire has them."""
    return time_text(D0 + timedelta(days=days, seconds=seconds))


class Shop:
    """Makes what a test is not about."""

    def __init__(self, api: Any, workspace: Any) -> None:
        self.api, self.workspace = api, workspace
        self.plan = api.post("/plans", {"name": "Pro"})["id"]
        self.customer = api.post("/customers", {"external_id": "c", "name": "C"})["id"]
        fixed = {"type": "FIXED", "price_unit_type": "FIAT", "billing_model": "FLAT_FEE", "invoice_cadence": "ADVANCE"}
        cycle = {"billing_period": "MONTHLY", "billing_period_count": 1, "currency": "USD"}
        self.price = {**fixed, **cycle, "amount": "10", "entity_type": "PLAN", "entity_id": self.plan, "start_date": day(-400)}
        api.post("/prices", self.price)

    def subscription(self, start: str = "", **fields: Any) -> str:
        """An active monthly subscription, without grants unless it asks for some."""
        cycle = {"billing_period": "MONTHLY", "billing_period_count": 1, "billing_cycle": "anniversary", "currency": "USD"}
        body = {"customer_id": self.customer, "plan_id": self.plan, "start_date": start or day(-3), "credit_grants": [], **cycle, **fields}
        made: str = self.api.post("/subscriptions", {name: value for name, value in body.items() if value != "plan's"})["id"]
        return made

    def grant(self, of: str = "SUBSCRIPTION", owner: str = "", *, expect: int = 201, **fields: Any) -> Any:
        """100 credits, once, for ever, unless fields say otherwise; a subscription's start three days ago."""
        owner_field = f"{of.lower()}_id"
        dates = {"start_date": day(-3)} if of == "SUBSCRIPTION" else {}
        body = {"name": "G", "scope": of, owner_field: owner or self.plan, "credits": "100", "cadence": "ONETIME", **dates}
        return self.api.post("/creditgrants", {**body, "expiration_type": "NEVER", **fields}, expect=expect)

    def monthly(self, subscription_id: str, **fields: Any) -> Any:
        """As grant, every month."""
        return self.grant(owner=subscription_id, **{"cadence": "RECURRING", "period": "MONTHLY", "period_count": 1, **fields})

    def wallets(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.api.get(f"/customers/{self.customer}/wallets")
        return found

    def credits(self) -> str:
        """What the one wallet holds."""
        (wallet,) = self.wallets()
        return str(wallet["credit_balance"])

    def rows(self) -> list[dict[str, Any]]:
        """The one wallet's transactions, oldest first."""
        (wallet,) = self.wallets()
        found: list[dict[str, Any]] = self.api.get(f"/wallets/{wallet['id']}/transactions?order=asc")["items"]
        return found

    def applications(self) -> list[CreditGrantApplicationRow]:
        """By period start."""
        with self.context() as ctx:
            rows = ctx.session.scalars(select(CreditGrantApplicationRow).order_by(CreditGrantApplicationRow.period_start)).all()
            ctx.session.expunge_all()
            return list(rows)

    def states(self) -> list[str]:
        return [row.application_status for row in self.applications()]

    def advance(self, by: str) -> Any:
        """Let an ISO 8601 duration pass."""
        answer = self.api.send("POST", "//_emulator/clock/advance", {"by": by})
        assert answer.status_code == 200, answer.text
        return answer.json()

    @contextmanager
    def context(self) -> Iterator[Context]:
        """What a request works with; committed at the end."""
        with self.workspace.transaction() as session:
            yield Context(self.workspace, session, self.workspace.clock.now())


@pytest.fixture
def shop(api: Any, server: Any) -> Shop:
    api.freeze(time_text(D0))
    workspace = server[1]._transport.app.state.registry.for_key(api.headers["x-api-key"])
    return Shop(api, workspace)
