"""Credits, add-ons and quantities that are paid first."""

from typing import Any

import pytest

from tests.checkout.conftest import TERMS, Shop, fixed_price
from tests.conftest import Api

BUY = {"credits_to_add": "20", "transaction_reason": "PURCHASED_CREDIT_INVOICED", "checkout": TERMS}


@pytest.fixture
def wallet(api: Api, shop: Shop) -> str:
    made: str = api.post("/wallets", {"customer_id": shop.customer, "currency": "usd"})["id"]
    return made


@pytest.fixture
def active(shop: Shop) -> Any:
    return shop.subscribe(checkout=None)


def balance(api: Api, wallet: str) -> str:
    return str(api.get(f"/wallets/{wallet}")["credit_balance"])


def test_credits_count_when_they_are_paid(api: Api, shop: Shop, wallet: str, events: Any) -> None:
    made = api.post(f"/wallets/{wallet}/top-up", {**BUY, "bonus_credits_to_add": "5"})
    session = made["checkout_session"]
    assert (session["action"], session["checkout_status"]) == ("wallet_topup", "pending")
    assert session["configuration"]["wallet_topup_params"] == {
        "wallet_id": wallet,
        "wallet_transaction_id": made["wallet_transaction"]["id"],
    }
    assert made["wallet_transaction"]["transaction_status"] == "pending"
    assert api.get(f"/invoices/{made['invoice_id']}")["invoice_status"] == "DRAFT"
    assert balance(api, wallet) == "0"
    events()
    shop.press(session, "pay")
    assert balance(api, wallet) == "25"
    invoice = api.get(f"/invoices/{made['invoice_id']}")
    assert (invoice["invoice_status"], invoice["payment_status"], invoice["invoice_number"]) == (
        "FINALIZED",
        "SUCCEEDED",
        "INV-202603-00001",
    )
    assert shop.session(session)["checkout_status"] == "completed"
    names = events()
    assert [name for name in names if not name.startswith("wallet.ongoing")] == [
        "payment.success",
        "invoice.update.finalized",
        "wallet.transaction.updated",
        "invoice.update.payment",
        "checkout.session.completed",
    ]


def test_credits_that_are_not_paid_never_count(api: Api, shop: Shop, wallet: str) -> None:
    made = api.post(f"/wallets/{wallet}/top-up", {**BUY, "bonus_credits_to_add": "5"})
    shop.advance("PT15M")
    assert shop.session(made["checkout_session"])["checkout_status"] == "expired"
    rows = api.get(f"/wallets/{wallet}/transactions")["items"]
    assert [row["transaction_status"] for row in rows] == ["failed", "failed"]
    assert balance(api, wallet) == "0"
    api.get(f"/invoices/{made['invoice_id']}", expect=404)


def test_one_purchase_of_a_wallet_waits_at_a_time(api: Api, shop: Shop, wallet: str) -> None:
    first = api.post(f"/wallets/{wallet}/top-up", {**BUY, "idempotency_key": "a"})
    assert api.post(f"/wallets/{wallet}/top-up", {**BUY, "idempotency_key": "b"}, expect=409)["code"] == "already_exists"
    shop.press(first["checkout_session"], "pay")
    second = api.post(f"/wallets/{wallet}/top-up", {**BUY, "idempotency_key": "b"})
    assert second["checkout_session"]["checkout_status"] == "pending"
    assert balance(api, wallet) == "20"


def test_automatic_completion_does_not_apply(api: Api, wallet: str) -> None:
    config = {"prefix": "INV", "format": "YYYYMM", "start_sequence": 1, "timezone": "UTC", "suffix_length": 5}
    api.put("/settings/invoice_config", {"value": {**config, "auto_complete_purchased_credit_transaction": True}})
    made = api.post(f"/wallets/{wallet}/top-up", BUY)
    assert (made["wallet_transaction"]["transaction_status"], balance(api, wallet)) == ("pending", "0")


def test_a_purchase_without_a_connection_is_refused_and_leaves_no_row(api: Api, wallet: str) -> None:
    api.delete(f"/connections/{api.get('/connections')['connections'][0]['id']}", expect=204)
    assert api.post(f"/wallets/{wallet}/top-up", BUY, expect=400)["message"].startswith("Set up and publish")
    assert api.get(f"/wallets/{wallet}/transactions")["items"] == []


@pytest.fixture
def addon(api: Api) -> str:
    made: str = api.post("/addons", {"name": "A", "lookup_key": "a", "type": "onetime"})["id"]
    fixed_price(api, "ADDON", made, "31")
    return made


def add(api: Api, subscription: str, addon: str, *, expect: int = 200, **more: Any) -> Any:
    body = {"subscription_id": subscription, "addon_id": addon, "proration_behavior": "create_prorations", "checkout": TERMS}
    return api.post("/subscriptions/addon", {**body, **more}, expect=expect)


def lines(api: Api, subscription: str) -> list[str]:
    return [line["display_name"] for line in api.get(f"/subscriptions/{subscription}")["line_items"] or () if not line.get("end_date")]


