"""Creating payments: what is refused, what a repeat is, what they do to the invoice."""

from collections.abc import Callable
from typing import Any

import pytest

Make = Callable[..., Any]


def amounts(api: Any, invoice_id: str) -> tuple[str, str, str]:
    read = api.get(f"/invoices/{invoice_id}")
    return read["payment_status"], read["amount_paid"], read["amount_remaining"]


def test_partial_payments_add_up_and_over_payment_is_succeeded(api: Any, invoice: Make, pay: Make) -> None:
    bill = invoice("100")
    pay(bill, "40")
    assert amounts(api, bill) == ("PENDING", "40", "60")
    pay(bill, "80", idempotency_key="k2")
    assert amounts(api, bill) == ("SUCCEEDED", "120", "0")
    assert "paid_at" not in api.get(f"/invoices/{bill}")
    refused = pay(bill, "5", idempotency_key="k3", expect=400)
    assert refused["message"] == "Cannot create payment for an already paid invoice"


def test_exact_payment_notes_when(api: Any, invoice: Make, pay: Make) -> None:
    bill = invoice("100")
    pay(bill, "100")
    assert api.get(f"/invoices/{bill}")["paid_at"] == "2026-03-10T12:00:00Z"


def test_equal_payment_without_a_key_is_the_first_one(api: Any, invoice: Make, pay: Make) -> None:
    bill = invoice("100")
    first = pay(bill, "40.00")
    assert pay(bill, "40")["id"] == first["id"]
    assert pay(bill, "40", idempotency_key="own")["id"] != first["id"]
    assert amounts(api, bill) == ("PENDING", "80", "20")


def test_key_finds_the_payment_whatever_else_is_asked(invoice: Make, pay: Make) -> None:
    bill = invoice("100")
    first = pay(bill, "40", idempotency_key="k", metadata={"ref": "x"})
    again = pay(bill, "7", idempotency_key="k")
    assert (again["id"], again["amount"], again["metadata"]) == (first["id"], "40", {"ref": "x"})


def test_payment_is_processed_only_on_demand(api: Any, invoice: Make, pay: Make) -> None:
    bill = invoice("100")
    made = pay(bill, "100", process_payment=False)
    assert (made["payment_status"], amounts(api, bill)) == ("PENDING", ("PENDING", "0", "100"))
    done = api.post(f"/payments/{made['id']}/process")
    assert (done["payment_status"], amounts(api, bill)) == ("SUCCEEDED", ("SUCCEEDED", "100", "0"))
    again = api.post(f"/payments/{made['id']}/process", expect=400)
    assert again["details"] == {"payment_id": made["id"], "status": "SUCCEEDED"}


def test_card_that_is_not_processed_is_initiated(invoice: Make, pay: Make) -> None:
    made = pay(invoice(), "5", payment_method_type="CARD", payment_method_id="pm_1", process_payment=False)
    assert (made["payment_status"], made["track_attempts"]) == ("INITIATED", True)


