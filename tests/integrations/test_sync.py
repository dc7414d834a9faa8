"""Customers and invoices pushed to connected providers, and invoices that are paid there."""

from typing import Any

import pytest

from tests.conftest import Api

BOTH = {"customer": {"outbound": True}, "invoice": {"outbound": True}}
ONE_OFF = {"invoice_type": "ONE_OFF", "currency": "usd", "amount_due": "100", "total": "100", "subtotal": "100"}


@pytest.fixture(autouse=True)
def _frozen(api: Api) -> None:
    api.freeze("2026-03-10T12:00:00Z")


def connect(api: Api, provider: str = "stripe", **sync: Any) -> None:
    secrets = {"secret_key": "sk", "api_key": "ak", "webhook_secret": "w"}
    body = {"name": provider, "provider_type": provider, "encrypted_secret_data": secrets}
    api.post("/connections", {**body, "sync_config": sync or BOTH}, expect=201)


def new_customer(api: Api, name: str = "c") -> str:
    made: str = api.post("/customers", {"external_id": name, "name": name})["id"]
    return made


def bill(api: Api, customer: str) -> str:
    lines = [{"display_name": "Setup", "quantity": "1", "amount": "100"}]
    made: str = api.post("/invoices", {**ONE_OFF, "customer_id": customer, "line_items": lines}, expect=201)["id"]
    return made


def mapped(api: Api, entity_type: str, entity_id: str) -> list[Any]:
    items: list[Any] = api.get(f"/integrations/mappings?entity_type={entity_type}&entity_id={entity_id}")["items"]
    return items


def pages(api: Api) -> list[Any]:
    found: list[Any] = api.call("GET", "//_emulator/payments/pages")["pages"]
    return found


def press(api: Api, page_id: str, action: str) -> Any:
    return api.call("POST", f"//_emulator/payments/pages/{page_id}", {"action": action}, expect=200)


def rule(api: Api, outcome: str) -> None:
    api.call("POST", "//_emulator/payments/sandbox", {"outcome": outcome}, expect=200)


def test_a_new_customer_is_known_to_every_provider_that_is_to_have_it(api: Api) -> None:
    connect(api, "stripe")
    connect(api, "quickbooks")
    connect(api, "razorpay", invoice={"outbound": True})
    made = new_customer(api)
    ids = {item["provider_type"]: item["provider_entity_id"] for item in mapped(api, "customer", made)}
    assert ids.keys() == {"stripe", "quickbooks"}
    assert ids["stripe"].startswith("cus_")


def test_a_finalized_invoice_is_pushed_with_its_customer_and_can_be_paid_there(api: Api) -> None:
    connect(api)
    invoice = bill(api, new_customer(api))
    (there,) = mapped(api, "invoice", invoice)
    (page,) = pages(api)
    assert there["provider_entity_id"].startswith("in_")
    assert there["metadata"]["hosted_invoice_url"] == page["url"]
    assert press(api, page["id"], "pay")["event"]["name"] == "invoice_payment.paid"
    read = api.get(f"/invoices/{invoice}")
    assert (read["payment_status"], read["amount_paid"]) == ("SUCCEEDED", "100")
    (payment,) = api.get("/payments")["items"]
    assert (payment["payment_gateway"], payment["payment_status"], payment["metadata"]) == (
        "stripe",
        "SUCCEEDED",
        {"payment_source": "provider_invoice"},
    )


def test_an_invoice_paid_at_the_provider_twice_told_is_paid_once(api: Api) -> None:
    connect(api)
    invoice = bill(api, new_customer(api))
    done = press(api, pages(api)[0]["id"], "pay")
    again = api.call("POST", f"//_emulator/payments/inbound/{done['inbound']['id']}/repeat")
    assert (again["result"], again["reason"]) == ("ignored", "the payment is known already")
    assert api.get(f"/invoices/{invoice}")["amount_paid"] == "100"


