"""What paying does to the subscription of an invoice."""

from collections.abc import Callable
from typing import Any

import pytest

Make = Callable[..., Any]


@pytest.fixture
def subscribe(api: Any, customer: str) -> Make:
    """Subscribes to a plan of $10 in advance, a month; returns (subscription id, opening invoice id)."""
    plan = api.post("/plans", {"name": "P"})["id"]
    price = {"amount": "10", "currency": "usd", "type": "FIXED", "billing_model": "FLAT_FEE", "billing_period": "MONTHLY"}
    price |= {"billing_period_count": 1, "billing_cadence": "RECURRING", "invoice_cadence": "ADVANCE", "price_unit_type": "FIAT"}
    api.post("/prices", {**price, "start_date": "2026-01-01T00:00:00Z", "entity_type": "PLAN", "entity_id": plan})

    def make(**more: Any) -> tuple[str, str]:
        body = {"customer_id": customer, "plan_id": plan, "currency": "usd", "billing_period": "MONTHLY", "billing_period_count": 1}
        body |= {"billing_cadence": "RECURRING", "billing_cycle": "anniversary", "start_date": "2026-03-10T00:00:00Z"}
        made = api.post("/subscriptions", {**body, **more}, expect=201)
        bill = api.get(f"/invoices?subscription_id={made['id']}")["items"][0]["id"]
        return made["id"], bill

    return make


def status(api: Any, subscription_id: str) -> str:
    found: str = api.get(f"/subscriptions/{subscription_id}")["subscription_status"]
    return found


@pytest.mark.parametrize(
    "terms",
    [{"payment_behavior": "allow_incomplete"}, {"collection_method": "send_invoice", "payment_behavior": "default_incomplete"}],
)
def test_a_payment_activates(api: Any, subscribe: Make, pay: Make, terms: dict[str, str], events: Callable[[], list[str]]) -> None:
    subscription, bill = subscribe(**terms)
    assert status(api, subscription) == "incomplete"
    pay(bill, "4")
    assert status(api, subscription) == "incomplete"
    events()
    pay(bill, "6")
    assert status(api, subscription) == "active"
    assert events() == ["payment.created", "payment.pending", "payment.success", "subscription.activated"]


def test_a_late_card_activates(api: Any, subscribe: Make, sandbox: Make) -> None:
    sandbox("late")
    subscription, bill = subscribe(payment_behavior="allow_incomplete")
    assert (status(api, subscription), api.get(f"/invoices/{bill}")["payment_status"]) == ("incomplete", "PENDING")
    api.call("POST", "//_emulator/clock/advance", {"by": "PT1M"})
    assert status(api, subscription) == "active"


def test_card_and_wallet_share_the_opening_invoice(api: Any, subscribe: Make, sandbox: Make, wallet: Make) -> None:
    sandbox("succeed")
    wallet("3")
    subscription, bill = subscribe(payment_behavior="allow_incomplete")
    paid = [(item["payment_method_type"], item["amount"]) for item in api.get(f"/payments?destination_id={bill}&order=asc")["items"]]
    assert paid == [("CARD", "7"), ("CREDITS", "3")]
    assert status(api, subscription) == "active"


def test_an_opening_invoice_that_cannot_be_covered_leaves_the_wallet_alone(api: Any, subscribe: Make, wallet: Make) -> None:
    held = wallet("3")
    subscription, _ = subscribe(payment_behavior="allow_incomplete")
    assert (status(api, subscription), api.get(f"/wallets/{held}")["balance"]) == ("incomplete", "3")


def test_default_active_takes_what_the_wallet_holds(api: Any, subscribe: Make, wallet: Make) -> None:
    held = wallet("3")
    subscription, bill = subscribe(payment_behavior="default_active")
    assert (status(api, subscription), api.get(f"/wallets/{held}")["balance"]) == ("active", "0")
    assert api.get(f"/invoices/{bill}")["amount_remaining"] == "7"


def test_sent_invoices_are_not_collected_by_themselves(api: Any, subscribe: Make, wallet: Make) -> None:
    held = wallet("30")
    _, bill = subscribe(collection_method="send_invoice", payment_behavior="default_active")
    assert api.get(f"/wallets/{held}")["balance"] == "30"
    api.post(f"/invoices/{bill}/payment/attempt")
    assert api.get(f"/invoices/{bill}")["payment_status"] == "SUCCEEDED"


def test_a_paid_attempt_revives_even_a_cancelled_subscription(api: Any, subscribe: Make, wallet: Make) -> None:
    subscription, bill = subscribe(payment_behavior="default_active")
    api.post(f"/subscriptions/{subscription}/cancel", {"cancellation_type": "immediate"})
    wallet("10")
    api.post(f"/invoices/{bill}/payment/attempt")
    assert status(api, subscription) == "active"


def test_a_status_set_by_hand_does_not_activate(api: Any, subscribe: Make) -> None:
    subscription, bill = subscribe(payment_behavior="allow_incomplete")
    api.put(f"/invoices/{bill}/payment", {"payment_status": "SUCCEEDED"})
    assert status(api, subscription) == "incomplete"


def test_a_declined_card_can_be_tried_again(api: Any, subscribe: Make, sandbox: Make) -> None:
    sandbox("decline", decline_code="insufficient_funds")
    subscription, bill = subscribe(payment_behavior="allow_incomplete")
    api.post(f"/invoices/{bill}/payment/attempt")
    assert (status(api, subscription), api.get(f"/invoices/{bill}")["payment_status"]) == ("incomplete", "PENDING")
    sandbox("succeed")
    api.post(f"/invoices/{bill}/payment/attempt")
    assert (status(api, subscription), api.get(f"/invoices/{bill}")["payment_status"]) == ("active", "SUCCEEDED")
    tried = [item["payment_status"] for item in api.get(f"/payments?destination_id={bill}&order=asc")["items"]]
    assert tried == ["FAILED", "FAILED", "SUCCEEDED"]


def test_a_card_that_waits_for_its_owner_is_not_charged_again(api: Any, subscribe: Make, sandbox: Make, press: Make, page_of: Make) -> None:
    sandbox("require_action")
    subscription, bill = subscribe(payment_behavior="allow_incomplete")
    api.post(f"/invoices/{bill}/payment/attempt")
    (payment,) = api.get(f"/payments?destination_id={bill}")["items"]
    press(page_of(payment_id=payment["id"])["id"], "pay")
    assert (status(api, subscription), api.get(f"/invoices/{bill}")["amount_paid"]) == ("active", "10")
