"""A customer, a plan that costs 30 in advance, and a connected provider."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tests.conftest import Api

NOW = "2026-03-10T12:00:00Z"
LATER = "2026-03-10T12:15:00Z"
TERMS = {"payment_provider": "razorpay"}


@dataclass
class Shop:
    """Ids of what is there."""

    api: Api
    customer: str
    plan: str
    price: str

    def subscribe(self, *, expect: int = 201, checkout: Any = TERMS, **more: Any) -> Any:
        body = {"customer_id": self.customer, "plan_id": self.plan, "currency": "usd", "billing_period": "MONTHLY"}
        return self.api.post("/subscriptions", {**body, "checkout": checkout, **more}, expect=expect)

    def page(self, session: Any) -> str:
        return str(session["provider_result"]["provider_session_id"])

    def press(self, session: Any, action: str, **more: Any) -> Any:
        return self.api.call("POST", f"//_emulator/payments/pages/{self.page(session)}", {"action": action, **more}, expect=200)

    def session(self, session: Any) -> Any:
        return self.api.get(f"/checkout/sessions/{session['id']}")

    def advance(self, by: str) -> None:
        assert self.api.call("POST", "//_emulator/clock/advance", {"by": by}, expect=200)["failed"] == []


def fixed_price(api: Api, entity_type: str, entity_id: str, amount: str) -> str:
    price = {"entity_type": entity_type, "entity_id": entity_id, "currency": "usd", "billing_period": "MONTHLY", "billing_period_count": 1}
    terms = {"type": "FIXED", "billing_model": "FLAT_FEE", "billing_cadence": "RECURRING", "invoice_cadence": "ADVANCE", "amount": amount}
    made: str = api.post("/prices", {**price, **terms, "price_unit_type": "FIAT", "start_date": "2026-01-01T00:00:00Z"})["id"]
    return made


@pytest.fixture
def shop(api: Api) -> Shop:
    api.freeze(NOW)
    customer = api.post("/customers", {"external_id": "c", "name": "C"})["id"]
    plan = api.post("/plans", {"name": "Pro"})["id"]
    price = fixed_price(api, "PLAN", plan, "30")
    secrets = {"key_id": "k", "secret_key": "s", "webhook_secret": "w"}
    api.post("/connections", {"name": "R", "provider_type": "razorpay", "encrypted_secret_data": secrets}, expect=201)
    return Shop(api, customer, plan, price)


@pytest.fixture
def events(api: Api) -> Callable[[], list[str]]:
    """Names of the webhook events since the last call, in order."""
    seen = 0

    def since() -> list[str]:
        nonlocal seen
        items = api.call("GET", "//_emulator/webhooks/events?limit=1000")["items"]
        names = [item["event_name"] for item in items]
        fresh, seen = names[seen:], len(names)
        return fresh

    return since
