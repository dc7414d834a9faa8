"""Subscriptions that are paid before they begin."""

from typing import Any

import pytest

from tests.checkout.conftest import LATER, TERMS, Shop
from tests.conftest import Api


def test_a_draft_waits_for_its_payment(api: Api, shop: Shop, events: Any) -> None:
    events()
    made = shop.subscribe(checkout={**TERMS, "metadata": {"order": "7"}, "success_url": "https://shop.example/ok"})
    session = made["checkout_session"]
    assert made["subscription_status"] == "draft"
    assert (session["action"], session["checkout_status"], session["expires_at"]) == ("create_subscription", "pending", LATER)
    assert session["payment_action"] == {"type": "payment_link", "url": session["provider_result"]["next_action"]["url"]}
    assert session["configuration"]["create_subscription_params"]["subscription_id"] == made["id"]
    assert (session["metadata"], session["success_url"]) == ({"order": "7"}, "https://shop.example/ok")
    assert "waiting" not in session
    assert "subject_id" not in session
    invoice = api.get(f"/invoices/{session['checkout_invoice_id']}")
    assert (invoice["invoice_status"], invoice["amount_due"], invoice["billing_reason"]) == ("DRAFT", "30", "SUBSCRIPTION_CREATE")
    payment = api.get(f"/payments/{session['checkout_payment_id']}")
    assert (payment["payment_status"], payment["amount"], payment["payment_gateway"]) == ("PENDING", "30", "razorpay")
    assert shop.session(session) == session
    assert events() == [
        "subscription.draft.created",
        "invoice.update",
        "payment.created",
        "checkout.session.initiated",
        "payment.pending",
        "payment.pending",
    ]


def test_a_paid_session_begins_the_subscription(api: Api, shop: Shop, events: Any) -> None:
    session = shop.subscribe()["checkout_session"]
    events()
    shop.press(session, "pay")
    done = shop.session(session)
    subscription = session["configuration"]["create_subscription_params"]["subscription_id"]
    assert (done["checkout_status"], done["completed_at"]) == ("completed", "2026-03-10T12:00:00Z")
    assert done["result"]["create_subscription_result"] == {
        "subscription_id": subscription,
        "invoice_id": session["checkout_invoice_id"],
        "payment_id": session["checkout_payment_id"],
    }
    assert api.get(f"/subscriptions/{subscription}")["subscription_status"] == "active"
    invoice = api.get(f"/invoices/{session['checkout_invoice_id']}")
    assert (invoice["invoice_status"], invoice["payment_status"], invoice["amount_paid"]) == ("FINALIZED", "SUCCEEDED", "30")
    assert invoice["invoice_number"] == "INV-202603-00001"
    assert events() == [
        "payment.success",
        "invoice.update.finalized",
        "invoice.update.payment",
        "subscription.activated",
        "subscription.updated",
        "checkout.session.completed",
    ]


def test_a_paid_subscription_renews_like_any_other(api: Api, shop: Shop) -> None:
    session = shop.subscribe()["checkout_session"]
    shop.press(session, "pay")
    shop.advance("P1M1D")
    items = api.get("/invoices")["items"]
    assert sorted(item["billing_reason"] for item in items) == ["SUBSCRIPTION_CREATE", "SUBSCRIPTION_CYCLE"]


def test_the_same_webhook_twice_completes_once(api: Api, shop: Shop, events: Any) -> None:
    session = shop.subscribe()["checkout_session"]
    done = shop.press(session, "pay")
    events()
    api.call("POST", f"//_emulator/payments/inbound/{done['inbound']['id']}/repeat")
    assert events() == []
    assert len(api.get("/invoices")["items"]) == 1


def test_a_refused_payment_leaves_nothing_behind(api: Api, shop: Shop, events: Any) -> None:
    made = shop.subscribe()
    session = made["checkout_session"]
    events()
    shop.press(session, "decline", decline_code="insufficient_funds")
    done = shop.session(session)
    assert (done["checkout_status"], done["failure_reason"]) == ("failed", "declined: insufficient_funds")
    assert events() == ["payment.failed", "checkout.session.failed"]
    api.get(f"/subscriptions/{made['id']}", expect=404)
    api.get(f"/invoices/{session['checkout_invoice_id']}", expect=404)
    assert api.get("/payments")["items"] == []
    assert api.get(f"/payments/{session['checkout_payment_id']}")["payment_status"] == "FAILED"


def test_a_session_that_is_not_paid_in_time_expires(api: Api, shop: Shop, events: Any) -> None:
    made = shop.subscribe()
    session = made["checkout_session"]
    shop.advance("PT14M")
    assert shop.session(session)["checkout_status"] == "pending"
    events()
    shop.advance("PT1M")
    assert shop.session(session)["checkout_status"] == "expired"
    assert events() == ["checkout.session.expired"]
    api.get(f"/subscriptions/{made['id']}", expect=404)
    assert api.call("GET", f"//_emulator/payments/pages/{shop.page(session)}")["state"] == "expired"


