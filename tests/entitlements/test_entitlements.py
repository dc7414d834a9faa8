"""Entitlements of plans, add-ons and subscriptions."""

from typing import Any

import pytest


@pytest.fixture
def plan(api: Any) -> dict[str, Any]:
    return api.post("/plans", {"name": "Pro", "lookup_key": "pro"})


@pytest.fixture
def feature(api: Any) -> dict[str, Any]:
    return make_feature(api, {"type": "SUM", "field": "n"})


def make_feature(api: Any, aggregation: dict[str, str]) -> dict[str, Any]:
    meter = {"name": "Tokens", "event_name": "tokens", "aggregation": aggregation, "reset_usage": "BILLING_PERIOD"}
    return api.post("/features", {"name": "Tokens", "type": "metered", "meter": meter})


def body(plan: dict[str, Any], feature: dict[str, Any], **fields: Any) -> dict[str, Any]:
    held = {"entity_type": "PLAN", "entity_id": plan["id"], "feature_id": feature["id"], "feature_type": feature["type"]}
    return {**held, "usage_limit": 5, "usage_reset_period": "MONTHLY", **fields}


def test_created_answer_embeds_its_feature_and_plan(api: Any, plan: Any, feature: Any) -> None:
    made = api.post("/entitlements", body(plan, feature), expect=201)
    assert made["usage_limit"] == 5
    assert made["aggregation_mode"] == "additive"
    assert made["plan_id"] == plan["id"]
    assert made["feature"]["id"] == feature["id"]
    assert made["plan"]["name"] == "Pro"
    assert "meter" not in made["feature"]


def test_creation_ignores_is_enabled_and_change_disables(api: Any, plan: Any, feature: Any) -> None:
    made = api.post("/entitlements", body(plan, feature, is_enabled=False))
    assert made["is_enabled"] is True
    assert api.put(f"/entitlements/{made['id']}", {"is_enabled": False})["is_enabled"] is False
    assert api.get("/entitlements?is_enabled=false")["pagination"]["total"] == 1


def test_a_change_keeps_what_it_does_not_name(api: Any, plan: Any, feature: Any) -> None:
    made = api.post("/entitlements", body(plan, feature))
    for change in ({"is_soft_limit": True}, {"usage_limit": 9}, {"usage_reset_period": "DAILY"}, {"is_enabled": False}, {}):
        before = api.get(f"/entitlements/{made['id']}")
        changed = api.put(f"/entitlements/{made['id']}", change)
        kept = ("is_soft_limit", "usage_limit", "usage_reset_period", "is_enabled", "aggregation_mode")
        assert {name: changed[name] for name in kept} == {**{name: before[name] for name in kept}, **change}


def test_plan_id_is_short_for_the_plan(api: Any, plan: Any, feature: Any) -> None:
    made = api.post("/entitlements", {"plan_id": plan["id"], "feature_id": feature["id"], "feature_type": "metered"}, expect=201)
    assert (made["entity_type"], made["entity_id"], made["usage_limit"]) == ("PLAN", plan["id"], None)


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"feature_id": "feat_nope"}, 404),
        ({"entity_id": "plan_nope"}, 404),
        ({"feature_id": None}, 400),
        ({"entity_type": "TENANT"}, 400),
        ({"entity_type": None, "entity_id": None}, 400),
        ({"feature_type": "boolean"}, 400),
        ({"feature_type": "magic"}, 400),
        ({"usage_limit": -1}, 400),
        ({"usage_limit": "5"}, 400),
        ({"usage_reset_period": "HOURLY"}, 400),
        ({"aggregation_mode": "serial"}, 400),
        ({"grant_measure": "quantity"}, 400),
        ({"grant_measure": "quantity", "grant_quota": "0", "grant_duration_unit": "day", "grant_duration_value": 1}, 400),
        ({"grant_measure": "quantity", "grant_quota": "1", "grant_duration_unit": "day"}, 400),
        ({"grant_measure": "weight", "grant_quota": "1", "grant_duration_unit": "day", "grant_duration_value": 1}, 400),
    ],
)
def test_broken_entitlements_are_refused(api: Any, plan: Any, feature: Any, change: dict[str, Any], status: int) -> None:
    sent = {name: value for name, value in body(plan, feature, **change).items() if value is not None}
    api.post("/entitlements", sent, expect=status)
    assert api.get("/entitlements")["items"] == []


def test_one_entitlement_of_a_feature_each(api: Any, plan: Any, feature: Any) -> None:
    made = api.post("/entitlements", body(plan, feature))
    api.post("/entitlements", body(plan, feature), expect=409)
    assert "message" in api.delete(f"/entitlements/{made['id']}")
    api.post("/entitlements", body(plan, feature), expect=201)
    assert api.get(f"/entitlements/{made['id']}")["status"] == "archived"


