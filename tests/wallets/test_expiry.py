"""Credits that expire: unusable at once, swept six hours later, later still while renewal is outstanding."""

from tests.wallets.conftest import Bank, after


def test_expired_credits_count_until_they_are_swept(bank: Bank) -> None:
    wallet = bank.open()["id"]
    bank.top_up(wallet, "50", expiry_date_utc=after(hours=1))
    bank.top_up(wallet, "20")

    bank.advance(hours=6)
    assert bank.wallet(wallet)["credit_balance"] == "70"
    # The expired ones are not consumable: what is left pays, and the rest is overdrawn.
    bank.debit(wallet, "5")
    assert [row["credits_available"] for row in bank.rows(wallet)] == ["50", "15", "0"]

    bank.advance(hours=1)
    held = bank.wallet(wallet)
    assert held["credit_balance"] == "15"
    swept = bank.rows(wallet)[-1]
    assert (swept["transaction_reason"], swept["credit_amount"]) == ("CREDIT_EXPIRED", "50")
    assert swept["created_at"] == after(hours=7)


def test_a_wallet_with_unswept_credits_cannot_be_terminated(bank: Bank) -> None:
    wallet = bank.open()["id"]
    bank.top_up(wallet, "50", expiry_date_utc=after(hours=1))
    bank.advance(hours=2)
    refused = bank.api.post(f"/wallets/{wallet}/terminate", expect=400)
    assert refused["message"] == "Insufficient balance to process debit operation"
    assert bank.wallet(wallet)["wallet_status"] == "active"

    bank.advance(hours=5)
    bank.api.post(f"/wallets/{wallet}/terminate")
    assert bank.wallet(wallet)["wallet_status"] == "closed"


def test_used_credits_leave_nothing_to_sweep(bank: Bank) -> None:
    wallet = bank.open()["id"]
    bank.top_up(wallet, "50", expiry_date_utc=after(hours=1))
    bank.debit(wallet, "50")
    bank.advance(days=1)
    assert len(bank.rows(wallet)) == 2


def test_pending_credits_expire_once_they_are_paid(bank: Bank) -> None:
    wallet = bank.open()["id"]
    bought = bank.top_up(wallet, "10", transaction_reason="PURCHASED_CREDIT_INVOICED", expiry_date_utc=after(hours=1))
    bank.advance(days=1)
    assert bank.rows(wallet)[0]["credits_available"] == "10"

    bank.api.put(f"/invoices/{bought['invoice_id']}/payment", {"payment_status": "SUCCEEDED"})
    bank.advance(minutes=1)
    assert bank.wallet(wallet)["credit_balance"] == "0"


def test_an_open_invoice_of_their_period_keeps_credits(bank: Bank) -> None:
    wallet = bank.open()["id"]
    bank.top_up(wallet, "10", expiry_date_utc=after(days=2))
    plan = bank.api.post("/plans", {"name": "P"})["id"]
    fixed = {"type": "FIXED", "price_unit_type": "FIAT", "billing_model": "FLAT_FEE", "invoice_cadence": "ARREAR", "currency": "USD"}
    cycle = {"billing_period": "DAILY", "billing_period_count": 1}
    price = {**fixed, **cycle, "amount": "10", "entity_type": "PLAN", "entity_id": plan, "start_date": after(days=-9)}
    bank.api.post("/prices", price)
    terms = {**cycle, "billing_cycle": "anniversary", "currency": "USD", "start_date": after(), "end_date": after(days=1)}
    bank.api.post("/subscriptions", {"customer_id": bank.customer, "plan_id": plan, "collection_method": "send_invoice", **terms})

    bank.advance(days=12)
    (bill,) = [each for each in bank.api.get("/invoices")["items"] if each["amount_remaining"] != "0"]
    assert bank.wallet(wallet)["credit_balance"] == "10"

    # The next look after it is paid: a quarter of an hour later at the latest.
    bank.advance(minutes=1)
    bank.api.put(f"/invoices/{bill['id']}/payment", {"payment_status": "SUCCEEDED"})
    bank.advance(minutes=15)
    assert bank.wallet(wallet)["credit_balance"] == "0"
    assert bank.rows(wallet)[-1]["created_at"] == after(days=12, minutes=15)
