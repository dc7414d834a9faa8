"""Payment links: a page on the emulator, and the provider's webhook that reports what was done there."""

from typing import Any

import pytest

from tests.payments.test_sandbox import Make, advance

GATEWAYS = ("stripe", "razorpay", "nomod", "moyasar", "paddle", "whop")


@pytest.fixture
def link(pay: Make, invoice: Make) -> Make:
    def make(bill: str = "", amount: str = "100", provider: str = "stripe", **more: Any) -> Any:
        return pay(bill or invoice(), amount, payment_method_type="PAYMENT_LINK", payment_gateway=provider, **more)

    return make


@pytest.mark.parametrize("provider", GATEWAYS)
def test_what_is_pressed_at_the_page_comes_back_as_the_providers_webhook(
    api: Any, connect: Make, invoice: Make, link: Make, press: Make, page_of: Make, provider: str
) -> None:
    connect(provider)
    bill = invoice()
    made = link(bill, provider=provider)
    page = page_of(payment_id=made["id"])
    assert (made["payment_status"], made["gateway_tracking_id"], made["payment_url"]) == ("PENDING", page["id"], page["url"])
    assert (page["state"], page["amount"], page["purpose"]) == ("open", "100", "payment")
    done = press(page["id"], "pay")
    assert (done["page"]["state"], done["inbound"]["result"]) == ("paid", "processed")
    read = api.get(f"/payments/{made['id']}")
    assert (read["payment_status"], read["succeeded_at"]) == ("SUCCEEDED", "2026-03-10T12:00:00Z")
    assert read["gateway_payment_id"] != page["id"]
    assert api.get(f"/invoices/{bill}")["payment_status"] == "SUCCEEDED"


@pytest.mark.parametrize("provider", GATEWAYS)
def test_a_refused_try_can_be_followed_by_a_payment(
    api: Any, connect: Make, invoice: Make, link: Make, press: Make, page_of: Make, provider: str
) -> None:
    connect(provider)
    bill = invoice()
    made = link(bill, provider=provider)
    page = page_of(payment_id=made["id"])["id"]
    assert press(page, "decline", decline_code="insufficient_funds")["page"]["state"] == "open"
    read = api.get(f"/payments/{made['id']}")
    assert (read["payment_status"], read["error_message"]) == ("FAILED", "declined: insufficient_funds")
    assert api.get(f"/invoices/{bill}")["payment_status"] == "PENDING"
    press(page, "pay")
    read = api.get(f"/payments/{made['id']}")
    assert (read["payment_status"], read.get("error_message"), read.get("failed_at")) == ("SUCCEEDED", None, None)
    assert api.get(f"/invoices/{bill}")["amount_remaining"] == "0"


@pytest.mark.parametrize("provider", ["stripe", "razorpay"])
def test_a_link_that_runs_out(api: Any, connect: Make, link: Make, press: Make, page_of: Make, provider: str) -> None:
    connect(provider)
    made = link(provider=provider)
    page = page_of(payment_id=made["id"])["id"]
    assert press(page, "expire")["page"]["state"] == "expired"
    assert api.get(f"/payments/{made['id']}")["payment_status"] == "FAILED"
    press(page, "pay", expect=400)


def test_a_link_needs_its_own_providers_connection(api: Any, connect: Make, invoice: Make, pay: Make) -> None:
    connect("stripe")
    bill = invoice()
    body = {"payment_method_type": "PAYMENT_LINK", "payment_gateway": "razorpay"}
    assert pay(bill, "5", expect=404, **body)["message"] == "Connection with provider razorpay was not found in this environment"


def test_a_payment_after_the_invoice_was_paid_otherwise_is_too_much(
    api: Any, connect: Make, invoice: Make, link: Make, pay: Make, press: Make, page_of: Make
) -> None:
    connect("stripe")
    bill = invoice()
    made = link(bill)
    pay(bill, "100")
    press(page_of(payment_id=made["id"])["id"], "pay")
    read = api.get(f"/invoices/{bill}")
    assert (read["payment_status"], read["amount_paid"], read["overpaid_amount"]) == ("OVERPAID", "200", "100")


def test_a_link_waits_for_a_person_unless_a_rule_answers(api: Any, connect: Make, link: Make, sandbox: Make, page_of: Make) -> None:
    connect("stripe")
    waiting = link(amount="1")
    sandbox("succeed", delay="PT5M")
    answered = link(amount="2")
    advance(api, "PT10M")
    assert api.get(f"/payments/{waiting['id']}")["payment_status"] == "PENDING"
    assert api.get(f"/payments/{answered['id']}")["payment_status"] == "SUCCEEDED"
    assert page_of(payment_id=answered["id"])["state"] == "paid"


def test_a_link_activates_an_incomplete_subscription(
    api: Any, connect: Make, customer: str, link: Make, press: Make, page_of: Make, events: Any
) -> None:
    connect("stripe")
    plan = api.post("/plans", {"name": "P"})["id"]
    price = {"entity_type": "PLAN", "entity_id": plan, "currency": "usd", "billing_period": "MONTHLY", "billing_period_count": 1}
    terms = {"type": "FIXED", "billing_model": "FLAT_FEE", "billing_cadence": "RECURRING", "invoice_cadence": "ADVANCE", "amount": "30"}
    api.post("/prices", {**price, **terms, "price_unit_type": "FIAT", "start_date": "2026-01-01T00:00:00Z"})
    body = {"customer_id": customer, "plan_id": plan, "currency": "usd", "billing_period": "MONTHLY"}
    made = api.post("/subscriptions", {**body, "payment_behavior": "allow_incomplete"})
    assert made["subscription_status"] == "incomplete"
    payment = link(made["latest_invoice"]["id"], "30")
    events()
    press(page_of(payment_id=payment["id"])["id"], "pay")
    assert api.get(f"/subscriptions/{made['id']}")["subscription_status"] == "active"
    assert events() == ["payment.success", "subscription.activated", "invoice.update.payment"]


def test_a_saved_card_is_charged_by_itself(
    api: Any, connect: Make, customer: str, link: Make, press: Make, page_of: Make, pay: Make, invoice: Make
) -> None:
    connect("stripe")
    made = link(save_card_and_make_default=True)
    press(page_of(payment_id=made["id"])["id"], "pay")
    answer = api.send("GET", f"/payments/customers/{customer}/methods", {"provider": "stripe"}).json()
    (card,) = answer["data"]
    assert (card["is_default"], answer["total_count"]) == (True, 1)
    bill = invoice()
    charged = pay(bill, "100", payment_method_type="CARD", payment_method_id=card["id"])
    assert charged["payment_status"] == "SUCCEEDED"
    assert api.get(f"/invoices/{bill}")["payment_status"] == "SUCCEEDED"
    refused = pay(invoice(), "7", payment_method_type="CARD", payment_method_id="pm_unknown", expect=400)
    assert refused["message"] == "The customer has no such payment method at the provider"
