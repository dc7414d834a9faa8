"""Spend alert settings over the API."""

from typing import Any

import pytest

from tests.alerts.conftest import THRESHOLDS, Spender


def test_absent_levels_are_null_and_enabled_mirrors_the_config(spender: Spender) -> None:
    made = spender.watch(config={"critical": {"threshold": 7, "condition": "above"}})
    assert made["config"] == {
        "critical": {"threshold": "7", "condition": "above"},
        "warning": None,
        "info": None,
        "alert_enabled": None,
    }
    assert made["enabled"] is False
    assert "parent_entity_id" not in made
    assert spender.api.get(f"/alerts/setting/{made['id']}") == made


def test_update_replaces_the_whole_config(spender: Spender) -> None:
    made = spender.watch()
    changed = spender.api.put(f"/alerts/setting/{made['id']}", {"config": {"info": {"threshold": "1", "condition": "above"}}})
    assert (changed["config"]["critical"], changed["config"]["info"]["threshold"], changed["enabled"]) == (None, "1", False)


def test_one_setting_an_entity_until_it_is_deleted(spender: Spender) -> None:
    made = spender.watch()
    refused = spender.watch(expect=409)
    assert refused["details"]["entity_id"] == spender.subscription
    spender.api.delete(f"/alerts/setting/{made['id']}", expect=204)
    assert spender.api.get(f"/alerts/setting/{made['id']}", expect=404)["details"] == {"alert_settings_id": made["id"]}
    assert spender.watch()["id"] != made["id"]


def test_a_group_is_watched_within_each_subscription(spender: Spender) -> None:
    scope = {"entity_type": "group", "entity_id": spender.group, "parent_entity_type": "subscription"}
    spender.watch(**scope, parent_entity_id=spender.subscription)
    assert spender.watch(**scope, parent_entity_id="subs_nope", expect=404)["message"] == "Subscription not found"
    assert spender.watch(**scope, parent_entity_id=spender.subscription, expect=409)["details"]["parent_entity_id"] == spender.subscription


@pytest.mark.parametrize(
    ("fields", "status", "message"),
    [
        ({"entity_type": "wallet"}, 400, "entity_type must be one of subscription, subscription_line_item, group"),
        (
            {"parent_entity_type": "subscription", "parent_entity_id": "$s"},
            400,
            "Subscription-level alerts are not scoped to a parent entity",
        ),
        (
            {"entity_type": "group", "entity_id": "$g"},
            400,
            "Set parent_entity_type to subscription and parent_entity_id to the owning subscription id",
        ),
        (
            {"entity_type": "group", "entity_id": "$g", "parent_entity_type": "plan", "parent_entity_id": "$s"},
            400,
            "Set parent_entity_type to subscription and parent_entity_id to the owning subscription id",
        ),
        ({"entity_id": "subs_nope"}, 404, "Subscription not found"),
        (
            {"entity_type": "group", "entity_id": "group_nope", "parent_entity_type": "subscription", "parent_entity_id": "$s"},
            404,
            "Group not found",
        ),
        (
            {
                "entity_type": "subscription_line_item",
                "entity_id": "subs_line_nope",
                "parent_entity_type": "subscription",
                "parent_entity_id": "$s",
            },
            404,
            "Subscription line item with ID subs_line_nope not found",
        ),
        ({"config": {"alert_enabled": True}}, 400, "Please provide at least one threshold configuration"),
        (
            {"config": {"info": {"threshold": "1", "condition": "below"}}},
            400,
            "Subscription, line item, and group spend alerts only support the 'above' condition",
        ),
        ({"config": {"warning": {"threshold": "1", "condition": "above"}}}, 400, "Please provide a critical threshold"),
    ],
)
def test_refusals(spender: Spender, fields: dict[str, Any], status: int, message: str) -> None:
    names = {"$s": spender.subscription, "$g": spender.group}
    filled = {name: names.get(value, value) if isinstance(value, str) else value for name, value in fields.items()}
    assert spender.watch(**filled, expect=status)["message"] == message


def test_a_line_item_belongs_to_its_parent(spender: Spender) -> None:
    scope = {"entity_type": "subscription_line_item", "entity_id": spender.line, "parent_entity_type": "subscription"}
    made = spender.watch(**scope, parent_entity_id=spender.subscription)
    assert made["parent_entity_id"] == spender.subscription
    plan = spender.api.post("/plans", {"name": "Q", "lookup_key": "q"})["id"]
    spender.price("1", "PLAN", plan)
    body = {"plan_id": plan, "currency": "usd", "billing_period": "MONTHLY", "billing_period_count": 1, "billing_cycle": "anniversary"}
    other = spender.api.post("/subscriptions", {**body, "customer_id": spender.customer})["id"]
    assert spender.watch(**scope, parent_entity_id=other, expect=400)["code"] == "validation_error"


def test_search_by_entities_parents_and_state(spender: Spender) -> None:
    whole = spender.watch()["id"]
    scope = {"parent_entity_type": "subscription", "parent_entity_id": spender.subscription}
    config = {**THRESHOLDS, "alert_enabled": False}
    line = spender.watch(entity_type="subscription_line_item", entity_id=spender.line, config=config, **scope)["id"]

    def found(**wanted: Any) -> list[str]:
        return [item["id"] for item in spender.api.post("/alerts/setting/search", wanted)["items"]]

    assert found() == [line, whole]
    assert found(order="asc") == [whole, line]
    assert found(enabled=True) == [whole]
    assert found(entity_ids=[spender.line, "x"]) == [line]
    assert found(parent_entity_ids=[spender.subscription]) == [line]
    assert found(entity_type="group") == []
    spender.api.delete(f"/alerts/setting/{line}", expect=204)
    assert found() == [whole]
    assert found(status="archived") == [line]
