"""Wallets, their transactions and alerts (wallets.md §12)."""

from typing import Any

import pytest

from tests.alerts.conftest import Spender, spender
from tests.webhooks.conftest import Hooks

__all__ = ["spender"]

BELOW = {"critical": {"threshold": "10", "condition": "below"}, "alert_enabled": True}


@pytest.fixture
def wallet(hooks: Any) -> Any:
    """Opens a usd wallet of a new customer; `new` gives the names of the events since the last call."""
    customer = hooks.customer()["id"]

    def make(**fields: Any) -> str:
        made: str = hooks.api.post("/wallets", {"customer_id": customer, "currency": "usd", **fields})["id"]
        return made

    return make


def _new(hooks: Hooks, seen: list[str]) -> list[str]:
    names = hooks.names()[len(seen) :]
    seen += names
    return names


def _credit(hooks: Hooks, wallet_id: str, credits: str, reason: str = "FREE_CREDIT_GRANT", **fields: Any) -> Any:
    body = {"credits_to_add": credits, "transaction_reason": reason, "idempotency_key": f"{reason}/{credits}", **fields}
    return hooks.api.post(f"/wallets/{wallet_id}/top-up", body)


def _debit(hooks: Hooks, wallet_id: str, credits: str) -> None:
    body = {"credits": credits, "transaction_reason": "MANUAL_BALANCE_DEBIT", "idempotency_key": f"debit/{credits}"}
    hooks.api.post(f"/wallets/{wallet_id}/debit", body)


def test_a_wallet_s_life(hooks: Any, wallet: Any) -> None:
    seen = hooks.names()
    held = wallet(conversion_rate="2")
    shown = {"id": held, "customer_id": hooks.api.get("/customers")["items"][0]["id"], "currency": "usd", "wallet_type": "PRE_PAID"}
    numbers = {"balance": "0", "credit_balance": "0", "conversion_rate": "2"}
    assert hooks.body("wallet.created") == {
        "event_type": "wallet.created",
        "wallet": {**shown, **numbers, "wallet_status": "active", "name": "Prepaid Wallet - USD"},
    }
    hooks.api.put(f"/wallets/{held}", {"name": "Other"})
    assert hooks.body("wallet.updated")["wallet"]["name"] == "Other"
    hooks.api.post(f"/wallets/{held}/terminate")
    assert hooks.body("wallet.terminated")["wallet"]["wallet_status"] == "closed"
    assert _new(hooks, seen) == ["wallet.created", "wallet.updated", "wallet.terminated"]


def test_a_conversion_closes_one_and_opens_another(hooks: Any, wallet: Any) -> None:
    held, seen = wallet(), hooks.names()
    hooks.api.post(f"/wallets/{held}/modify", {"modification_type": "prepaid_to_postpaid"})
    assert _new(hooks, seen) == ["wallet.terminated", "wallet.created"]


def test_a_credit_shows_the_ledger_s_entry(hooks: Any, wallet: Any) -> None:
    held = wallet(conversion_rate="2")
    entry = _credit(hooks, held, "5", description="Welcome", metadata={"a": "b"})["wallet_transaction"]
    names = ("id", "wallet_id", "customer_id", "type", "amount", "credit_amount", "credit_balance_before", "credit_balance_after")
    names += ("transaction_status", "reference_type", "reference_id", "description", "transaction_reason", "currency", "metadata")
    shown = hooks.body("wallet.transaction.created")
    assert shown == {"event_type": "wallet.transaction.created", "transaction": {name: entry[name] for name in names}}
    assert (shown["transaction"]["amount"], shown["transaction"]["credit_amount"]) == ("10", "5")


def test_a_purchase_is_updated_when_it_is_paid(hooks: Any, wallet: Any) -> None:
    held = wallet()
    bought = _credit(hooks, held, "50", "PURCHASED_CREDIT_INVOICED")
    seen = hooks.names()
    hooks.api.put(f"/invoices/{bought['invoice_id']}/payment", {"payment_status": "SUCCEEDED"})
    assert [name for name in _new(hooks, seen) if "alert" not in name and "balance" not in name] == [
        "wallet.transaction.updated",
        "invoice.update.payment",
    ]
    body = hooks.body("wallet.transaction.updated")
    assert sorted(body) == ["event_type", "updated_transaction"]
    assert (body["updated_transaction"]["transaction_status"], body["updated_transaction"]["credit_amount"]) == ("completed", "50")


def test_balances_drop_and_recover_with_the_figures_of_then(hooks: Any, wallet: Any) -> None:
    held = wallet(alert_settings=BELOW, conversion_rate="2")
    _credit(hooks, held, "20")
    seen = hooks.names()
    _debit(hooks, held, "15")
    assert _new(hooks, seen)[:3] == ["wallet.transaction.created", "wallet.credit_balance.dropped", "wallet.ongoing_balance.dropped"]
    _credit(hooks, held, "100")
    assert _new(hooks, seen)[:3] == ["wallet.transaction.created", "wallet.credit_balance.recovered", "wallet.ongoing_balance.recovered"]
    low = {"state": "in_alarm", "current_balance": "10", "credit_balance": "5"}
    for stream, kind in (("credit_balance", "low_credit_balance"), ("ongoing_balance", "low_ongoing_balance")):
        dropped, recovered = hooks.body(f"wallet.{stream}.dropped"), hooks.body(f"wallet.{stream}.recovered")
        assert {name: dropped["alert"][name] for name in low} == low
        assert (dropped["alert"]["alert_type"], dropped["alert"]["alert_settings"]["critical"]) == (kind, BELOW["critical"])
        assert (recovered["alert"]["state"], recovered["alert"]["credit_balance"]) == ("ok", "105")
        assert dropped["wallet"]["credit_balance"] == "105"


