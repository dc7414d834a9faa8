"""Real-time balances: cached ones, breakdowns, running usage."""

from typing import Any

from tests.wallets.conftest import Bank, after


def test_a_cached_balance_is_as_old_as_allowed(bank: Bank) -> None:
    wallet = bank.open()["id"]
    bank.top_up(wallet, "10")
    assert bank.balance(wallet)["is_cached_fallback"] is False
    bank.debit(wallet, "4")
    path = f"/wallets/{wallet}/balance/real-time-cached"

    stale = bank.api.get(path)
    assert (stale["real_time_balance"], stale["is_cached_fallback"]) == ("10", True)
    assert "unpaid_invoices_amount" not in stale

    bank.api.freeze(after(seconds=61))
    young = bank.api.send("GET", path, headers={"x-max-live": "60"}).json()
    assert (young["real_time_balance"], young["is_cached_fallback"]) == ("6", False)
    ignored = bank.api.send("GET", path, headers={"x-max-live": "soon"}).json()
    assert ignored["is_cached_fallback"] is True


def test_a_cache_lives_half_an_hour(bank: Bank) -> None:
    wallet = bank.open()["id"]
    bank.balance(wallet)
    bank.api.freeze(after(minutes=31))
    assert bank.balance(wallet, "?from_cache=true")["is_cached_fallback"] is False


def test_breakdown_vanishes_with_credits_of_another_origin(bank: Bank) -> None:
    wallet = bank.open()["id"]
    bank.top_up(wallet, "10")
    bank.top_up(wallet, "5", transaction_reason="PURCHASED_CREDIT_DIRECT")
    expanded = "?expand=credits_available_breakdown"
    assert bank.balance(wallet, expanded)["credits_available_breakdown"] == {"purchased": "5", "free": "10"}

    bank.top_up(wallet, "1", transaction_reason="CREDIT_NOTE")
    assert "credits_available_breakdown" not in bank.balance(wallet, expanded)


def _subscribe(bank: Bank) -> None:
    api = bank.api
    plan = api.post("/plans", {"name": "P"})["id"]
    meter = {"name": "Calls", "event_name": "call", "aggregation": {"type": "COUNT"}, "reset_usage": "BILLING_PERIOD", "filters": []}
    made: Any = api.post("/meters", meter)
    terms = {"billing_period": "MONTHLY", "billing_period_count": 1, "currency": "USD"}
    price = {**terms, "type": "USAGE", "price_unit_type": "FIAT", "billing_model": "FLAT_FEE", "invoice_cadence": "ARREAR"}
    owner = {"entity_type": "PLAN", "entity_id": plan, "meter_id": made["id"], "start_date": after(days=-30)}
    api.post("/prices", {**price, **owner, "amount": "2"})
    cycle = {"billing_cycle": "anniversary", "start_date": after(days=-3)}
    api.post("/subscriptions", {"customer_id": bank.customer, "plan_id": plan, **terms, **cycle})


def test_running_usage_lowers_a_prepaid_balance_only(bank: Bank) -> None:
    _subscribe(bank)
    prepaid, postpaid = bank.open(conversion_rate="0.5")["id"], bank.open(wallet_type="POST_PAID")["id"]
    for wallet in (prepaid, postpaid):
        bank.top_up(wallet, "100")
    for number in range(3):
        event = {"event_name": "call", "external_customer_id": "c", "event_id": f"e{number}", "timestamp": after(days=-1)}
        bank.api.post("/events", event, expect=202)

    held = bank.balance(prepaid)
    assert (held["balance"], held["current_period_usage"], held["real_time_balance"]) == ("50", "6", "44")
    assert held["real_time_credit_balance"] == "88"
    assert bank.balance(postpaid)["real_time_balance"] == "100"

    bank.api.put(f"/wallets/{prepaid}", {"config": {"allowed_price_types": ["FIXED"]}})
    assert bank.balance(prepaid)["current_period_usage"] == "0"


def test_usage_can_be_looked_at_for_alerts_where_they_are_enabled(bank: Bank) -> None:
    from flexprice_emulator.wallets import service

    _subscribe(bank)
    wallet = bank.open(alert_settings={"critical": {"threshold": "95", "condition": "below"}, "alert_enabled": True})["id"]
    bank.top_up(wallet, "100")
    for number in range(3):
        event = {"event_name": "call", "external_customer_id": "c", "event_id": f"e{number}", "timestamp": after(days=-1)}
        bank.api.post("/events", event, expect=202)
    for enabled in (False, True):
        bank.api.put(
            "/settings/wallet_balance_alert_config",
            {"value": {"critical": {"threshold": "1", "condition": "below"}, "alert_enabled": enabled}},
        )
        with bank.context() as ctx:
            service.after_usage(ctx, service.active_wallets(ctx, bank.customer))
        assert bank.wallet(wallet)["alert_state"] == ("in_alarm" if enabled else "ok")
