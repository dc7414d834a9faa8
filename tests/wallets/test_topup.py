"""Top-ups: keys, bonuses, invoiced purchases, automatic ones."""

import pytest

from tests.wallets.conftest import Bank, after

SLABS = [
    {"threshold": "5000", "operator": "gte", "bonus": {"type": "flat", "value": "750"}},
    {"threshold": "1000", "operator": "gte", "bonus": {"type": "percentage", "value": "10"}},
    {"threshold": "0", "operator": "gte", "bonus": {"type": "flat", "value": "0"}},
]


def test_two_keyless_top_ups_of_one_second_are_one_sent_twice(bank: Bank) -> None:
    wallet = bank.open()["id"]
    body = {"credits_to_add": "5", "transaction_reason": "FREE_CREDIT_GRANT"}
    first = bank.api.post(f"/wallets/{wallet}/top-up", body)["wallet_transaction"]
    assert first["idempotency_key"].startswith("credit_grant-")
    refused = bank.api.post(f"/wallets/{wallet}/top-up", body, expect=409)
    assert refused["details"]["idempotency_key"] == first["idempotency_key"]

    bank.api.freeze(after(seconds=1))
    bank.api.post(f"/wallets/{wallet}/top-up", body)
    assert bank.wallet(wallet)["credit_balance"] == "10"


def test_a_key_is_used_up_for_every_wallet(bank: Bank) -> None:
    first, second = bank.open()["id"], bank.open(currency="eur")["id"]
    bank.top_up(first, "5", idempotency_key="once")
    refused = bank.top_up(second, "5", idempotency_key="once", expect=409)
    assert refused["details"]["wallet_id"] == second


@pytest.mark.parametrize(("credits", "bonus"), [("6000", "750"), ("5000", "750"), ("3000", "300"), ("500", None)])
def test_the_first_slab_that_is_reached_gives_the_bonus(bank: Bank, credits: str, bonus: str | None) -> None:
    bank.api.put("/settings/bonus_credits_topup_config", {"value": {"enabled": True, "slabs": SLABS}})
    wallet = bank.open()["id"]
    bank.top_up(wallet, credits, transaction_reason="PURCHASED_CREDIT_DIRECT")
    rows = bank.rows(wallet)
    assert [row["credit_amount"] for row in rows[1:]] == ([bonus] if bonus else [])
    if bonus:
        assert rows[1]["parent_transaction_id"] == rows[0]["id"]


def test_a_slab_bonus_expires_when_the_slab_says(bank: Bank) -> None:
    slab = {**SLABS[1], "threshold": "1", "expiration_duration": 10, "expiration_duration_unit": "DAY"}
    bank.api.put("/settings/bonus_credits_topup_config", {"value": {"enabled": True, "slabs": [slab]}})
    wallet = bank.open()["id"]
    bank.top_up(wallet, "50", transaction_reason="PURCHASED_CREDIT_DIRECT")
    assert bank.rows(wallet)[1]["expiry_date"] == after(days=10)


@pytest.mark.parametrize("unit", ["DAY", "WEEK", "MONTH", "YEAR"])
def test_a_slab_bonus_that_expires_beyond_the_calendar_never_does(bank: Bank, unit: str) -> None:
    slab = {**SLABS[1], "threshold": "1", "expiration_duration": 2**62, "expiration_duration_unit": unit}
    bank.api.put("/settings/bonus_credits_topup_config", {"value": {"enabled": True, "slabs": [slab]}})
    wallet = bank.open()["id"]
    bank.top_up(wallet, "50", transaction_reason="PURCHASED_CREDIT_DIRECT")
    assert bank.rows(wallet)[1]["expiry_date"] is None


def test_invoiced_credits_drift_from_the_balance_where_the_rates_differ(bank: Bank) -> None:
    wallet = bank.open(topup_conversion_rate="2")["id"]
    bought = bank.top_up(wallet, "100", transaction_reason="PURCHASED_CREDIT_INVOICED")
    assert bank.api.get(f"/invoices/{bought['invoice_id']}")["amount_due"] == "200"

    bank.api.put(f"/invoices/{bought['invoice_id']}/payment", {"payment_status": "SUCCEEDED"})
    held = bank.wallet(wallet)
    assert (held["credit_balance"], held["balance"]) == ("100", "200")

    assert bank.debit(wallet, "10")["balance"] == "90"


def test_paying_twice_credits_once(bank: Bank) -> None:
    wallet = bank.open()["id"]
    bought = bank.top_up(wallet, "10", transaction_reason="PURCHASED_CREDIT_INVOICED")
    for _ in range(2):
        bank.api.put(f"/invoices/{bought['invoice_id']}/payment", {"payment_status": "SUCCEEDED"})
    assert bank.wallet(wallet)["credit_balance"] == "10"


