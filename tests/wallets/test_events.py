"""Which events each operation tells, in order (wallets.md §12)."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.wallets.conftest import Bank

DROPPED = "wallet.credit_balance.dropped"
CREDITED = "wallet.transaction.created"
FINAL = ["invoice.update", "invoice.update.finalized"]
NUMBERS = {"prefix": "INV", "format": "YYYYMM", "start_sequence": 1, "timezone": "UTC", "separator": "-", "suffix_length": 5}
AT_ONCE = {**NUMBERS, "due_date_days": 1, "auto_complete_purchased_credit_transaction": True}


@pytest.fixture
def tells(bank: Bank) -> Callable[..., list[str]]:
    """The events of what is done."""

    def new(act: Callable[[], Any]) -> list[str]:
        before = len(bank.events())
        act()
        return bank.events()[before:]

    return new


def _buy(bank: Bank, wallet: str) -> str:
    made: str = bank.top_up(wallet, "7", transaction_reason="PURCHASED_CREDIT_INVOICED")["invoice_id"]
    return made


def _bill(bank: Bank, **line: Any) -> str:
    amounts = {"amount_due": "10", "total": "10", "subtotal": "10"}
    work = {"display_name": "Work", "amount": "10", "quantity": "1", **line}
    body = {"customer_id": bank.customer, "invoice_type": "ONE_OFF", "currency": "usd", **amounts, "line_items": [work]}
    made: str = bank.api.post("/invoices", {**body, "payment_status": "PENDING"})["id"]
    return made


def test_opening(bank: Bank, tells: Any) -> None:
    assert tells(bank.open) == ["wallet.created"]
    assert tells(lambda: bank.open(currency="eur", initial_credits_to_load="10")) == [CREDITED, "wallet.created"]


def test_credits_and_debits(bank: Bank, tells: Any) -> None:
    wallet = bank.open()["id"]
    assert tells(lambda: bank.top_up(wallet, "5", bonus_credits_to_add="1")) == [CREDITED]
    assert tells(lambda: bank.debit(wallet, "2")) == [CREDITED]


def test_a_purchase_its_payment_and_its_void(bank: Bank, tells: Any) -> None:
    wallet = bank.open(initial_credits_to_load="10")["id"]
    assert tells(lambda: _buy(bank, wallet)) == FINAL
    invoice = _buy(bank, wallet)
    paid = {"payment_status": "SUCCEEDED"}
    assert tells(lambda: bank.api.put(f"/invoices/{invoice}/payment", paid)) == ["wallet.transaction.updated", "invoice.update.payment"]
    assert tells(lambda: bank.api.post(f"/invoices/{invoice}/void")) == [CREDITED, "invoice.update.voided"]
    refund = bank.rows(wallet)[-1]
    assert (refund["transaction_reason"], refund["idempotency_key"]) == ("INVOICE_VOID_REFUND", invoice)
    assert refund["metadata"] == {"invoice_id": invoice}


def test_a_purchase_that_counts_at_once(bank: Bank, tells: Any) -> None:
    wallet = bank.open()["id"]
    bank.api.put("/settings/invoice_config", {"value": AT_ONCE})
    assert tells(lambda: _buy(bank, wallet)) == [*FINAL, CREDITED]


def test_closing_and_converting(bank: Bank, tells: Any) -> None:
    wallet = bank.open(initial_credits_to_load="10")["id"]
    assert tells(lambda: bank.api.post(f"/wallets/{wallet}/terminate")) == [CREDITED, DROPPED, "wallet.terminated"]
    wallet = bank.open(initial_credits_to_load="10")["id"]
    converted = tells(lambda: bank.api.post(f"/wallets/{wallet}/modify", {"modification_type": "prepaid_to_postpaid"}))
    assert converted == [CREDITED, DROPPED, CREDITED, "wallet.terminated", "wallet.created"]


def test_a_payment_by_credits_and_its_refund(bank: Bank, tells: Any) -> None:
    bank.open(wallet_type="POST_PAID", initial_credits_to_load="50")
    invoice = _bill(bank)
    body = {"destination_type": "INVOICE", "destination_id": invoice, "payment_method_type": "CREDITS", "amount": "10", "currency": "usd"}
    told = tells(lambda: bank.api.post("/payments", {**body, "process_payment": True}))
    assert told == ["payment.created", "payment.pending", CREDITED, "payment.success"]
    line = bank.api.get(f"/invoices/{invoice}")["line_items"][0]["id"]
    lines = [{"invoice_line_item_id": line, "amount": "4", "display_name": "Part"}]
    note = {"invoice_id": invoice, "reason": "BILLING_ERROR", "line_items": lines, "process_credit_note": True}
    assert tells(lambda: bank.api.post("/creditnotes", note)) == ["credit_note.created", CREDITED, "credit_note.updated"]


def test_prepaid_credits_that_an_invoice_uses_up(bank: Bank, tells: Any) -> None:
    bank.open(initial_credits_to_load="10")
    told = tells(lambda: _bill(bank, price_type="USAGE"))
    assert told[:2] == [CREDITED, DROPPED]
    assert told[-1] == "invoice.update.finalized"
