"""Automatic purchases by invoice: one open at a time, whichever wallet it is for (wallets.md §8)."""

from typing import Any

import pytest

from tests.wallets.conftest import Bank

INVOICED = {"enabled": True, "threshold": "10", "amount": "50", "invoicing": True}


def automatic(bank: Bank, wallet: str) -> list[dict[str, Any]]:
    """The wallet's own purchases, oldest first."""
    return [row for row in bank.rows(wallet) if (row["metadata"] or {}).get("auto_topup") == "true"]


def invoice_of(bank: Bank, wallet: str) -> str:
    """The open invoice of the wallet's last purchase."""
    (open_,) = [
        invoice["id"]
        for invoice in bank.api.get("/invoices")["items"]
        if invoice["metadata"].get("wallet_id") == wallet and invoice["payment_status"] == "PENDING"
    ]
    return str(open_)


def test_another_wallet_s_open_invoice_holds_it_back(bank: Bank) -> None:
    dollars, euros = (bank.open(currency=currency, auto_topup=INVOICED)["id"] for currency in ("usd", "eur"))
    bank.top_up(dollars, "5")
    bank.top_up(euros, "5")
    assert (len(automatic(bank, dollars)), automatic(bank, euros)) == (1, [])
    bank.api.put(f"/invoices/{invoice_of(bank, dollars)}/payment", {"payment_status": "SUCCEEDED"})
    bank.debit(euros, "1")
    assert len(automatic(bank, euros)) == 1


def test_a_voided_purchase_stays_pending_and_stops_it_for_good(bank: Bank) -> None:
    wallet = bank.open(auto_topup=INVOICED)["id"]
    bank.top_up(wallet, "5")
    bank.api.post(f"/invoices/{invoice_of(bank, wallet)}/void")
    bank.debit(wallet, "1")
    assert [row["transaction_status"] for row in automatic(bank, wallet)] == ["pending"]


def test_a_direct_purchase_is_not_held_back_by_an_open_invoice(bank: Bank) -> None:
    dollars = bank.open(auto_topup=INVOICED)["id"]
    euros = bank.open(currency="eur", auto_topup={**INVOICED, "invoicing": False})["id"]
    bank.top_up(dollars, "5")
    bank.top_up(euros, "5")
    assert [row["transaction_status"] for row in automatic(bank, euros)] == ["completed"]
    assert bank.wallet(euros)["credit_balance"] == "55"


def test_a_cooldown_ends_to_the_second(bank: Bank) -> None:
    cooldown = {"cooldown": {"value": 1, "unit": "minute"}}
    wallet = bank.open(auto_topup={**INVOICED, "invoicing": False, "amount": "1", **cooldown})["id"]
    bank.top_up(wallet, "5")
    bank.advance(seconds=59)
    bank.debit(wallet, "1")
    assert len(automatic(bank, wallet)) == 1
    bank.advance(seconds=1)
    bank.debit(wallet, "1")
    assert len(automatic(bank, wallet)) == 2


@pytest.mark.parametrize("unit", ["second", "minute", "hour", "day"])
def test_a_cooldown_longer_than_any_time_never_ends(bank: Bank, unit: str) -> None:
    cooldown = {"cooldown": {"value": 2**62, "unit": unit}}
    wallet = bank.open(auto_topup={**INVOICED, "invoicing": False, "amount": "1", **cooldown})["id"]
    bank.top_up(wallet, "5")
    bank.advance(days=900)
    bank.debit(wallet, "1")
    assert len(automatic(bank, wallet)) == 1
