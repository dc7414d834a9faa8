"""Laws of credit notes: adjustments add up, refunds never exceed what was paid."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flexprice_emulator.rating.decimals import ZERO, add, to_text

Make = Callable[..., Any]
STEPS = st.lists(st.tuples(st.decimals("0", "70", places=2), st.booleans()), min_size=1, max_size=5)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_adjustment_amount_is_the_sum_of_finalized_adjustments(api: Any, invoice: Make, steps: Any) -> None:
    bill = invoice("100", idempotency_key=uuid4().hex)
    line = api.get(f"/invoices/{bill}")["line_items"][0]["id"]
    for amount, voids in steps:
        lines = [{"invoice_line_item_id": line, "display_name": "x", "amount": to_text(amount)}]
        body = {"invoice_id": bill, "reason": "DUPLICATE", "line_items": lines, "process_credit_note": True, "idempotency_key": uuid4().hex}
        answer = api.send("POST", "/creditnotes", body)
        if answer.status_code == 201 and voids and answer.json()["credit_note_type"] == "ADJUSTMENT":
            api.post(f"/creditnotes/{answer.json()['id']}/void")
        notes = api.get(f"/creditnotes?invoice_id={bill}&credit_note_status=FINALIZED&credit_note_type=ADJUSTMENT")["items"]
        read = {name: Decimal(value) for name, value in api.get(f"/invoices/{bill}").items() if name.startswith(("amount", "adjust"))}
        assert read["adjustment_amount"] == add(*(Decimal(note["total_amount"]) for note in notes))
        assert read["amount_due"] == 100 - read["adjustment_amount"]
        assert read["amount_remaining"] == max(read["amount_due"] - read["amount_paid"], ZERO)
        assert read["amount_due"] >= ZERO


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.decimals("0.01", "100", places=2), STEPS)
def test_refunds_stand_in_the_ledger_and_never_exceed_what_was_paid(api: Any, invoice: Make, customer: str, paid: Any, steps: Any) -> None:
    bill = invoice("100", idempotency_key=uuid4().hex)
    line = api.get(f"/invoices/{bill}")["line_items"][0]["id"]
    before = add(*(Decimal(wallet["balance"]) for wallet in api.get(f"/customers/{customer}/wallets")))
    api.put(f"/invoices/{bill}/payment", {"payment_status": "SUCCEEDED"})
    for amount, _ in steps:
        lines = [{"invoice_line_item_id": line, "display_name": "x", "amount": to_text(min(amount, paid))}]
        body = {"invoice_id": bill, "reason": "DUPLICATE", "line_items": lines, "process_credit_note": True, "idempotency_key": uuid4().hex}
        api.send("POST", "/creditnotes", body)
    read = api.get(f"/invoices/{bill}")
    refunded = Decimal(read["refunded_amount"])
    after = add(*(Decimal(wallet["balance"]) for wallet in api.get(f"/customers/{customer}/wallets")))
    assert refunded <= Decimal(read["amount_paid"])
    assert after - before == refunded
    assert (read["payment_status"] == "REFUNDED") == (refunded == Decimal(read["amount_paid"]))