def test_money_that_comes_after_the_end_is_noted_and_nothing_begins(api: Api, shop: Shop) -> None:
    made = shop.subscribe()
    session = made["checkout_session"]
    event = shop.press(session, "pay", deliver=False)["event"]
    shop.advance("PT15M")
    answer = api.send("POST", "/" + event["path"], raw=event["body"].encode(), headers={"x-api-key": None, **event["headers"]})
    assert answer.status_code == 200
    assert api.get(f"/payments/{session['checkout_payment_id']}")["payment_status"] == "SUCCEEDED"
    assert [item["id"] for item in api.get("/payments")["items"]] == [session["checkout_payment_id"]]
    assert shop.session(session)["checkout_status"] == "expired"
    api.get(f"/subscriptions/{made['id']}", expect=404)


@pytest.mark.parametrize(("outcome", "status"), [("succeed", "completed"), ("decline", "failed"), ("late", "completed")])
def test_a_rule_answers_in_the_customers_place(api: Api, shop: Shop, outcome: str, status: str) -> None:
    api.call("POST", "//_emulator/payments/sandbox", {"outcome": outcome, "delay": "PT5M"}, expect=200)
    session = shop.subscribe()["checkout_session"]
    shop.advance("PT6M")
    assert shop.session(session)["checkout_status"] == status


def test_a_late_answer_may_come_too_late(api: Api, shop: Shop) -> None:
    api.call("POST", "//_emulator/payments/sandbox", {"outcome": "late", "delay": "PT20M"}, expect=200)
    session = shop.subscribe()["checkout_session"]
    shop.advance("PT30M")
    assert shop.session(session)["checkout_status"] == "expired"


def test_a_provider_that_does_not_answer_leaves_nothing(api: Api, shop: Shop) -> None:
    api.call("POST", "//_emulator/payments/sandbox", {"outcome": "timeout"}, expect=200)
    assert shop.subscribe(expect=500)["code"] == "http_client_error"
    assert api.get("/subscriptions?subscription_status=draft")["items"] == []
    assert api.get("/payments")["items"] == []


def test_taxes_are_paid_with_it(api: Api, shop: Shop) -> None:
    api.post("/taxes/rates", {"name": "VAT", "code": "vat", "tax_rate_type": "percentage", "percentage_value": "10"})
    override = {"tax_rate_code": "vat", "currency": "usd", "auto_apply": True}
    session = shop.subscribe(tax_rate_overrides=[override])["checkout_session"]
    assert api.get(f"/payments/{session['checkout_payment_id']}")["amount"] == "33"
    shop.press(session, "pay")
    invoice = api.get(f"/invoices/{session['checkout_invoice_id']}")
    assert (invoice["total_tax"], invoice["total"], invoice["amount_paid"], invoice["amount_remaining"]) == ("3", "33", "33", "0")
    assert len(invoice["taxes"]) == 1


def test_a_plan_that_costs_nothing_is_refused(api: Api, shop: Shop) -> None:
    free = api.post("/plans", {"name": "Free"})["id"]
    api.post(
        "/prices",
        {
            "entity_type": "PLAN",
            "entity_id": free,
            "currency": "usd",
            "billing_period": "MONTHLY",
            "billing_period_count": 1,
            "type": "FIXED",
            "billing_model": "FLAT_FEE",
            "billing_cadence": "RECURRING",
            "invoice_cadence": "ARREAR",
            "amount": "5",
            "price_unit_type": "FIAT",
            "start_date": "2026-01-01T00:00:00Z",
        },
    )
    refused = shop.subscribe(plan_id=free, expect=400)
    assert refused["message"] == "checkout requires a non-zero invoice"
    assert api.get("/subscriptions?subscription_status=draft")["items"] == []


def test_credits_of_the_plan_are_given_when_it_is_paid(api: Api, shop: Shop) -> None:
    grant = {
        "name": "G",
        "scope": "PLAN",
        "plan_id": shop.plan,
        "credits": "5",
        "cadence": "ONETIME",
        "expiration_type": "NEVER",
        "priority": 1,
        "conversion_rate": "1",
    }
    api.post("/creditgrants", grant, expect=201)
    session = shop.subscribe()["checkout_session"]
    assert api.get(f"/customers/{shop.customer}/wallets") == []
    shop.press(session, "pay")
    shop.advance("PT1M")
    (wallet,) = api.get(f"/customers/{shop.customer}/wallets")
    assert wallet["credit_balance"] == "5"


