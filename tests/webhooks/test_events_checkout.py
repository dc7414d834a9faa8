"""Checkout sessions."""

from typing import Any

import pytest

from tests.checkout.conftest import LATER, NOW, Shop, shop
from tests.webhooks.conftest import Hooks

__all__ = ["shop"]


def test_a_session_is_opened(api: Any, shop: Shop) -> None:
    session = shop.subscribe()["checkout_session"]
    told = Hooks(api).body("checkout.session.initiated")
    names = ("id", "customer_id", "action", "payment_provider", "checkout_invoice_id", "checkout_payment_id", "expires_at")
    assert told == {
        "event_type": "checkout.session.initiated",
        "checkout_session": {**{name: session[name] for name in names}, "checkout_status": "initiated"},
    }


@pytest.mark.parametrize("action", ["pay", "decline", "expire"])
def test_a_session_ends_at_its_page(api: Any, shop: Shop, action: str) -> None:
    session = shop.subscribe()["checkout_session"]
    shop.press(session, action)
    name = "checkout.session.completed" if action == "pay" else "checkout.session.failed"
    told, done = Hooks(api).body(name)["checkout_session"], shop.session(session)
    assert (told["checkout_status"], told["payment_action"]) == (done["checkout_status"], session["payment_action"])
    assert told.get("completed_at") == (NOW if action == "pay" else None)
    assert told.get("failure_reason") == done.get("failure_reason")


def test_a_session_expires(api: Any, shop: Shop) -> None:
    shop.subscribe()
    shop.advance("PT15M")
    told = Hooks(api).body("checkout.session.expired")["checkout_session"]
    assert (told["checkout_status"], told["expires_at"]) == ("expired", LATER)
