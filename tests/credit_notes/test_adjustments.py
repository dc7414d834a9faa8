"""Adjustments: notes on invoices that are not paid."""

from collections.abc import Callable
from typing import Any

Make = Callable[..., Any]


def figures(api: Any, invoice_id: str) -> tuple[str, str, str, str, str]:
    read = api.get(f"/invoices/{invoice_id}")
    return read["payment_status"], read["amount_due"], read["amount_paid"], read["amount_remaining"], read["adjustment_amount"]


def test_an_adjustment_lowers_what_is_due(api: Any, invoice: Make, pay: Make, credit: Make) -> None:
    bill = invoice("100")
    pay(bill, "30")
    assert credit(bill, "20")["credit_note_type"] == "ADJUSTMENT"
    assert figures(api, bill) == ("PENDING", "80", "30", "50", "20")
    credit(bill, "51", expect=400)
    pay(bill, "50")
    assert figures(api, bill) == ("SUCCEEDED", "80", "80", "0", "20")


def test_an_adjustment_of_everything_settles_the_invoice_unpaid(api: Any, invoice: Make, credit: Make) -> None:
    bill = invoice("100")
    credit(bill, "100")
    assert figures(api, bill) == ("SUCCEEDED", "0", "0", "0", "100")
    assert "paid_at" not in api.get(f"/invoices/{bill}")
    credit(bill, "1", expect=400)


def test_a_draft_changes_nothing_until_it_is_finalized(api: Any, invoice: Make, credit: Make) -> None:
    bill = invoice("100")
    draft = credit(bill, "20", process_credit_note=False)
    assert (draft["credit_note_status"], figures(api, bill)) == ("DRAFT", ("PENDING", "100", "0", "100", "0"))
    assert set(api.post(f"/creditnotes/{draft['id']}/finalize")) == {"message"}
    assert figures(api, bill) == ("PENDING", "80", "0", "80", "20")
    api.post(f"/creditnotes/{draft['id']}/finalize", expect=400)


def test_a_voided_adjustment_is_due_again(api: Any, invoice: Make, credit: Make) -> None:
    bill = invoice("100")
    credit(bill, "60")
    last = credit(bill, "40")
    assert figures(api, bill)[0] == "SUCCEEDED"
    assert set(api.post(f"/creditnotes/{last['id']}/void")) == {"message"}
    assert figures(api, bill) == ("PENDING", "40", "0", "40", "60")
    api.post(f"/creditnotes/{last['id']}/void", expect=400)


def test_voiding_a_note_of_nothing_leaves_the_invoice_settled(api: Any, invoice: Make, credit: Make) -> None:
    bill = invoice("100")
    nothing = credit(bill, "0")
    credit(bill, "100")
    api.post(f"/creditnotes/{nothing['id']}/void")
    assert figures(api, bill) == ("SUCCEEDED", "0", "0", "0", "100")


def test_a_voided_draft_changes_nothing(api: Any, invoice: Make, credit: Make, events: Callable[[], list[str]]) -> None:
    bill = invoice("100")
    draft = credit(bill, "20", process_credit_note=False)
    events()
    api.post(f"/creditnotes/{draft['id']}/void")
    assert events() == ["credit_note.updated"]
    assert figures(api, bill) == ("PENDING", "100", "0", "100", "0")
    assert api.get(f"/creditnotes/{draft['id']}")["credit_note_status"] == "VOIDED"


def test_voiding_on_a_taxed_subscription_invoice_forgets_the_other_notes(api: Any, customer: str, credit: Make) -> None:
    rate = {"name": "GST", "code": "GST", "tax_rate_type": "percentage", "percentage_value": "10"}
    api.post("/taxes/rates", rate)
    plan = api.post("/plans", {"name": "P"})["id"]
    price = {"amount": "100", "currency": "usd", "type": "FIXED", "billing_model": "FLAT_FEE", "billing_period": "MONTHLY"}
    price |= {"billing_period_count": 1, "billing_cadence": "RECURRING", "invoice_cadence": "ADVANCE", "price_unit_type": "FIAT"}
    api.post("/prices", {**price, "start_date": "2026-01-01T00:00:00Z", "entity_type": "PLAN", "entity_id": plan})
    body = {"customer_id": customer, "plan_id": plan, "currency": "usd", "billing_period": "MONTHLY", "billing_period_count": 1}
    body |= {"billing_cadence": "RECURRING", "billing_cycle": "anniversary", "start_date": "2026-03-10T00:00:00Z"}
    made = api.post("/subscriptions", {**body, "tax_rate_overrides": [{"tax_rate_code": "GST", "currency": "usd", "auto_apply": True}]})
    bill = api.get(f"/invoices?subscription_id={made['id']}")["items"][0]["id"]
    credit(bill, "30")
    second = credit(bill, "20")
    assert figures(api, bill) == ("PENDING", "60", "0", "60", "50")
    api.post(f"/creditnotes/{second['id']}/void")
    assert figures(api, bill) == ("PENDING", "110", "0", "110", "30")
