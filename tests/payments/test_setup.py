"""Saving cards at the provider, and the cards that are saved."""

from typing import Any

import pytest

from tests.payments.test_sandbox import Make, advance


def intent(api: Any, customer: str, *, expect: int = 201, **more: Any) -> Any:
    return api.post(f"/payments/customers/{customer}/setup/intent", {"provider": "stripe", **more}, expect=expect)


def cards(api: Any, customer: str, **more: Any) -> Any:
    answer = api.send("GET", f"/payments/customers/{customer}/methods", {"provider": "stripe", **more})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_card_is_saved_at_the_page(api: Any, connect: Make, customer: str, press: Make) -> None:
    connect("stripe")
    made = intent(api, customer, success_url="https://shop.example/ok")
    assert (made["usage"], made["status"], made["customer_id"]) == ("off_session", "requires_payment_method", customer)
    assert cards(api, customer) == {"data": [], "has_more": False, "total_count": 0}
    assert "Save card" in api.send("GET", "/" + made["checkout_url"].removeprefix("http://emulator")).text
    done = press(made["checkout_session_id"], "pay")
    assert (done["event"]["name"], done["inbound"]["result"]) == ("setup_intent.succeeded", "processed")
    (card,) = cards(api, customer)["data"]
    assert (card["type"], card["is_default"], card["card"]["last4"]) == ("card", True, "4242")
    assert card["customer"].startswith("cus_")


def test_a_refused_card_is_not_saved(api: Any, connect: Make, customer: str, press: Make) -> None:
    connect("stripe")
    made = intent(api, customer)
    assert press(made["checkout_session_id"], "decline")["event"]["name"] == "setup_intent.setup_failed"
    assert cards(api, customer)["total_count"] == 0


def test_the_default_card_is_the_one_that_was_meant_to_be(api: Any, connect: Make, customer: str, press: Make) -> None:
    connect("stripe")
    for default in (False, False, True, False):
        press(intent(api, customer, set_default=default)["checkout_session_id"], "pay")
    assert [card["is_default"] for card in cards(api, customer)["data"]] == [False, True, False, False]


def test_cards_come_in_pages(api: Any, connect: Make, customer: str, press: Make) -> None:
    connect("stripe")
    for _ in range(3):
        press(intent(api, customer)["checkout_session_id"], "pay")
    ids = [card["id"] for card in cards(api, customer)["data"]]
    first = cards(api, customer, limit=2)
    assert ([card["id"] for card in first["data"]], first["has_more"], first["total_count"]) == (ids[:2], True, 3)
    rest = cards(api, customer, limit=2, starting_after=ids[1])
    assert ([card["id"] for card in rest["data"]], rest["has_more"]) == (ids[2:], False)
    before = cards(api, customer, limit=1, ending_before=ids[2])
    assert ([card["id"] for card in before["data"]], before["has_more"]) == ([ids[1]], True)
    assert len(cards(api, customer, limit=100)["data"]) == 3
    for limit in (0, 101):
        refused = api.send("GET", f"/payments/customers/{customer}/methods", {"provider": "stripe", "limit": limit})
        assert (refused.status_code, refused.json()["details"]) == (400, {"limit": limit})


def test_the_stored_card_pays_the_opening_invoice(api: Any, connect: Make, customer: str, press: Make) -> None:
    connect("stripe")
    press(intent(api, customer)["checkout_session_id"], "pay")
    plan = api.post("/plans", {"name": "P"})["id"]
    price = {"entity_type": "PLAN", "entity_id": plan, "currency": "usd", "billing_period": "MONTHLY", "billing_period_count": 1}
    terms = {"type": "FIXED", "billing_model": "FLAT_FEE", "billing_cadence": "RECURRING", "invoice_cadence": "ADVANCE", "amount": "30"}
    api.post("/prices", {**price, **terms, "price_unit_type": "FIAT", "start_date": "2026-01-01T00:00:00Z"})
    body = {"customer_id": customer, "plan_id": plan, "currency": "usd", "billing_period": "MONTHLY"}
    made = api.post("/subscriptions", {**body, "payment_behavior": "error_if_incomplete"})
    assert (made["subscription_status"], made["latest_invoice"]["payment_status"]) == ("active", "SUCCEEDED")
    (payment,) = api.get(f"/payments?destination_id={made['latest_invoice']['id']}")["items"]
    assert (payment["payment_method_type"], payment["amount"]) == ("CARD", "30")


def test_a_rule_answers_for_the_customer(api: Any, customer: str, sandbox: Make) -> None:
    sandbox("succeed", delay="PT1M")
    intent(api, customer)
    assert cards(api, customer)["total_count"] == 0
    advance(api, "PT2M")
    assert cards(api, customer)["total_count"] == 1


@pytest.mark.parametrize(
    ("body", "status"),
    [({"provider": "razorpay"}, 400), ({"usage": "sometimes"}, 400), ({"card_number": "4242"}, 400), ({"provider": ""}, 400)],
)
def test_unsound_intents_are_refused(api: Any, connect: Make, customer: str, body: Any, status: int) -> None:
    connect("stripe")
    intent(api, customer, expect=status, **body)


def test_what_is_missing_is_not_found(api: Any, customer: str, connect: Make, sandbox: Make) -> None:
    assert intent(api, customer, expect=404)["message"] == "Connection with provider stripe was not found in this environment"
    connect("stripe")
    intent(api, "cust_nope", expect=404)
    sandbox("timeout")
    assert intent(api, customer, expect=500)["code"] == "http_client_error"


@pytest.mark.parametrize("raw", [b"", b"[]", b'{"provider":"stripe","page":1}', b'{"provider":"stripe","limit":0}', b'{"limit":5}'])
def test_the_list_needs_its_body(api: Any, connect: Make, customer: str, raw: bytes) -> None:
    connect("stripe")
    assert api.send("GET", f"/payments/customers/{customer}/methods", raw=raw).status_code == 400
