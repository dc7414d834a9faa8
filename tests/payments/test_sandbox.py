"""The stand-in for the payment provider."""

from collections.abc import Callable
from typing import Any

import pytest

Make = Callable[..., Any]
CARD = {"payment_method_type": "CARD", "payment_method_id": "pm_1"}
LINK = {"payment_method_type": "PAYMENT_LINK", "payment_gateway": "stripe"}


def advance(api: Any, by: str) -> Any:
    return api.call("POST", "//_emulator/clock/advance", {"by": by}, expect=200)


def answer(api: Any, payment_id: str, outcome: str, **more: Any) -> Any:
    return api.call("POST", "//_emulator/payments/sandbox/answer", {"payment_id": payment_id, "outcome": outcome, **more}, expect=200)


def test_without_a_rule_nothing_is_connected(api: Any, invoice: Make, pay: Make, events: Callable[[], list[str]]) -> None:
    bill = invoice()
    events()
    refused = pay(bill, "5", expect=404, **CARD)
    assert refused["message"] == "Connection with provider stripe was not found in this environment"
    assert events() == ["payment.created", "payment.pending", "payment.updated", "payment.failed"]
    pay(bill, "6", expect=404, **{**LINK, "payment_gateway": "razorpay"})
    assert events() == ["payment.created", "payment.pending"]
    link, card = api.get("/payments")["items"]
    assert (card["payment_status"], card["error_message"]) == ("FAILED", "connection not found")
    assert (link["payment_status"], link.get("error_message")) == ("INITIATED", None)
    assert [tried["error_message"] for tried in api.get(f"/payments/{link['id']}")["attempts"]] == ["connection not found"]


def test_a_card_that_succeeds_pays_the_invoice(api: Any, invoice: Make, pay: Make, sandbox: Make) -> None:
    sandbox("succeed")
    bill = invoice()
    made = pay(bill, "100", **CARD)
    assert made["payment_status"] == "SUCCEEDED"
    assert made["gateway_payment_id"]
    assert api.get(f"/invoices/{bill}")["payment_status"] == "SUCCEEDED"


def test_a_declined_card_says_why_and_keeps_the_failure(api: Any, invoice: Make, pay: Make, sandbox: Make) -> None:
    sandbox("decline", decline_code="insufficient_funds")
    bill = invoice()
    refused = pay(bill, "100", expect=400, **CARD)
    kept = api.get(f"/payments/{refused['details']['payment_id']}")
    assert refused["details"]["decline_code"] == "insufficient_funds"
    assert (kept["payment_status"], kept["gateway_metadata"]) == ("FAILED", {"decline_code": "insufficient_funds"})
    assert kept["attempts"][0]["error_message"] == "declined: insufficient_funds"
    assert api.get(f"/invoices/{bill}")["payment_status"] == "PENDING"


def test_a_provider_that_does_not_answer_is_a_server_error(api: Any, invoice: Make, pay: Make, sandbox: Make) -> None:
    sandbox("timeout")
    assert pay(invoice(), "100", expect=500, **CARD)["code"] == "http_client_error"
    assert [item["payment_status"] for item in api.get("/payments")["items"]] == ["FAILED"]


def test_an_action_is_required_then_taken(api: Any, invoice: Make, pay: Make, sandbox: Make, events: Callable[[], list[str]]) -> None:
    sandbox("require_action")
    bill = invoice()
    made = pay(bill, "100", **CARD)
    assert (made["payment_status"], made["gateway_metadata"]) == ("PENDING", {"next_action": "authenticate"})
    events()
    assert answer(api, made["id"], "succeed")["payment_status"] == "SUCCEEDED"
    assert events() == ["payment.updated", "payment.success", "invoice.update.payment"]
    assert api.get(f"/invoices/{bill}")["amount_paid"] == "100"
    over = api.send("POST", "//_emulator/payments/sandbox/answer", {"payment_id": made["id"], "outcome": "succeed"})
    assert (over.status_code, over.json()["detail"]) == (400, "The payment is not waiting for its provider")


def test_a_late_answer_arrives_with_time(api: Any, invoice: Make, pay: Make, sandbox: Make) -> None:
    sandbox("late", delay="PT2H")
    bill = invoice()
    made = pay(bill, "100", **CARD)
    assert made["payment_status"] == "PROCESSING"
    assert api.post(f"/payments/{made['id']}/process", expect=400)["details"]["status"] == "PROCESSING"
    advance(api, "PT1H")
    assert api.get(f"/payments/{made['id']}")["payment_status"] == "PROCESSING"
    api.send("DELETE", "//_emulator/payments/sandbox")
    advance(api, "PT1H")
    assert api.get(f"/payments/{made['id']}")["succeeded_at"] == "2026-03-10T14:00:00Z"
    assert api.get(f"/invoices/{bill}")["payment_status"] == "SUCCEEDED"