def test_the_customers_taxes_are_on_the_purchase_but_not_in_the_credits(bank: Bank) -> None:
    bank.api.post("/taxes/rates", {"name": "VAT", "code": "VAT", "tax_rate_type": "percentage", "percentage_value": "20"})
    link = {"tax_rate_code": "VAT", "external_customer_id": "c", "currency": "usd", "auto_apply": True}
    bank.api.post("/taxes/associations", link)
    wallet = bank.open()["id"]
    bought = bank.top_up(wallet, "50", transaction_reason="PURCHASED_CREDIT_INVOICED")
    assert bank.api.get(f"/invoices/{bought['invoice_id']}")["amount_due"] == "60"
    assert bought["wallet_transaction"]["amount"] == "50"


def test_a_tiny_automatic_amount_ends(bank: Bank) -> None:
    wallet = bank.open(auto_topup={"enabled": True, "threshold": "1000", "amount": "1", "invoicing": False})["id"]
    bank.top_up(wallet, "1")
    assert len(bank.rows(wallet)) == 51


@pytest.mark.parametrize("settings", [{"enabled": True}, {"enabled": True, "threshold": "10", "amount": "0", "invoicing": False}])
def test_incomplete_automatic_settings_do_nothing(bank: Bank, settings: dict[str, object]) -> None:
    wallet = bank.open()["id"]
    bank.api.put(f"/wallets/{wallet}", {"auto_topup": settings})
    bank.top_up(wallet, "5")
    assert len(bank.rows(wallet)) == 1


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"bonus_credits_expiry_date_utc": after(days=-1)}, "Bonus credits expiry date must be in the future"),
        ({"checkout": {"payment_provider": "razorpay"}}, "Omit checkout, or set transaction_reason to PURCHASED_CREDIT_INVOICED"),
        ({"transaction_reason": "CREDIT_EXPIRED"}, "Invalid transaction reason"),
        ({"credits_to_add": "0"}, "Credits to add must be a positive value"),
        ({"expiry_date_utc": after(seconds=-1)}, "Expiry date must be in the future"),
        ({"priority": -1}, "Priority must be a non-negative integer"),
        ({"bonus_credits_to_add": "0"}, "To grant no bonus credits, omit bonus_credits_to_add entirely"),
        ({"bonus_credits_to_add": "-1"}, "To grant no bonus credits, omit bonus_credits_to_add entirely"),
    ],
)
def test_refusals(bank: Bank, fields: dict[str, object], message: str) -> None:
    wallet = bank.open()["id"]
    assert bank.top_up(wallet, expect=400, **{"credits_to_add": "5", **fields})["message"] == message
    assert bank.rows(wallet) == []


def test_a_purchase_that_counts_at_once_forgets_the_cached_balance(bank: Bank) -> None:
    wallet = bank.open(initial_credits_to_load="10")["id"]
    bank.balance(wallet)
    numbers = {"prefix": "INV", "format": "YYYYMM", "start_sequence": 1, "timezone": "UTC", "separator": "-", "suffix_length": 5}
    config = {**numbers, "due_date_days": 1, "auto_complete_purchased_credit_transaction": True}
    bank.api.put("/settings/invoice_config", {"value": config})
    bank.top_up(wallet, "5", transaction_reason="PURCHASED_CREDIT_INVOICED")
    held = bank.api.get(f"/wallets/{wallet}/balance/real-time-cached")
    assert (held["real_time_balance"], held["is_cached_fallback"]) == ("15", False)


def test_an_automatic_purchase_whose_bonus_is_refused_leaves_nothing(bank: Bank) -> None:
    slab = {"threshold": "0", "operator": "gte", "bonus": {"type": "percentage", "value": "100"}}
    bank.api.put("/settings/bonus_credits_topup_config", {"value": {"enabled": True, "slabs": [slab]}})
    wallet = bank.open(auto_topup={"enabled": True, "threshold": "10", "amount": "60000000000", "invoicing": False})["id"]
    assert bank.top_up(wallet, "5")["wallet"]["credit_balance"] == "5"
    assert len(bank.rows(wallet)) == 1
    assert bank.events().count("wallet.transaction.created") == 1


@pytest.mark.parametrize("reason", ["FREE_CREDIT_GRANT", "PURCHASED_CREDIT_INVOICED"])
@pytest.mark.parametrize("credits", ["100000000000", "99999999999.9999999999", "1e40"])
def test_more_than_a_wallet_can_hold_is_refused(bank: Bank, credits: str, reason: str) -> None:
    wallet = bank.open()["id"]
    refused = bank.top_up(wallet, credits, expect=400, transaction_reason=reason)
    assert refused["message"] == "A wallet's figures must be less than 100000000000"
    assert bank.rows(wallet) == []


def test_the_sum_is_refused_as_well(bank: Bank) -> None:
    wallet = bank.open(conversion_rate="2")["id"]
    bank.top_up(wallet, "49999999999")
    bank.top_up(wallet, "1", expect=400)
    bank.debit(wallet, "50000000000", expect=400)
    assert (bank.wallet(wallet)["balance"], len(bank.rows(wallet))) == ("99999999998", 1)


def test_credits_may_expire_when_the_calendar_ends(bank: Bank) -> None:
    wallet = bank.open()["id"]
    bank.top_up(wallet, "5", expiry_date_utc="9999-12-31T23:59:59Z")
    assert bank.wallet(wallet)["credit_balance"] == "5"
