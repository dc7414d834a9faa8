"""Spending against a subscription's thresholds: states, events, periods; looked at when it is asked for."""

from typing import Any

from flexprice_emulator.webhooks.payloads import build
from flexprice_emulator.workspace.context import Context
from flexprice_emulator.workspace.storage import OutboxRow
from tests.alerts.conftest import T0, THRESHOLDS, Spender


def _spend_events(api: Any, server: Any) -> list[tuple[str, dict[str, Any]]]:
    workspace = server[1]._transport.app.state.registry.for_key(api.headers["x-api-key"])
    with workspace.transaction() as session:
        rows = session.query(OutboxRow).order_by(OutboxRow.id).all()
        return [(row.event_name, row.subject) for row in rows if row.event_name.startswith("subscription.spend")]


def test_each_level_is_logged_once_and_told(spender: Spender, server: Any) -> None:
    spender.watch()
    spender.use(99)
    assert spender.states() == []
    spender.use(1)
    assert spender.states() == [("info", "10")]
    assert spender.states() == []
    spender.use(500)
    assert spender.states() == [("warning", "60")]
    spender.use(400)
    assert spender.states() == [("in_alarm", "100")]

    told = _spend_events(spender.api, server)

    assert {name for name, _ in told} == {"subscription.spend.threshold_reached"}
    assert [(subject["alert_status"], subject["current_spend"], subject["threshold"]) for _, subject in told] == [
        ("info", "10", "10"),
        ("warning", "60", "50"),
        ("in_alarm", "100", "100"),
    ]


def test_the_event_is_built_with_its_subscription(spender: Spender, server: Any) -> None:
    spender.watch()
    spender.use(1000)
    spender.states()
    ((name, subject),) = _spend_events(spender.api, server)
    workspace = server[1]._transport.app.state.registry.for_key(spender.api.headers["x-api-key"])
    with workspace.transaction() as session:
        body = build(Context(workspace, session, workspace.clock.now()), name, subject).to_wire()
    assert body["subscription"]["id"] == spender.subscription
    assert (body["current_spend"], body["threshold"], body["triggered_at"]) == ("100", "100", T0)
    assert "event_type" not in body


def test_higher_thresholds_recover(spender: Spender, server: Any) -> None:
    made = spender.watch()
    spender.use(1000)
    assert spender.states() == [("in_alarm", "100")]
    config = {"critical": {"threshold": "1000", "condition": "above"}, "alert_enabled": True}
    spender.api.put(f"/alerts/setting/{made['id']}", {"config": config})
    assert spender.states() == [("ok", "100")]
    name, subject = _spend_events(spender.api, server)[-1]
    assert name == "subscription.spend.threshold_recovered"
    assert "threshold" not in subject


def test_disabled_settings_and_those_of_lines_and_groups_are_not_looked_at(spender: Spender) -> None:
    spender.watch(config={**THRESHOLDS, "alert_enabled": False})
    scope = {"parent_entity_type": "subscription", "parent_entity_id": spender.subscription}
    spender.watch(entity_type="subscription_line_item", entity_id=spender.line, **scope)
    spender.watch(entity_type="group", entity_id=spender.group, **scope)
    spender.use(5000)
    assert spender.states() == []


def test_a_new_period_begins_without_a_state(spender: Spender) -> None:
    spender.watch()
    spender.use(1000)
    assert spender.states() == [("in_alarm", "100")]
    answer = spender.api.send("POST", "//_emulator/clock/advance", {"to": "2026-06-06T00:00:00Z"})
    assert answer.json()["failed"] == []
    assert spender.states() == []
    spender.use(1000, at="2026-06-05T12:00:00Z")
    assert spender.states() == [("in_alarm", "100")]


def test_the_log_is_searched_as_any_other(spender: Spender) -> None:
    spender.watch()
    spender.use(1000)
    logged = spender.evaluate({"customer_id": spender.customer})["logged"]
    listed = spender.api.post("/alerts/search", {"alert_type": "subscription_spend", "entity_id": spender.subscription})["items"]
    assert listed == logged
    assert listed[0]["alert_info"]["alert_settings"] == THRESHOLDS
    assert spender.evaluate({"customer_id": "cust_nope"}, expect=404)


def test_usage_reaches_wallets_where_the_environment_says_so(spender: Spender) -> None:
    below = {"critical": {"threshold": "5", "condition": "below"}, "alert_enabled": True}
    wallet = spender.api.post(
        "/wallets",
        {"customer_id": spender.customer, "currency": "usd", "initial_credits_to_load": "10", "alert_settings": below},
        expect=200,
    )["id"]
    spender.use(50)
    assert spender.evaluate()["logged"] == []
    spender.api.put("/settings/wallet_balance_alert_config", {"value": below})
    (row,) = spender.evaluate()["logged"]
    assert (row["alert_type"], row["alert_status"], row["entity_id"]) == ("low_ongoing_balance", "in_alarm", wallet)
    assert spender.api.get(f"/wallets/{wallet}")["alert_state"] == "in_alarm"