def test_deleting_a_session_drops_what_waits(api: Api, shop: Shop, events: Any) -> None:
    made = shop.subscribe()
    session = made["checkout_session"]
    events()
    answer = api.send("DELETE", f"/checkout/sessions/{session['id']}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert events() == ["checkout.session.failed"]
    api.get(f"/subscriptions/{made['id']}", expect=404)
    api.get(f"/checkout/sessions/{session['id']}", expect=404)
    again = api.delete(f"/checkout/sessions/{session['id']}", expect=404)
    assert again["message"] == f"checkout session {session['id']} not found or already archived"


def test_a_completed_session_can_be_deleted(api: Api, shop: Shop) -> None:
    made = shop.subscribe()
    shop.press(made["checkout_session"], "pay")
    api.delete(f"/checkout/sessions/{made['checkout_session']['id']}", expect=204)
    assert api.get(f"/subscriptions/{made['id']}")["subscription_status"] == "active"


def test_a_key_is_held_while_its_session_is_open(api: Api, shop: Shop) -> None:
    keyed = {**TERMS, "idempotency_key": "k"}
    session = shop.subscribe(checkout=keyed)["checkout_session"]
    assert shop.subscribe(checkout=keyed, expect=409)["code"] == "already_exists"
    shop.press(session, "decline")
    assert shop.subscribe(checkout=keyed)["checkout_session"]["checkout_status"] == "pending"


def test_an_unconnected_or_unknown_provider_is_refused(api: Api, shop: Shop) -> None:
    assert shop.subscribe(checkout={"payment_provider": "stripe"}, expect=400)["message"] == "Allowed values: razorpay"
    api.delete(f"/connections/{api.get('/connections')['connections'][0]['id']}", expect=204)
    assert shop.subscribe(expect=400)["message"] == "Set up and publish a payment connection before using checkout"


def test_a_session_by_its_own_operation(api: Api, shop: Shop) -> None:
    params = {"plan_id": shop.plan, "currency": "usd", "billing_period": "MONTHLY", "lookup_key": "own"}
    body = {
        "customer_external_id": "c",
        "action": "create_subscription",
        "payment_provider": "razorpay",
        "configuration": {"create_subscription_params": params},
    }
    session = api.post("/checkout/sessions", body, expect=201)
    assert session["configuration"]["create_subscription_params"]["lookup_key"] == "own"
    shop.press(session, "pay")
    made = shop.session(session)["result"]["create_subscription_result"]["subscription_id"]
    read = api.get(f"/subscriptions/{made}")
    assert (read["subscription_status"], read["lookup_key"]) == ("active", "own")


def test_a_draft_that_exists_can_be_paid_first(api: Api, shop: Shop) -> None:
    draft = shop.subscribe(checkout=None, subscription_status="draft")["id"]
    body = {
        "customer_external_id": "c",
        "action": "create_subscription",
        "payment_provider": "razorpay",
        "configuration": {"create_subscription_params": {"subscription_id": draft}},
    }
    session = api.post("/checkout/sessions", body, expect=201)
    assert api.post("/checkout/sessions", body, expect=409)["code"] == "already_exists"
    shop.press(session, "pay")
    assert api.get(f"/subscriptions/{draft}")["subscription_status"] == "active"
    api.post("/checkout/sessions", body, expect=400)


def activate(api: Api, subscription: str) -> None:
    api.post(f"/subscriptions/{subscription}/activate", {"start_date": "2026-03-10T12:00:00Z"})


def test_a_draft_activated_by_hand_stays_when_its_session_ends(api: Api, shop: Shop) -> None:
    made = shop.subscribe()
    activate(api, made["id"])
    shop.advance("PT15M")
    assert shop.session(made["checkout_session"])["checkout_status"] == "expired"
    assert api.get(f"/subscriptions/{made['id']}")["subscription_status"] == "active"
    assert [item["invoice_status"] for item in api.get("/invoices")["items"]] == ["FINALIZED"]


def test_a_draft_activated_by_hand_can_still_be_paid(api: Api, shop: Shop, events: Any) -> None:
    made = shop.subscribe()
    activate(api, made["id"])
    events()
    shop.press(made["checkout_session"], "pay")
    assert "subscription.activated" not in events()
    (invoice,) = api.get("/invoices")["items"]
    assert (invoice["payment_status"], invoice["amount_paid"]) == ("SUCCEEDED", "30")
    assert shop.session(made["checkout_session"])["checkout_status"] == "completed"


def test_an_invoice_paid_by_hand_meanwhile_is_overpaid(api: Api, shop: Shop) -> None:
    made = shop.subscribe()
    invoice = made["checkout_session"]["checkout_invoice_id"]
    body = {"destination_type": "INVOICE", "destination_id": invoice, "payment_method_type": "OFFLINE", "currency": "usd"}
    api.post("/payments", {**body, "amount": "30", "process_payment": True}, expect=201)
    shop.press(made["checkout_session"], "pay")
    read = api.get(f"/invoices/{invoice}")
    assert (read["payment_status"], read["amount_paid"], read["overpaid_amount"]) == ("OVERPAID", "60", "30")
    assert api.get(f"/subscriptions/{made['id']}")["subscription_status"] == "active"


def test_a_voided_invoice_stays_voided(api: Api, shop: Shop) -> None:
    made = shop.subscribe()
    invoice = made["checkout_session"]["checkout_invoice_id"]
    api.post(f"/invoices/{invoice}/void")
    shop.press(made["checkout_session"], "pay")
    assert api.get(f"/invoices/{invoice}")["invoice_status"] == "VOIDED"
    assert api.get(f"/payments/{made['checkout_session']['checkout_payment_id']}")["payment_status"] == "SUCCEEDED"