def test_a_declined_try_at_the_provider_changes_nothing_here(api: Api) -> None:
    connect(api)
    invoice = bill(api, new_customer(api))
    assert press(api, pages(api)[0]["id"], "decline")["inbound"]["result"] == "ignored"
    assert api.get(f"/invoices/{invoice}")["payment_status"] == "PENDING"
    assert api.get("/payments")["items"] == []


def test_an_invoice_paid_here_closes_the_page_there(api: Api) -> None:
    connect(api)
    invoice = bill(api, new_customer(api))
    api.put(f"/invoices/{invoice}/payment", {"payment_status": "SUCCEEDED"})
    assert pages(api)[0]["state"] == "closed"


@pytest.mark.parametrize(("outcome", "status"), [("succeed", "SUCCEEDED"), ("decline", "PENDING")])
def test_a_pushed_subscription_invoice_is_charged_there_and_not_here(api: Api, outcome: str, status: str) -> None:
    connect(api)
    rule(api, outcome)
    customer = new_customer(api)
    api.post("/wallets", {"customer_id": customer, "currency": "usd", "wallet_type": "POST_PAID", "initial_credits_to_load": "100"})
    plan = api.post("/plans", {"name": "P"})["id"]
    price = {"entity_type": "PLAN", "entity_id": plan, "currency": "usd", "billing_period": "MONTHLY", "billing_period_count": 1}
    terms = {"type": "FIXED", "billing_model": "FLAT_FEE", "billing_cadence": "RECURRING", "invoice_cadence": "ADVANCE", "amount": "30"}
    api.post("/prices", {**price, **terms, "price_unit_type": "FIAT", "start_date": "2026-01-01T00:00:00Z"})
    made = api.post("/subscriptions", {"customer_id": customer, "plan_id": plan, "currency": "usd", "billing_period": "MONTHLY"})
    invoice = made["latest_invoice"]["id"]
    assert (made["latest_invoice"]["payment_status"], api.get("/payments")["items"]) == ("PENDING", [])
    api.call("POST", "//_emulator/settle")
    assert api.get(f"/invoices/{invoice}")["payment_status"] == status


def test_a_provider_that_does_not_answer_leaves_the_invoice_as_it_is(api: Api) -> None:
    connect(api)
    rule(api, "timeout")
    invoice = bill(api, new_customer(api))
    assert mapped(api, "invoice", invoice) == []
    api.send("DELETE", "//_emulator/payments/sandbox")
    api.post("/integrations/sync", {"entity_type": "invoice", "entity_id": invoice})
    assert len(mapped(api, "invoice", invoice)) == 1


def test_a_push_can_be_asked_for_whatever_the_switches_say(api: Api) -> None:
    customer = new_customer(api)
    connect(api, "stripe", customer={"outbound": False})
    connect(api, "razorpay", customer={"outbound": False})
    api.post("/integrations/sync", {"entity_type": "customer", "entity_id": customer, "provider_type": "razorpay"})
    assert [item["provider_type"] for item in mapped(api, "customer", customer)] == ["razorpay"]
    api.post("/integrations/sync", {"entity_type": "customer", "entity_id": "cust_nope"})
    api.post("/integrations/sync", {"entity_type": "plan", "entity_id": "plan_x"})
    assert mapped(api, "customer", "cust_nope") == mapped(api, "plan", "plan_x") == []


def test_pushing_again_keeps_the_id(api: Api) -> None:
    connect(api)
    customer = new_customer(api)
    before = mapped(api, "customer", customer)
    api.post("/integrations/sync", {"entity_type": "customer", "entity_id": customer})
    assert mapped(api, "customer", customer) == before


def test_an_archived_connection_pushes_nothing(api: Api) -> None:
    connect(api)
    api.delete(f"/connections/{api.get('/connections')['connections'][0]['id']}")
    assert mapped(api, "customer", new_customer(api)) == []