def test_an_addon_is_attached_when_it_is_paid(api: Api, shop: Shop, active: Any, addon: str, events: Any) -> None:
    made = add(api, active["id"], addon)
    session = made["checkout_session"]
    before = len(api.get(f"/subscriptions/{active['id']}")["line_items"])
    assert (made["addon_status"], session["action"]) == ("pending", "add_addon")
    refused = api.delete("/subscriptions/addon", {"addon_association_id": made["id"]}, expect=400)
    assert refused["message"] == "Addons that wait for their checkout cannot be removed"
    assert api.get(f"/subscriptions/{active['id']}/addons/associations")["items"] == []
    shop.advance("PT5M")
    events()
    shop.press(session, "pay")
    (attached,) = api.get(f"/subscriptions/{active['id']}/addons/associations")["items"]
    assert (attached["id"], attached["addon_status"], attached["start_date"]) == (made["id"], "active", "2026-03-10T12:00:00Z")
    assert len(api.get(f"/subscriptions/{active['id']}")["line_items"]) == before + 1
    invoice = api.get(f"/invoices/{session['checkout_invoice_id']}")
    assert (invoice["invoice_type"], invoice["amount_paid"], invoice["payment_status"]) == ("ONE_OFF", "31", "SUCCEEDED")
    assert "subscription.updated" in events()
    assert len([item for item in api.get("/invoices")["items"] if item["invoice_type"] == "ONE_OFF"]) == 1


def test_an_addon_that_is_not_paid_is_not_attached(api: Api, shop: Shop, active: Any, addon: str) -> None:
    made = add(api, active["id"], addon)
    shop.press(made["checkout_session"], "decline")
    assert api.get(f"/subscriptions/{active['id']}/addons/associations")["items"] == []
    assert shop.session(made["checkout_session"])["checkout_status"] == "failed"
    assert add(api, active["id"], addon)["addon_status"] == "pending"


def test_an_addon_that_costs_nothing_now_needs_no_checkout(api: Api, active: Any, addon: str) -> None:
    assert add(api, active["id"], addon, proration_behavior="none", expect=400)["message"] == "checkout requires a non-zero invoice"


def modify(api: Api, subscription: str, body: Any, *, expect: int = 200) -> Any:
    return api.post(f"/subscriptions/{subscription}/modify/execute", {**body, "checkout": TERMS}, expect=expect)


def quantity(line: str, count: str) -> Any:
    return {"type": "quantity_change", "quantity_change_params": {"line_items": [{"id": line, "quantity": count}]}}


def test_more_units_count_when_they_are_paid(api: Api, shop: Shop, active: Any) -> None:
    (line,) = api.get(f"/subscriptions/{active['id']}")["line_items"]
    answer = modify(api, active["id"], quantity(line["id"], "3"))
    session = answer["checkout_session"]
    assert session["action"] == "modify_subscription"
    assert api.get(f"/payments/{session['checkout_payment_id']}")["amount"] == "60"
    assert [held["quantity"] for held in api.get(f"/subscriptions/{active['id']}")["line_items"]] == ["1"]
    shop.advance("PT10M")
    shop.press(session, "pay")
    held = {item["quantity"]: item for item in api.get(f"/subscriptions/{active['id']}")["line_items"]}
    assert held["3"]["start_date"] == "2026-03-10T12:00:00Z"
    invoices = [item for item in api.get("/invoices")["items"] if item["invoice_type"] == "ONE_OFF"]
    assert [item["amount_paid"] for item in invoices] == ["60"]


def test_fewer_units_need_no_checkout(api: Api, active: Any) -> None:
    (line,) = api.get(f"/subscriptions/{active['id']}")["line_items"]
    assert modify(api, active["id"], quantity(line["id"], "0"), expect=400)["message"] == "checkout requires a non-zero invoice"


def test_an_addon_by_modification(api: Api, shop: Shop, active: Any, addon: str) -> None:
    wanted = {"addon_id": addon, "proration_behavior": "create_prorations"}
    answer = modify(api, active["id"], {"type": "addon", "addon_params": {"action": "add", "add": wanted}})
    shop.press(answer["checkout_session"], "pay")
    assert len(api.get(f"/subscriptions/{active['id']}/addons/associations")["items"]) == 1


def test_other_modifications_take_no_checkout(api: Api, active: Any) -> None:
    coupon = {"type": "coupon", "coupon_params": {"action": "add", "coupon_code": "x"}}
    refused = modify(api, active["id"], coupon, expect=400)
    assert refused["message"] == "Checkout is only supported for quantity_change and for adding an addon"


def test_a_line_cannot_be_changed_twice_at_once(api: Api, active: Any) -> None:
    (line,) = api.get(f"/subscriptions/{active['id']}")["line_items"]
    twice = [{"id": line["id"], "quantity": "3"}, {"id": line["id"], "quantity": "5"}]
    modify(api, active["id"], {"type": "quantity_change", "quantity_change_params": {"line_items": twice}}, expect=400)
    assert [held["quantity"] for held in api.get(f"/subscriptions/{active['id']}")["line_items"]] == ["1"]