def test_paid_draft_closes_without_a_number(api: Any, customer: str, pay: Make) -> None:
    plan = api.post("/plans", {"name": "P"})["id"]
    price = {"amount": "10", "currency": "usd", "type": "FIXED", "billing_model": "FLAT_FEE", "billing_period": "MONTHLY"}
    price |= {"billing_period_count": 1, "billing_cadence": "RECURRING", "invoice_cadence": "ARREAR", "start_date": "2026-01-01T00:00:00Z"}
    api.post("/prices", {**price, "price_unit_type": "FIAT", "entity_type": "PLAN", "entity_id": plan})
    subscription = {"customer_id": customer, "plan_id": plan, "currency": "usd", "billing_period": "MONTHLY", "billing_period_count": 1}
    subscription |= {"billing_cadence": "RECURRING", "billing_cycle": "anniversary", "start_date": "2026-02-01T00:00:00Z"}
    made = api.post("/subscriptions", subscription)
    api.post(f"/subscriptions/temporal/{made['id']}/draft-and-compute")
    drafts = api.get(f"/invoices?subscription_id={made['id']}&invoice_status=DRAFT")["items"]
    assert [draft["amount_due"] for draft in drafts] == ["10"]
    pay(drafts[0]["id"], "10")
    closed = api.get(f"/invoices/{drafts[0]['id']}")
    assert (closed["invoice_status"], closed["payment_status"], closed["invoice_number"]) == ("FINALIZED", "SUCCEEDED", "")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"amount": "0"}, "Amount must be greater than 0"),
        ({"amount": None}, "Amount must be greater than 0"),
        ({"amount": "-0.01"}, "Amount must be greater than 0"),
        ({"amount": "1000000000000"}, "Amount must be less than 1000000000000"),
        ({"amount": "1e300"}, "Amount must be less than 1000000000000"),
        ({"destination_id": ""}, "Invalid request format"),
        ({"currency": None}, "Invalid request format"),
        ({"amount": "ten"}, "Invalid request format"),
        ({"currency": "eur"}, "Payment currency must match invoice currency"),
        ({"destination_type": "ORDER"}, "Only invoice and auth destination types are supported"),
        ({"payment_method_id": "pm"}, "Do not provide payment method ID for offline or credits payment methods"),
        ({"payment_method_type": "CASH"}, "Payment method ID is required for online payment methods"),
        ({"payment_method_type": "CARD"}, "Payment method ID is required for online payment methods"),
        ({"payment_method_type": "CASH", "payment_method_id": "pm"}, "Please provide a valid payment method type"),
        ({"payment_method_type": "PAYMENT_LINK"}, "Payment gateway must be specified for payment link method type"),
        ({"payment_method_type": "PAYMENT_LINK", "payment_gateway": "bank"}, "Please provide a valid payment gateway"),
    ],
)
def test_unsound_requests_are_refused(api: Any, invoice: Make, pay: Make, change: dict[str, Any], message: str) -> None:
    body = {"amount": "5", "destination_id": invoice(), **change}
    assert pay("", body.pop("amount"), expect=400, **body)["message"] == message
    assert api.get("/payments")["items"] == []


def test_missing_and_voided_invoices_are_not_paid(api: Any, invoice: Make, pay: Make) -> None:
    missing = pay("inv_nope", "5", expect=404)
    assert (missing["message"], missing["details"]) == ("invoice inv_nope not found", {"id": "inv_nope", "invoice_id": "inv_nope"})
    bill = invoice()
    api.post(f"/invoices/{bill}/void")
    assert pay(bill, "5", expect=400)["message"] == "Cannot create payment for a voided invoice"


def test_payment_of_a_customer_touches_no_invoice(pay: Make, customer: str) -> None:
    made = pay(customer, "5", destination_type="CUSTOMER")
    assert (made["payment_status"], made["destination_id"]) == ("SUCCEEDED", customer)
    assert pay("cust_nope", "5", destination_type="CUSTOMER", expect=404)["details"] == {"customer_id": "cust_nope"}


@pytest.mark.parametrize("method", ["ACH", "UPI"])
def test_methods_without_a_way_fail_when_processed(api: Any, invoice: Make, pay: Make, method: str) -> None:
    pay(invoice(), "5", payment_method_type=method, payment_method_id="pm", expect=400)
    assert [(item["payment_status"], item["track_attempts"]) for item in api.get("/payments")["items"]] == [("FAILED", True)]


def test_events_tell_the_steps(api: Any, invoice: Make, pay: Make, events: Callable[[], list[str]]) -> None:
    bill = invoice()
    events()
    pay(bill, "5")
    assert events() == ["payment.created", "payment.pending", "payment.success"]
    pay(bill, "5")
    assert events() == []
    pay(bill, "6", process_payment=False)
    assert events() == ["payment.created"]
