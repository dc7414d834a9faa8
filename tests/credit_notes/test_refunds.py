"""Refunds: notes on paid invoices."""

from collections.abc import Callable
from typing import Any

Make = Callable[..., Any]


def figures(api: Any, invoice_id: str) -> tuple[str, str, str, str]:
    read = api.get(f"/invoices/{invoice_id}")
    return read["payment_status"], read["amount_paid"], read["refunded_amount"], read["amount_due"]


def wallets(api: Any, customer: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.get(f"/customers/{customer}/wallets")
    return found


def test_refunds_go_to_a_new_wallet_until_all_is_given_back(api: Any, customer: str, invoice: Make, pay: Make, credit: Make) -> None:
    bill = invoice("100")
    pay(bill, "100")
    first = credit(bill, "40")
    assert (first["credit_note_type"], first["credit_note_status"], first["total_amount"]) == ("REFUND", "FINALIZED", "40")
    assert figures(api, bill) == ("PARTIALLY_REFUNDED", "100", "40", "100")
    credit(bill, "60")
    assert figures(api, bill) == ("REFUNDED", "100", "100", "100")
    held = wallets(api, customer)
    assert [(wallet["wallet_type"], wallet["balance"]) for wallet in held] == [("PRE_PAID", "100")]
    rows = api.get(f"/wallets/{held[0]['id']}/transactions")["items"]
    assert {row["transaction_reason"] for row in rows} == {"CREDIT_NOTE"}
    assert rows[-1]["metadata"] == {"credit_note_id": first["id"]}
    credit(bill, "1", expect=400)


def test_a_wallet_of_any_type_is_used_at_its_rate(api: Any, customer: str, invoice: Make, pay: Make, credit: Make, wallet: Make) -> None:
    held = wallet("0", conversion_rate="0.1")
    bill = invoice("100")
    pay(bill, "100")
    credit(bill, "30")
    assert [(shown["id"], shown["credit_balance"]) for shown in wallets(api, customer)] == [(held, "300")]


def test_a_refund_cannot_be_voided(api: Any, invoice: Make, pay: Make, credit: Make) -> None:
    bill = invoice()
    pay(bill, "100")
    note = credit(bill, "40")
    refused = api.post(f"/creditnotes/{note['id']}/void", expect=400)
    assert refused["code"] == "validation_error"
    assert api.get(f"/creditnotes/{note['id']}")["credit_note_status"] == "FINALIZED"


def test_no_more_is_given_back_than_was_paid(api: Any, customer: str, invoice: Make, pay: Make, credit: Make) -> None:
    bill = invoice("100")
    api.put(f"/invoices/{bill}/payment", {"payment_status": "SUCCEEDED"})
    drafts = [credit(bill, "70", process_credit_note=False, idempotency_key=key) for key in ("a", "b")]
    api.post(f"/creditnotes/{drafts[0]['id']}/finalize")
    api.post(f"/creditnotes/{drafts[1]['id']}/finalize", expect=400)
    assert figures(api, bill) == ("PARTIALLY_REFUNDED", "100", "70", "100")
    assert [wallet["balance"] for wallet in wallets(api, customer)] == ["70"]


def test_a_note_over_nothing_moves_nothing(api: Any, customer: str, invoice: Make, pay: Make, credit: Make) -> None:
    bill = invoice()
    pay(bill, "100")
    assert credit(bill, "0")["total_amount"] == "0"
    assert figures(api, bill) == ("SUCCEEDED", "100", "0", "100")
    assert wallets(api, customer) == []


def test_events_of_a_refund(invoice: Make, pay: Make, credit: Make, events: Callable[[], list[str]]) -> None:
    bill = invoice()
    pay(bill, "100")
    events()
    credit(bill, "5")
    assert events() == ["credit_note.created", "wallet.created", "wallet.transaction.created", "credit_note.updated"]
