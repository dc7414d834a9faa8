"""Things to do to a workspace, as any client would: what copies of it have to agree on."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from flexprice_emulator.wire.edge import Edge
from flexprice_emulator.wire.errors import EmulatorError
from flexprice_emulator.wire.json_text import to_json
from flexprice_emulator.workspace import due
from flexprice_emulator.workspace.workspace import Workspace

Action = tuple[str, int]

METER = {"name": "Tokens", "event_name": "tokens", "aggregation": {"type": "SUM", "field": "count"}, "reset_usage": "BILLING_PERIOD"}
PRICE = {"type": "USAGE", "price_unit_type": "FIAT", "billing_model": "FLAT_FEE", "amount": "0.02", "entity_type": "PLAN"}
CYCLE = {"currency": "usd", "billing_period": "MONTHLY", "billing_period_count": 1, "billing_cadence": "RECURRING"}
FLAT = {**PRICE, "type": "FIXED", "amount": "10", "invoice_cadence": "ADVANCE"}

KINDS = ("customer", "rename", "archive", "plan", "subscribe", "events", "wallet", "top_up", "advance", "back", "preview", "endpoint")
ACTIONS = st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 3)), max_size=8)


class Actor:
    """Does actions to one workspace and keeps every answer; a refusal is an answer too."""

    def __init__(self, edge: Edge, workspace: Workspace) -> None:
        self._edge, self._workspace = edge, workspace
        self.answers: list[bytes] = []

    def do(self, actions: Sequence[Action]) -> "Actor":
        """In their order."""
        for kind, number in actions:
            getattr(self, f"_{kind}")(number)
        return self

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        try:
            answer = self._edge.call(self._workspace, method, path, body)
        except EmulatorError as error:
            answer = error.body
        # An environment's id is its own.
        self.answers.append(to_json(answer).replace(self._workspace.environment_id.encode(), b"ENVIRONMENT"))
        return answer

    def _first(self, path: str, number: int) -> str:
        items = self._ask("GET", path).get("items") or [{"id": "none"}]
        identity: str = items[number % len(items)]["id"]
        return identity

    def _customer(self, number: int) -> None:
        self._ask("POST", "/customers", {"external_id": f"c{number}", "name": f"Customer {number}"})

    def _rename(self, number: int) -> None:
        self._ask("PUT", f"/customers/{self._first('/customers', number)}", {"name": f"Renamed {number}"})

    def _archive(self, number: int) -> None:
        self._ask("DELETE", f"/customers/{self._first('/customers', number)}")

    def _plan(self, number: int) -> None:
        plan = self._ask("POST", "/plans", {"name": f"Plan {number}", "lookup_key": f"p{number}"})
        meter = self._ask("POST", "/meters", METER)
        usage = {**PRICE, **CYCLE, "invoice_cadence": "ARREAR", "entity_id": plan.get("id", ""), "meter_id": meter.get("id", "")}
        for price in (usage, {**FLAT, **CYCLE, "entity_id": plan.get("id", "")}):
            self._ask("POST", "/prices", price)

    def _subscribe(self, number: int) -> None:
        if number == 0 or "none" in (self._first("/plans", 0), self._first("/customers", 0)):
            self._customer(number)
            self._plan(number)
        body = {"customer_id": self._first("/customers", number), "plan_id": self._first("/plans", number), **CYCLE}
        self._ask("POST", "/subscriptions", body)

    def _events(self, number: int) -> None:
        event = {"event_name": "tokens", "external_customer_id": f"c{number}", "properties": {"count": 3 + number}}
        self._ask("POST", "/events/bulk", {"events": [event] * (1 + number)})

    def _wallet(self, number: int) -> None:
        self._ask("POST", "/wallets", {"customer_id": self._first("/customers", number), "currency": "usd"})

    def _top_up(self, number: int) -> None:
        wallets = self._ask("GET", f"/customers/{self._first('/customers', number)}/wallets")
        wallets = wallets if isinstance(wallets, list) and wallets else [{"id": "none"}]
        body = {"credits_to_add": str(5 + number), "transaction_reason": "FREE_CREDIT_GRANT", "idempotency_key": str(number)}
        self._ask("POST", f"/wallets/{wallets[number % len(wallets)]['id']}/top-up", body)

    def _advance(self, number: int) -> None:
        report = due.advance(self._workspace, lambda now: now + timedelta(days=9 * (1 + number)), self._edge)
        self.answers.append(repr([work.key for work in report.performed]).encode())

    def _back(self, number: int) -> None:
        due.set_clock(self._workspace, "frozen", self._workspace.clock.now() - timedelta(days=number), server=self._edge)

    def _preview(self, number: int) -> None:
        found = self._ask("POST", "/subscriptions/search", {}).get("items") or [{"id": "none"}]
        self._ask("POST", "/invoices/preview", {"subscription_id": found[number % len(found)]["id"]})
        self._ask("POST", "/invoices/search", {})

    def _endpoint(self, number: int) -> None:
        from flexprice_emulator.webhooks import endpoints, mode
        from flexprice_emulator.webhooks.endpoint_request import EndpointRequest
        from flexprice_emulator.workspace.context import Context

        with self._workspace.transaction() as session:
            ctx = Context(self._workspace, session, self._workspace.clock.now())
            # Kept in the log, sent nowhere.
            mode.write(ctx, "collect")
            endpoints.create(ctx, EndpointRequest(url=f"http://127.0.0.1:1/{number}"))
