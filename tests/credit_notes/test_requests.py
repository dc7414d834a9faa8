"""What a credit note must hold, how a repeat is recognized, and reading."""

import re
from collections.abc import Callable
from typing import Any

import pytest

Make = Callable[..., Any]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"invoice_id": ""}, "Request validation failed"),
        ({"reason": None}, "Request validation failed"),
        ({"reason": "MOOD"}, "Please provide a valid credit note reason"),
        ({"line_items": []}, "Please provide at least one line item"),
        ({"line_items": [{"amount": "1", "display_name": "x"}]}, "Request validation failed"),
        (
            {"line_items": [{"invoice_line_item_id": "nope", "amount": "1", "display_name": "x"}]},
            "The line item you're trying to credit (nope) doesn't exist on this invoice.",
        ),
        ({"line_items": "none"}, "Invalid request format"),
    ],
)
def test_unsound_requests_are_refused(api: Any, invoice: Make, credit: Make, change: dict[str, Any], message: str) -> None:
    assert credit(invoice(), "1", expect=400, **change)["message"] == message
    assert api.get("/creditnotes")["items"] == []


@pytest.mark.parametrize("amount", ["-1", "100.01"])
def test_a_line_is_credited_between_nothing_and_its_amount(invoice: Make, credit: Make, amount: str) -> None:
    assert credit(invoice("100"), amount, expect=400)["code"] == "validation_error"


def test_a_note_shows_its_lines_and_one_without_an_amount_is_over_nothing(api: Any, invoice: Make, credit: Make) -> None:
    bill = invoice("100")
    line = api.get(f"/invoices/{bill}")["line_items"][0]["id"]
    lines = [{"invoice_line_item_id": line, "display_name": name, **amount} for name, amount in (("A", {"amount": "2.5"}), ("B", {}))]
    note = credit(bill, "1", line_items=lines)
    read = api.get(f"/creditnotes/{note['id']}")
    assert read["total_amount"] == "2.5"
    assert sorted((item["display_name"], item["amount"]) for item in read["line_items"]) == [("A", "2.5"), ("B", "0")]


def test_a_line_without_a_name_is_a_database_error(api: Any, invoice: Make, credit: Make) -> None:
    bill = invoice()
    line = api.get(f"/invoices/{bill}")["line_items"][0]["id"]
    refused = credit(bill, "1", expect=500, line_items=[{"invoice_line_item_id": line, "amount": "1"}])
    assert (refused["code"], refused["message"]) == ("database_error", "line item creation failed")
    assert api.get("/creditnotes")["items"] == []


def test_only_finalized_invoices_in_the_right_payment_status_are_credited(api: Any, invoice: Make, pay: Make, credit: Make) -> None:
    voided = invoice()
    pay(voided, "100")
    api.post(f"/invoices/{voided}/void")
    credit(voided, "1", expect=400)
    overpaid = invoice()
    api.put(f"/invoices/{overpaid}/payment", {"payment_status": "OVERPAID", "amount": "120"})
    assert credit(overpaid, "1", expect=400)["details"] == {"invoice_id": overpaid, "payment_status": "OVERPAID"}
    assert credit(voided, "1", expect=404, invoice_id="inv_nope")["message"] == "invoice inv_nope not found"


def test_an_equal_note_is_the_first_one(api: Any, invoice: Make, credit: Make) -> None:
    bill = invoice("100")
    first = credit(bill, "20")
    assert credit(bill, "20.0")["id"] == first["id"]
    assert credit(bill, "20", idempotency_key="own")["id"] != first["id"]
    assert credit(bill, "7", idempotency_key="own")["total_amount"] == "20"
    assert api.get(f"/invoices/{bill}")["adjustment_amount"] == "40"


def test_numbers_are_given_or_drawn(invoice: Make, credit: Make) -> None:
    bill = invoice("100")
    drawn = credit(bill, "1")["credit_note_number"]
    assert re.fullmatch(r"CN-[A-Z0-9]{9}", drawn)
    assert credit(bill, "2")["credit_note_number"] != drawn
    assert credit(bill, "3", credit_note_number="MINE-1")["credit_note_number"] == "MINE-1"


def test_a_note_is_read_as_it_was_made(api: Any, invoice: Make, credit: Make) -> None:
    made = credit(invoice(), "5", memo="sorry", metadata={"a": "b"})
    assert api.get(f"/creditnotes/{made['id']}") == made
    assert made["metadata"] == {"a": "b"}
    assert "finalized_at" not in made
    assert api.get("/creditnotes/cn_nope", expect=404)["details"] == {"id": "cn_nope"}


def test_lists_filter_page_and_expand(api: Any, customer: str, invoice: Make, pay: Make, credit: Make) -> None:
    bill, paid = invoice("100"), invoice("100")
    pay(paid, "100")
    notes = [credit(bill, "1"), credit(bill, "2", process_credit_note=False), credit(paid, "3")]

    def listed(query: str) -> list[str]:
        return [item["total_amount"] for item in api.get(f"/creditnotes?{query}")["items"]]

    assert listed("") == ["3", "2", "1"]
    assert listed(f"invoice_id={bill}&order=asc") == ["1", "2"]
    assert listed("credit_note_type=REFUND") == ["3"]
    assert listed("credit_note_status=DRAFT") == ["2"]
    assert listed(f"credit_note_ids={notes[0]['id']}&credit_note_ids={notes[2]['id']}") == ["3", "1"]
    assert listed("sort=total_amount&order=asc&limit=2") == ["1", "2"]
    assert api.get("/creditnotes?limit=-1")["pagination"] == {"total": 3, "limit": -1, "offset": -1}
    shown = api.get("/creditnotes?limit=1&expand=invoice,customer,subscription")["items"][0]
    assert (shown["invoice"]["id"], shown["customer"]["id"], "subscription" in shown) == (paid, customer, False)
    refused = api.get("/creditnotes?expand=lines", expect=400)
    assert refused["message"] == "Field is not allowed to be expanded"