def test_a_late_answer_that_was_given_by_hand_comes_no_more(api: Any, invoice: Make, pay: Make, sandbox: Make) -> None:
    sandbox("late", delay="PT2H")
    made = pay(invoice(), "100", **CARD)

    def awaited() -> list[str]:
        due = api.call("GET", "//_emulator/due")["items"]
        return [item["kind"] for item in due if item["subject"].get("payment_id") == made["id"]]

    assert len(awaited()) == 1
    assert answer(api, made["id"], "decline")["payment_status"] == "FAILED"
    assert awaited() == []


def test_a_late_refusal(api: Any, invoice: Make, pay: Make, sandbox: Make) -> None:
    sandbox("late", decline_code="do_not_honor")
    made = pay(invoice(), "100", **CARD)
    advance(api, "PT1M")
    read = api.get(f"/payments/{made['id']}")
    assert (read["payment_status"], read["error_message"]) == ("FAILED", "declined: do_not_honor")


def test_a_late_answer_of_a_payment_that_is_over_is_dropped(api: Any, invoice: Make, pay: Make, sandbox: Make) -> None:
    sandbox("late")
    bill = invoice()
    made = pay(bill, "100", **CARD)
    api.put(f"/payments/{made['id']}", {"payment_status": "FAILED"})
    assert advance(api, "PT1M")["failed"] == []
    assert api.get(f"/invoices/{bill}")["payment_status"] == "PENDING"


def test_a_late_payment_of_a_voided_invoice_leaves_it_voided(api: Any, invoice: Make, pay: Make, sandbox: Make) -> None:
    sandbox("late")
    bill = invoice()
    made = pay(bill, "100", **CARD)
    api.post(f"/invoices/{bill}/void")
    advance(api, "PT1M")
    read = api.get(f"/invoices/{bill}")
    assert api.get(f"/payments/{made['id']}")["payment_status"] == "SUCCEEDED"
    assert (read["invoice_status"], read["amount_paid"]) == ("VOIDED", "0")


def test_a_link_is_paid_after_its_delay(api: Any, invoice: Make, pay: Make, sandbox: Make, events: Callable[[], list[str]]) -> None:
    sandbox("succeed", delay="P1D")
    bill = invoice("50")
    events()
    made = pay(bill, "60", **LINK)
    assert (made["payment_status"], made["payment_url"].startswith("http://")) == ("PENDING", True)
    assert events() == ["payment.created", "payment.pending", "payment.pending"]
    advance(api, "P1D")
    read = api.get(f"/invoices/{bill}")
    # What a provider reports is added: more than is due is OVERPAID on this way.
    assert (read["payment_status"], read["amount_paid"], read["overpaid_amount"]) == ("OVERPAID", "60", "10")


def test_a_part_a_provider_reports_leaves_the_invoice_succeeded(api: Any, invoice: Make, pay: Make, sandbox: Make) -> None:
    sandbox("require_action")
    bill = invoice("50")
    made = pay(bill, "20", **LINK)
    answer(api, made["id"], "succeed")
    read = api.get(f"/invoices/{bill}")
    assert (read["payment_status"], read["amount_paid"], read["amount_remaining"]) == ("SUCCEEDED", "20", "30")


def test_a_customers_own_rule_wins(api: Any, invoice: Make, pay: Make, sandbox: Make, customer: str) -> None:
    sandbox("decline")
    shown = sandbox("succeed", customer_id=customer)["rules"]
    assert [(rule["customer_id"], rule["outcome"]) for rule in shown] == [(None, "decline"), (customer, "succeed")]
    assert pay(invoice(), "5", **CARD)["payment_status"] == "SUCCEEDED"
    left = api.call("DELETE", f"//_emulator/payments/sandbox?customer_id={customer}")["rules"]
    assert [rule["outcome"] for rule in left] == ["decline"]
    pay(invoice(), "5", expect=400, **CARD)
    assert api.call("DELETE", "//_emulator/payments/sandbox")["rules"] == []
    assert api.call("GET", "//_emulator/payments/sandbox")["rules"] == []


@pytest.mark.parametrize("body", [{}, {"outcome": "maybe"}, {"outcome": "late", "delay": "soon"}, {"outcome": "late", "delay": "P9000Y"}])
def test_unsound_rules_are_refused(api: Any, body: dict[str, str]) -> None:
    assert api.send("POST", "//_emulator/payments/sandbox", body).status_code == 422