def test_the_environment_s_settings_are_not_shown(hooks: Any, wallet: Any) -> None:
    held = wallet()
    _credit(hooks, held, "1")
    _debit(hooks, held, "1")
    assert sorted(hooks.body("wallet.credit_balance.dropped")) == ["event_type", "wallet"]


def test_a_balance_that_moved_is_told_with_its_snapshot(hooks: Any, wallet: Any) -> None:
    held = wallet(alert_settings=BELOW)
    _credit(hooks, held, "20")
    assert hooks.names()[-1] == "wallet.ongoing_balance.updated"
    _credit(hooks, held, "30")
    told = [item["body"]["wallet"]["balance"] for item in hooks.events("&event_name=wallet.ongoing_balance.updated")]
    assert told == ["20", "50"]
    hooks.api.post(f"/wallets/{held}/terminate")
    shown, now = hooks.body("wallet.ongoing_balance.updated")["wallet"], hooks.body("wallet.created")["wallet"]
    assert shown == {**now, "balance": "50", "credit_balance": "50", "wallet_status": "active"}
    assert now["wallet_status"] == "closed"


def test_features_alert_on_a_wallet_after_a_purchase(spender: Spender) -> None:
    hooks, feature = Hooks(spender.api), spender.feature["id"]
    spender.api.put(
        f"/features/{feature}", {"alert_settings": {"critical": {"threshold": "50", "condition": "below"}, "alert_enabled": True}}
    )
    spender.api.put("/settings/wallet_balance_alert_config", {"value": BELOW})
    held = spender.api.post("/wallets", {"customer_id": spender.customer, "currency": "usd"})["id"]
    bought = _credit(hooks, held, "20", "PURCHASED_CREDIT_INVOICED")
    spender.api.put(f"/invoices/{bought['invoice_id']}/payment", {"payment_status": "SUCCEEDED"})
    assert hooks.body("feature.wallet_balance.alert") == {
        "event_type": "feature.wallet_balance.alert",
        "alert_type": "feature_wallet_balance",
        "alert_status": "in_alarm",
        "feature_id": feature,
        "wallet_id": held,
        "customer_id": spender.customer,
        "current_balance": "20",
        "credit_balance": "20",
    }


@pytest.mark.parametrize(("style", "typed"), [("native", False), ("svix", True)])
def test_spend_reaches_a_threshold_and_recovers(style: str, typed: bool, spender: Spender, receiver: Any) -> None:
    hooks = Hooks(spender.api)
    reached, recovered = "subscription.spend.threshold_reached", "subscription.spend.threshold_recovered"
    hooks.add(receiver.url, style=style, event_types=[reached, recovered])
    made = spender.watch()
    spender.use(1000)
    spender.states()
    config = {"critical": {"threshold": "1000", "condition": "above"}, "alert_enabled": True}
    spender.api.put(f"/alerts/setting/{made['id']}", {"config": config})
    spender.states()
    hooks.settle()
    alarm, calm = (item.body for item in receiver.received)
    assert ("event_type" in alarm, alarm.get("event_type", reached)) == (typed, reached)
    assert (alarm["subscription"]["id"], alarm["alert_status"], alarm["threshold"]) == (spender.subscription, "in_alarm", "100")
    assert ("threshold" in calm, calm["alert_status"], calm.get("event_type", recovered)) == (False, "ok", recovered)


@pytest.mark.parametrize(("style", "typed"), [("native", False), ("svix", True)])
def test_a_quota_is_used_up(style: str, typed: bool, spender: Spender, receiver: Any) -> None:
    hooks, exhausted = Hooks(spender.api), "entitlement.grant.exhausted"
    hooks.add(receiver.url, style=style, event_types=[exhausted])
    plan = spender.api.get(f"/subscriptions/{spender.subscription}")["plan_id"]
    quota = {"grant_measure": "quantity", "grant_quota": "40", "grant_duration_unit": "subscription_period"}
    body = {"entity_type": "PLAN", "entity_id": plan, "feature_id": spender.feature["id"], "feature_type": "metered", **quota}
    entitlement = spender.api.post("/entitlements", body)["id"]
    spender.use(50)
    hooks.settle()
    (received,) = (item.body for item in receiver.received)
    assert ("event_type" in received, received.get("event_type", exhausted)) == (typed, exhausted)
    shown = {name: received[name] for name in ("subscription_id", "customer_id", "entitlement_id", "usage_ratio", "alert_status")}
    owner = {"subscription_id": spender.subscription, "customer_id": spender.customer, "entitlement_id": entitlement}
    assert shown == {**owner, "usage_ratio": "1.25", "alert_status": "in_alarm"}