def test_bucketed_max_takes_none_bucketed_sum_does(api: Any, plan: Any) -> None:
    peak = make_feature(api, {"type": "MAX", "field": "n", "bucket_size": "HOUR"})
    daily = make_feature(api, {"type": "SUM", "field": "n", "bucket_size": "DAY"})
    refused = api.post("/entitlements", body(plan, peak), expect=400)
    assert refused["message"] == "Bucketed max meters process each bucket independently and cannot have entitlements"
    api.post("/entitlements", body(plan, daily), expect=201)


def test_static_and_config_need_their_values(api: Any, plan: Any) -> None:
    static = api.post("/features", {"name": "Region", "type": "static"})
    config = api.post("/features", {"name": "Limits", "type": "config"})
    held = {"usage_limit": None, "usage_reset_period": ""}
    api.post("/entitlements", body(plan, static, **held), expect=400)
    api.post("/entitlements", body(plan, config, **held), expect=400)
    assert api.post("/entitlements", body(plan, static, **held, static_value="eu"), expect=201)["static_value"] == "eu"
    shown = api.post("/entitlements", body(plan, config, **held, config_value={"rps": 5}), expect=201)
    assert shown["config_value"] == {"rps": 5}


def test_grant_is_configured_and_cleared(api: Any, plan: Any, feature: Any) -> None:
    grant = {"grant_measure": "quantity", "grant_quota": "10.50", "grant_duration_unit": "day", "grant_duration_value": 2}
    made = api.post("/entitlements", body(plan, feature, **grant), expect=201)
    assert (made["grant_quota"], made["grant_duration_value"]) == ("10.5", 2)
    assert api.post("/entitlements/search", {"has_grant_config": True})["pagination"]["total"] == 1
    cleared = api.put(f"/entitlements/{made['id']}", {"clear_grant_config": True})
    assert not any(name.startswith("grant_") for name in cleared)
    assert api.post("/entitlements/search", {"has_grant_config": True})["pagination"]["total"] == 0


def test_a_quota_can_be_changed_alone(api: Any, plan: Any, feature: Any) -> None:
    grant = {"grant_measure": "quantity", "grant_quota": "10", "grant_duration_unit": "day", "grant_duration_value": 2}
    made = api.post("/entitlements", body(plan, feature, **grant), expect=201)
    changed = api.put(f"/entitlements/{made['id']}", {"grant_quota": "0.25"})
    assert (changed["grant_quota"], changed["grant_duration_value"]) == ("0.25", 2)
    assert api.get(f"/entitlements/{made['id']}")["grant_quota"] == "0.25"
    assert api.put(f"/entitlements/{made['id']}", {"grant_quota": "0"}, expect=400)["message"] == "Grant quota must be greater than zero"


def test_lists_of_one_owner(api: Any, plan: Any, feature: Any) -> None:
    made = api.post("/entitlements", body(plan, feature))
    listed = api.get(f"/plans/{plan['id']}/entitlements")
    assert listed["pagination"] == {"total": 1, "limit": 0, "offset": 0}
    assert listed["items"][0]["id"] == made["id"]
    assert listed["items"][0]["feature"]["meter"]["event_name"] == "tokens"
    assert api.get("/plans/plan_nope/entitlements", expect=404)["details"] == {"plan_id": "plan_nope"}
    assert api.get("/addons/addon_nope/entitlements", expect=404)["details"] == {"addon_id": "addon_nope"}


def test_search_filters(api: Any, plan: Any, feature: Any) -> None:
    made = api.post("/entitlements", body(plan, feature))

    def total(wanted: dict[str, Any]) -> int:
        return int(api.post("/entitlements/search", wanted)["pagination"]["total"])

    assert total({"entity_type": "PLAN", "entity_ids": [plan["id"]]}) == 1
    assert total({"plan_ids": [plan["id"]], "feature_ids": [feature["id"]]}) == 1
    assert total({"plan_ids": ["plan_nope"]}) == 0
    assert total({"feature_type": "nonsense"}) == 0
    assert api.post("/entitlements/search", {"status": "published"})["pagination"] == {"total": 1, "limit": 0, "offset": 0}
    assert api.get("/entitlements?limit=5000")["pagination"]["limit"] == 5000
    assert api.get("/entitlements?limit=-1")["pagination"]["limit"] == 50
    assert api.get("/entitlements?expand=features")["items"][0]["feature"]["id"] == made["feature_id"]


def test_bulk_makes_all_or_none(api: Any, plan: Any, feature: Any) -> None:
    refused = api.post("/entitlements/bulk", {"items": [body(plan, feature), body(plan, feature)]}, expect=409)
    assert refused["details"]["index"] == 1
    assert api.get("/entitlements")["items"] == []
    made = api.post("/entitlements/bulk", {"items": [body(plan, feature)]}, expect=201)["items"]
    assert [item["usage_limit"] for item in made] == [5]
    assert api.post("/entitlements/bulk", {"items": []}, expect=400)["code"] == "validation_error"
