"""Changing, deleting, reading and listing payments."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexprice_emulator.payments.statuses import STATUSES, check_step, next_statuses
from flexprice_emulator.wire.errors import ValidationError

Make = Callable[..., Any]


def test_status_moves_without_touching_the_invoice(api: Any, invoice: Make, pay: Make) -> None:
    bill = invoice()
    made = pay(bill, "100", process_payment=False)
    paid = api.put(f"/payments/{made['id']}", {"payment_status": "SUCCEEDED"})
    assert paid["payment_status"] == "SUCCEEDED"
    assert "succeeded_at" not in paid
    assert api.get(f"/invoices/{bill}")["payment_status"] == "PENDING"


def test_final_status_is_left_for_nothing(api: Any, invoice: Make, pay: Make) -> None:
    made = pay(invoice(), "5", process_payment=False)
    api.put(f"/payments/{made['id']}", {"payment_status": "FAILED", "error_message": "declined"})
    refused = api.put(f"/payments/{made['id']}", {"payment_status": "SUCCEEDED"}, expect=400)
    assert refused["message"] == "Payment status cannot change from FAILED to SUCCEEDED"
    assert refused["details"] == {"allowed_statuses": ["FAILED"], "current_status": "FAILED"}
    assert api.put(f"/payments/{made['id']}", {"payment_status": "DONE"}, expect=400)["details"] == {"allowed": list(STATUSES)}


def test_provider_reference_starts_an_initiated_payment(api: Any, invoice: Make, pay: Make) -> None:
    made = pay(invoice(), "5", payment_method_type="CARD", payment_method_id="pm", process_payment=False)
    changed = api.put(f"/payments/{made['id']}", {"gateway_payment_id": "gp", "metadata": {"a": "b"}})
    assert (changed["payment_status"], changed["gateway_payment_id"], changed["metadata"]) == ("PENDING", "gp", {"a": "b"})


def test_only_payments_that_moved_nothing_are_deleted(api: Any, invoice: Make, pay: Make) -> None:
    done = pay(invoice(), "5")
    refused = api.delete(f"/payments/{done['id']}", expect=400)
    assert refused["message"] == "A payment in status SUCCEEDED cannot be deleted. Void or refund it instead."
    waiting = pay(invoice(), "6", payment_method_type="CARD", payment_method_id="pm", process_payment=False)
    assert api.delete(f"/payments/{waiting['id']}") == {"message": "payment deleted successfully"}
    assert [item["id"] for item in api.get("/payments")["items"]] == [done["id"]]
    assert api.get(f"/payments/{waiting['id']}")["payment_status"] == "INITIATED"


@pytest.mark.parametrize(("method", "path"), [("GET", ""), ("PUT", ""), ("DELETE", ""), ("POST", "/process")])
def test_unknown_payment_is_not_found(api: Any, method: str, path: str) -> None:
    body = {} if method in ("PUT", "POST") else None
    assert api.call(method, f"/payments/pay_nope{path}", body, expect=404)["details"] == {"payment_id": "pay_nope"}


def test_read_and_list_show_the_invoice_number(api: Any, invoice: Make, pay: Make) -> None:
    made = pay(invoice(), "5")
    assert "invoice_number" not in made
    assert api.get(f"/payments/{made['id']}") == {**made, "invoice_number": "INV-202603-00001"}
    assert api.get("/payments")["items"] == [{**made, "invoice_number": "INV-202603-00001"}]


def test_list_filters_and_sorts_amounts_as_numbers(api: Any, invoice: Make, pay: Make, wallet: Make) -> None:
    bill, other = invoice("1000"), invoice("1000")
    wallet("50")
    for amount in ("9", "100", "20"):
        pay(bill, amount)
    by_wallet = pay(other, "50", payment_method_type="CREDITS")

    def listed(query: str) -> list[str]:
        return [item["amount"] for item in api.get(f"/payments?{query}")["items"]]

    assert listed(f"destination_id={bill}&sort=amount&order=asc") == ["9", "20", "100"]
    assert listed(f"destination_id={bill}&sort=amount") == ["100", "20", "9"]
    assert listed("payment_method_type=CREDITS") == ["50"]
    assert listed(f"payment_ids={by_wallet['id']}&payment_ids=pay_nope") == ["50"]
    assert listed("payment_status=FAILED") == []
    assert listed("payment_status=NONSENSE") == []
    assert listed("currency=USD&limit=2&offset=3") == ["9"]


@pytest.mark.parametrize(("limit", "shown"), [("0", 50), ("5000", 5000), ("-1", -1)])
def test_limits_are_echoed(api: Any, invoice: Make, pay: Make, limit: str, shown: int) -> None:
    pay(invoice(), "5")
    page = api.get(f"/payments?limit={limit}")
    assert (len(page["items"]), page["pagination"]) == (1, {"total": 1, "limit": shown, "offset": shown})


@given(st.sampled_from(STATUSES), st.sampled_from(STATUSES))
def test_steps_lead_to_what_is_allowed_and_nowhere_else(current: str, wanted: str) -> None:
    if wanted in next_statuses(current):
        check_step(current, wanted)
    else:
        with pytest.raises(ValidationError):
            check_step(current, wanted)


@given(st.sampled_from(STATUSES))
def test_every_status_may_stay_and_money_that_moved_is_never_forgotten(status: str) -> None:
    assert status in next_statuses(status)
    if status in ("SUCCEEDED", "OVERPAID", "REFUNDED", "PARTIALLY_REFUNDED", "VOIDED"):
        assert not set(next_statuses(status)) & {"INITIATED", "PENDING", "PROCESSING", "FAILED"}
