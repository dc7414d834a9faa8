"""Usage has its customer's alerts looked at as due work, where the environment has any that depend on it."""

from typing import Any

import pytest

from tests.alerts.conftest import Spender

BELOW = {"critical": {"threshold": "5", "condition": "below"}, "alert_enabled": True}


def due(spender: Spender) -> list[str]:
    """The customers whose alerts wait to be looked at."""
    items = spender.api.send("GET", "//_emulator/due").json()["items"]
    return [item["subject"]["external_customer_id"] for item in items if item["kind"] == "alerts.usage"]


def settle(spender: Spender) -> None:
    answer = spender.api.send("POST", "//_emulator/settle")
    assert answer.json()["failed"] == []


def logged(spender: Spender) -> list[tuple[str, str]]:
    rows = spender.api.post("/alerts/search", {"order": "asc"})["items"]
    return [(row["alert_type"], row["alert_status"]) for row in rows]


def wallet(spender: Spender, credits: str, **fields: Any) -> str:
    body = {"customer_id": spender.customer, "currency": "usd", "initial_credits_to_load": credits, **fields}
    made: str = spender.api.post("/wallets", body)["id"]
    return made


def test_without_alerts_nothing_is_planned(spender: Spender) -> None:
    wallet(spender, "10", alert_settings=BELOW, auto_topup={"enabled": True, "threshold": "100", "amount": "1", "invoicing": False})
    spender.use(1000)
    assert due(spender) == []


def test_spending_is_looked_at_once_for_all_usage_so_far(spender: Spender) -> None:
    spender.watch()
    spender.use(100)
    spender.use(400)
    assert (due(spender), logged(spender)) == (["c"], [])
    settle(spender)
    assert (due(spender), logged(spender)) == ([], [("subscription_spend", "warning")])
    spender.use(500)
    settle(spender)
    assert logged(spender) == [("subscription_spend", "warning"), ("subscription_spend", "in_alarm")]


def test_an_advance_looks_before_what_comes_later(spender: Spender) -> None:
    spender.watch()
    spender.use(1000)
    spender.api.send("POST", "//_emulator/clock/advance", {"to": "2026-06-06T00:00:00Z"})
    (row,) = spender.api.post("/alerts/search", {})["items"]
    assert (row["alert_status"], row["created_at"]) == ("in_alarm", "2026-05-05T10:00:00Z")


def test_wallets_where_the_environment_says_so(spender: Spender) -> None:
    held = wallet(spender, "10")
    spender.api.put("/settings/wallet_balance_alert_config", {"value": BELOW})
    spender.use(40)
    settle(spender)
    assert logged(spender) == []
    spender.use(10)
    settle(spender)
    assert logged(spender) == [("low_ongoing_balance", "in_alarm")]
    assert spender.api.get(f"/wallets/{held}")["alert_state"] == "in_alarm"


def test_usage_buys_credits_where_the_environment_says_so(spender: Spender) -> None:
    held = wallet(spender, "10", auto_topup={"enabled": True, "threshold": "5", "amount": "20", "invoicing": False})
    spender.api.put("/settings/wallet_balance_alert_config", {"value": BELOW})
    spender.use(50)
    settle(spender)
    assert spender.api.get(f"/wallets/{held}")["credit_balance"] == "30"
    spender.use(1)
    settle(spender)
    assert spender.api.get(f"/wallets/{held}")["credit_balance"] == "30"


def test_bulk_looks_once_at_each_customer(spender: Spender) -> None:
    spender.watch()
    spender.api.post("/customers", {"external_id": "d", "name": "D"})
    events = [{"event_name": "llm", "external_customer_id": name, "properties": {"n": 1000}} for name in ("c", "d", "c", "nobody")]
    spender.api.post("/events/bulk", {"events": events})
    assert due(spender) == ["c", "d", "nobody"]
    settle(spender)
    assert logged(spender) == [("subscription_spend", "in_alarm")]


def test_events_that_no_meter_counts_are_nothing_to_look_at(spender: Spender) -> None:
    spender.watch()
    spender.api.post("/events", {"event_name": "other", "external_customer_id": "c", "properties": {"n": 1}}, expect=202)
    assert due(spender) == []


@pytest.mark.parametrize("end", ["disabled", "deleted"])
def test_when_the_last_settings_go_nothing_is_planned_any_more(end: str, spender: Spender) -> None:
    made = spender.watch()["id"]
    if end == "deleted":
        spender.api.delete(f"/alerts/setting/{made}")
    else:
        spender.api.put(f"/alerts/setting/{made}", {"config": {"alert_enabled": False}})
    spender.use(1000)
    assert due(spender) == []


def test_refused_settings_watch_nothing(spender: Spender) -> None:
    spender.watch(expect=404, entity_id="subs_nobody")
    spender.use(1000)
    assert due(spender) == []


def test_who_is_charged_for_an_heir_s_usage_is_looked_at(spender: Spender) -> None:
    heir = spender.api.post("/customers", {"external_id": "heir", "name": "Heir"})["id"]
    path = f"/subscriptions/{spender.subscription}/modify/execute"
    body = {"type": "inheritance", "inheritance_params": {"external_customer_ids_to_inherit_subscription": ["heir"]}}
    spender.api.post(path, body)
    spender.watch()
    spender.use(1000, customer="heir")
    settle(spender)
    (row,) = spender.api.post("/alerts/search", {})["items"]
    assert (row["customer_id"], row["entity_id"]) == (spender.customer, spender.subscription)
    assert heir != spender.customer
