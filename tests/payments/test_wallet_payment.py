"""Paying with the credits of postpaid wallets, by hand and by attempt."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from flexprice_emulator.payments.wallet_shares import Allowed, Left, allowed_type, share_out
from flexprice_emulator.rating.decimals import ZERO, add

Make = Callable[..., Any]
MONEY = st.decimals("0", "1000", places=2)
WALLETS = st.lists(st.tuples(st.uuids().map(str), st.sampled_from(["USAGE", "FIXED", "ALL"]), MONEY), max_size=6)


def test_the_only_wallet_is_found_and_noted(api: Any, invoice: Make, pay: Make, wallet: Make) -> None:
    bill, held = invoice(), wallet("120", conversion_rate="0.5")
    made = pay(bill, "50", payment_method_type="CREDITS", metadata={"ref": "x"})
    assert made["payment_method_id"] == held
    assert made["metadata"] == {"ref": "x", "wallet_id": held, "wallet_type": "POST_PAID"}
    assert api.get(f"/wallets/{held}")["balance"] == "10"
    row = api.get(f"/wallets/{held}/transactions?type=debit")["items"][0]
    assert (row["transaction_reason"], row["reference_type"], row["reference_id"]) == ("INVOICE_PAYMENT", "PAYMENT", made["id"])
    assert api.get(f"/invoices/{bill}")["amount_remaining"] == "50"


def test_no_wallet_and_too_little_money_are_told_before_a_payment_is_made(api: Any, invoice: Make, pay: Make, wallet: Make) -> None:
    bill = invoice()
    missing = pay(bill, "5", payment_method_type="CREDITS", expect=404)
    assert missing["message"] == "Customer must have at least one wallet to use credits"
    wallet("10")
    short = pay(bill, "11", payment_method_type="CREDITS", expect=400)
    assert short["message"] == "Customer does not have an active wallet with sufficient balance"
    assert api.get("/payments")["items"] == []


def test_a_named_wallet_without_the_money_leaves_a_failed_payment(
    api: Any, invoice: Make, pay: Make, wallet: Make, events: Callable[[], list[str]]
) -> None:
    bill, held = invoice(), wallet("10")
    events()
    refused = pay(bill, "30", payment_method_type="CREDITS", payment_method_id=held, expect=400)
    kept = api.get("/payments")["items"][0]
    assert refused["details"] == {"amount": "30", "payment_id": kept["id"], "wallet_id": held}
    assert (kept["payment_status"], kept["error_message"]) == ("FAILED", "wallet balance is less than payment amount")
    assert "metadata" not in kept
    assert events() == ["payment.created", "payment.pending", "payment.failed"]
    assert api.get(f"/wallets/{held}")["balance"] == "10"


def test_prepaid_closed_and_foreign_wallets_do_not_pay(api: Any, invoice: Make, pay: Make, wallet: Make) -> None:
    bill = invoice()
    prepaid = wallet("10", wallet_type="PRE_PAID")
    refused = pay(bill, "5", payment_method_type="CREDITS", payment_method_id=prepaid, expect=400)
    assert refused["message"] == f"Wallet '{prepaid}' is PRE_PAID but invoice payments require POST_PAID."
    other = api.post("/customers", {"external_id": "d", "name": "D"})["id"]
    foreign = wallet("10", customer_id=other)
    assert pay(bill, "5", payment_method_type="CREDITS", payment_method_id=foreign, expect=400)["details"]["wallet_id"] == foreign
    closed = wallet("10")
    api.post(f"/wallets/{closed}/terminate")
    refused = pay(bill, "5", payment_method_type="CREDITS", payment_method_id=closed, expect=400)
    assert refused["message"] == "Wallet is not active"
    assert pay(bill, "5", payment_method_type="CREDITS", payment_method_id="wallet_nope", expect=404)["message"] == "Wallet not found"


def test_expired_credits_are_in_the_balance_but_pay_nothing(api: Any, invoice: Make, pay: Make, wallet: Make) -> None:
    bill, held = invoice(), wallet("10", initial_credits_expiry_date_utc="2026-03-10T13:00:00Z")
    api.freeze("2026-03-10T14:00:00Z")
    pay(bill, "5", payment_method_type="CREDITS", payment_method_id=held, expect=400)
    assert api.get(f"/wallets/{held}")["balance"] == "10"
    assert [item["payment_status"] for item in api.get("/payments")["items"]] == ["FAILED"]


def test_attempt_takes_what_the_wallets_hold(api: Any, invoice: Make, wallet: Make) -> None:
    bill, held = invoice("100"), wallet("30")
    assert api.post(f"/invoices/{bill}/payment/attempt") == {"message": "payment processed successfully"}
    read = api.get(f"/invoices/{bill}")
    assert (read["payment_status"], read["amount_paid"], read["amount_remaining"]) == ("PENDING", "30", "70")
    made = api.get("/payments")["items"][0]
    assert made["metadata"] == {"payment_source": "subscription_auto_payment", "wallet_id": held, "wallet_type": "POST_PAID"}


def test_attempt_without_money_succeeds_in_nothing_and_a_paid_invoice_refuses_it(api: Any, invoice: Make, pay: Make) -> None:
    bill = invoice()
    api.post(f"/invoices/{bill}/payment/attempt")
    assert api.get("/payments")["items"] == []
    pay(bill, "100")
    refused = api.post(f"/invoices/{bill}/payment/attempt", expect=400)
    assert refused["details"] == {"invoice_id": bill, "payment_status": "SUCCEEDED"}
    assert api.post("/invoices/inv_nope/payment/attempt", expect=404)["details"] == {"id": "inv_nope"}


def test_bought_credits_count_when_a_payment_covers_their_invoice(api: Any, pay: Make, wallet: Make) -> None:
    held = wallet("0", wallet_type="PRE_PAID")
    request = {"credits_to_add": "40", "transaction_reason": "PURCHASED_CREDIT_INVOICED"}
    bought = api.post(f"/wallets/{held}/top-up", request)
    pay(bought["invoice_id"], "15")
    assert api.get(f"/wallets/{held}")["credit_balance"] == "0"
    pay(bought["invoice_id"], "25")
    assert api.get(f"/wallets/{held}")["credit_balance"] == "40"


def test_shares_of_restricted_and_open_wallets() -> None:
    held: list[tuple[str, Allowed, Decimal]] = [
        ("all", "ALL", Decimal("100")),
        ("fixed", "FIXED", Decimal("25")),
        ("usage", "USAGE", Decimal("30")),
    ]
    shares = share_out(held, Left(Decimal("50"), Decimal("70"), Decimal("120")))
    assert [(share.wallet_id, share.amount) for share in shares] == [("usage", 30), ("fixed", 25), ("all", 65)]


def test_what_a_wallet_is_allowed_for() -> None:
    names = {"USAGE": ["USAGE"], "FIXED": ["FIXED"], "ALL": ["ALL"]}
    assert {kind: allowed_type({"allowed_price_types": held}) for kind, held in names.items()} == {kind: kind for kind in names}
    assert [allowed_type(config) for config in (None, {}, {"allowed_price_types": ["USAGE", "FIXED"]})] == ["ALL"] * 3


@given(WALLETS, MONEY, MONEY, MONEY)
def test_no_wallet_pays_more_than_it_holds_or_is_allowed(wallets: Any, usage: Any, fixed: Any, paid: Any) -> None:
    left = Left(usage, fixed, max(usage + fixed - paid, ZERO)).less(paid)
    balances = {name: balance for name, _, balance in wallets}
    kinds = {name: kind for name, kind, _ in wallets}
    shares = share_out(wallets, left)
    assert all(ZERO < share.amount <= balances[share.wallet_id] for share in shares)
    totals = {kind: add(*(share.amount for share in shares if kinds[share.wallet_id] == kind)) for kind in ("USAGE", "FIXED", "ALL")}
    assert totals["USAGE"] <= left.usage
    assert totals["FIXED"] <= left.fixed
    assert add(*totals.values()) <= max(left.total, add(totals["USAGE"], totals["FIXED"]))
