"""Opening, changing and listing wallets."""

from typing import Any

import pytest

from tests.wallets.conftest import Bank, after


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"customer_id": "", "external_customer_id": ""}, "Please provide either customer_id or external_customer_id"),
        ({"currency": "us"}, "Currency code must be 3 characters long"),
        ({"conversion_rate": "-0.1"}, "Conversion rate must be a positive value"),
        ({"conversion_rate": "0.000004"}, "Conversion rate must be a positive value"),
        ({"conversion_rate": "100000"}, "Conversion rate must be less than 100000"),
        ({"topup_conversion_rate": "0.000004"}, "Topup conversion rate must be a positive value"),
        ({"topup_conversion_rate": "1e30"}, "Topup conversion rate must be less than 100000"),
        ({"initial_credits_to_load": "1", "initial_credits_to_load_expiry_date": 20260505}, "Expiry date must be in the future"),
        (
            {"initial_credits_to_load": "1", "initial_credits_to_load_expiry_date": 2**62},
            "Please provide a valid expiry date in YYYYMMDD format",
        ),
        ({"auto_topup": {"threshold": "1", "amount": "1"}}, "Invoicing boolean is required"),
        ({"auto_topup": {"amount": "1"}}, "Threshold is required"),
        ({"alert_settings": {"warning": {"threshold": "1", "condition": "below"}}}, "Please provide a critical threshold"),
        (
            {"alert_settings": {"critical": {"threshold": "1", "condition": "under"}}},
            "Please provide a valid critical threshold condition",
        ),
    ],
)
def test_refused_wallets_leave_nothing(bank: Bank, fields: dict[str, Any], message: str) -> None:
    assert bank.open(expect=400, **fields)["message"] == message
    assert bank.api.get("/wallets")["items"] == []


def test_unknown_price_unit_is_not_found_and_a_known_one_sets_currency_and_rate(bank: Bank) -> None:
    bank.open(price_unit="tok", expect=404)
    unit = {"name": "Token", "code": "tok", "symbol": "T", "base_currency": "usd", "conversion_rate": "0.01"}
    bank.api.post("/prices/units", unit)
    held = bank.open(currency="eur", price_unit="tok")
    assert (held["currency"], held["conversion_rate"]) == ("usd", "0.01")


def test_settings_without_thresholds_are_none(bank: Bank) -> None:
    assert "alert_settings" not in bank.open(alert_settings={"alert_enabled": False})


def test_switching_alerts_off_clears_the_state(bank: Bank) -> None:
    critical = {"critical": {"threshold": "10", "condition": "below"}}
    wallet = bank.open(alert_settings={**critical, "alert_enabled": True})["id"]
    bank.top_up(wallet, "5")
    assert bank.wallet(wallet)["alert_state"] == "in_alarm"
    changed = bank.api.put(f"/wallets/{wallet}", {"alert_settings": {**critical, "alert_enabled": False}})
    assert changed["alert_state"] == "ok"


def test_automatic_top_up_is_changed_field_by_field(bank: Bank) -> None:
    full = {"enabled": False, "threshold": "1", "amount": "2", "invoicing": False, "cooldown": {"value": 3, "unit": "hour"}}
    wallet = bank.open(auto_topup=full)["id"]
    path = f"/wallets/{wallet}"
    assert bank.api.put(path, {"auto_topup": {"threshold": "9"}})["auto_topup"] == {**full, "threshold": "9"}
    without = bank.api.put(path, {"auto_topup": {"cooldown": {"value": 0, "unit": "hour"}}})["auto_topup"]
    assert "cooldown" not in without


def test_empty_name_and_description_are_kept(bank: Bank) -> None:
    wallet = bank.open(description="Mine")["id"]
    changed = bank.api.put(f"/wallets/{wallet}", {"name": "", "description": "", "metadata": {"a": "b"}})
    assert (changed["name"], changed["description"], changed["metadata"]) == ("Prepaid Wallet - USD", "Mine", {"a": "b"})


