"""A customer who pays 0.10 for each token, at a clock that stands still."""

from typing import Any

import pytest

T0 = "2026-05-05T10:00:00Z"
THRESHOLDS = {
    "critical": {"threshold": "100", "condition": "above"},
    "warning": {"threshold": "50", "condition": "above"},
    "info": {"threshold": "10", "condition": "above"},
    "alert_enabled": True,
}


class Spender:
    """`subscription` has one usage line; its price is in `group`."""

    def __init__(self, api: Any) -> None:
        self.api = api
        api.freeze(T0)
        self.customer = api.post("/customers", {"external_id": "c", "name": "C"})["id"]
        self.feature = api.post(
            "/features",
            {
                "name": "Tokens",
                "lookup_key": "tokens",
                "type": "metered",
                "meter": {
                    "name": "Tokens",
                    "event_name": "llm",
                    "aggregation": {"type": "SUM", "field": "n"},
                    "reset_usage": "BILLING_PERIOD",
                },
            },
        )
        self.group = api.post("/groups", {"name": "G", "entity_type": "price", "lookup_key": "g"})["id"]
        plan = api.post("/plans", {"name": "P", "lookup_key": "p"})["id"]
        self.price("0.1", "PLAN", plan, group_id=self.group)
        body = {"customer_id": self.customer, "plan_id": plan, "currency": "usd", "billing_period": "MONTHLY", "billing_period_count": 1}
        made = api.post("/subscriptions", {**body, "billing_cycle": "anniversary", "start_date": T0})
        self.subscription, self.line = made["id"], made["line_items"][0]["id"]

    def price(self, amount: str, entity_type: str, entity_id: str, **fields: Any) -> str:
        body = {
            "amount": amount,
            "entity_type": entity_type,
            "entity_id": entity_id,
            "type": "USAGE",
            "currency": "usd",
            "price_unit_type": "FIAT",
            "billing_period": "MONTHLY",
            "billing_period_count": 1,
            "billing_model": "FLAT_FEE",
            "invoice_cadence": "ARREAR",
            "meter_id": self.feature["meter_id"],
            "start_date": "2026-01-01T00:00:00Z",
            **fields,
        }
        made: str = self.api.post("/prices", body)["id"]
        return made

    def use(self, tokens: int, at: str = T0, customer: str = "c") -> None:
        body = {"event_name": "llm", "external_customer_id": customer, "timestamp": at, "properties": {"n": tokens}}
        self.api.post("/events", body, expect=202)

    def watch(self, *, expect: int = 201, **fields: Any) -> Any:
        """Settings of the subscription unless fields say otherwise."""
        body = {"entity_type": "subscription", "entity_id": self.subscription, "config": THRESHOLDS, **fields}
        return self.api.post("/alerts/setting", body, expect=expect)

    def evaluate(self, body: Any = None, *, expect: int = 200) -> Any:
        answer = self.api.send("POST", "//_emulator/alerts/evaluate", body)
        assert answer.status_code == expect, answer.text
        return answer.json()

    def states(self) -> list[tuple[str, str]]:
        """Spending's changes of state that an evaluation logs, with the value at that time."""
        logged = [row for row in self.evaluate()["logged"] if row["alert_type"] == "subscription_spend"]
        return [(row["alert_status"], row["alert_info"]["value_at_time"]) for row in logged]


@pytest.fixture
def spender(api: Any) -> Spender:
    return Spender(api)