def test_lists_ignore_paging_but_check_it(bank: Bank) -> None:
    bank.open()
    bank.open(currency="eur")
    page = bank.api.get("/wallets?limit=1&offset=1")
    assert (len(page["items"]), page["pagination"]) == (2, {"total": 2, "limit": 50, "offset": 0})
    assert len(bank.api.get("/wallets?offset=0")["items"]) == 2
    assert bank.api.get("/wallets?offset=-1", expect=400)["details"] == {"offset": "must be non-negative"}
    assert bank.api.get("/wallets?limit=1001", expect=400)["details"] == {"limit": "must be between 1 and 1000"}
    assert bank.api.send("POST", "/wallets/search", {"wallet_ids": ["x"]}).status_code == 500


def test_search_by_alerts(bank: Bank) -> None:
    bank.open()
    watched = bank.open(currency="eur", alert_settings={"info": {"threshold": "1", "condition": "below"}, "alert_enabled": True})
    found = bank.api.post("/wallets/search", {"alert_enabled": True, "limit": 5})["items"]
    assert [item["id"] for item in found] == [watched["id"]]


def test_a_customer_with_a_wallet_stays(bank: Bank) -> None:
    wallet = bank.open()["id"]
    refused = bank.api.delete(f"/customers/{bank.customer}", expect=400)
    assert refused["message"] == "Customer cannot be deleted due to associated wallets"
    bank.api.post(f"/wallets/{wallet}/terminate")
    bank.api.delete(f"/customers/{bank.customer}", expect=204)


def test_customer_wallets_with_real_time_figures(bank: Bank) -> None:
    wallet = bank.open(initial_credits_to_load="7", initial_credits_expiry_date_utc=after(days=9))["id"]
    (held,) = bank.api.get("/customers/wallets?lookup_key=c&include_real_time_balance=true&expand=credits_available_breakdown")
    assert (held["id"], held["real_time_credit_balance"]) == (wallet, "7")
    assert held["credits_available_breakdown"] == {"purchased": "0", "free": "7"}
    assert bank.api.get("/customers/wallets?id=cust_nope", expect=404)["code"] == "not_found"


def test_entries_are_found_by_what_they_are(bank: Bank) -> None:
    wallet = bank.open()["id"]
    for size in ("2", "10", "9"):
        bank.top_up(wallet, size, priority=int(size))
    search = "/wallets/transactions/search"
    by_size = bank.api.post(search, {"id": wallet, "sort": [{"field": "credit_amount", "direction": "desc"}]})
    assert [row["credit_amount"] for row in by_size["items"]] == ["10", "9", "2"]
    above = bank.api.post(search, {"credits_available_gt": "8.5", "order": "asc"})["items"]
    assert [row["credits_available"] for row in above] == ["10", "9"]
    (one,) = bank.api.post(search + "?expand=wallet,customer,created_by_user", {"priority": 2})["items"]
    assert (one["wallet"]["id"], one["customer"]["external_id"]) == (wallet, "c")
    assert one["created_by_user"]["email"] == "admin@flexprice.dev"
    assert bank.api.post(search, {"expand": "moon"}, expect=400)["details"] == {"field": "moon"}
    assert bank.api.post(search, {"transaction_status": "done"}, expect=400)["details"]["transaction_status"] == "done"


def test_alert_log_of_a_wallet(bank: Bank) -> None:
    wallet = bank.open()["id"]
    bank.debit(wallet, "1")
    found = bank.api.post("/alerts/search", {"entity_id": wallet, "expand": "wallet"})
    assert [(row["alert_type"], row["alert_status"]) for row in found["items"]] == [("low_credit_balance", "in_alarm")]
    assert found["items"][0]["wallet"]["id"] == wallet
    assert bank.api.post("/alerts/search", {"alert_status": "red"}, expect=400)["code"] == "validation_error"
