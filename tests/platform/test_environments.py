"""Environments: limits, lists, copies."""

from typing import Any

import pytest


def test_a_tenant_has_two_development_and_no_production_environments_at_first(platform: Any) -> None:
    platform.post("/environments", {"name": "A", "type": "development"}, expect=201)
    refused = platform.post("/environments", {"name": "B", "type": "development"}, expect=400)
    assert refused["message"] == "You have reached the maximum limit of 2 development environment(s)"
    # Any other type is taken, and not counted.
    assert platform.post("/environments", {"name": "C", "type": "staging"}, expect=201)["type"] == "staging"

    platform.put("/settings/tenant_config", {"value": {"development": 3, "production": 2}})
    platform.post("/environments", {"name": "D", "type": "development"}, expect=201)
    platform.post("/environments", {"name": "E", "type": "production"}, expect=201)
    platform.post("/environments", {"name": "F", "type": "production"}, expect=400)


def test_workspaces_of_keys_neither_count_nor_show(platform: Any) -> None:
    other = type(platform)(platform._portal, platform._client, "sk_ws_quiet")
    other.post("/customers", {"external_id": "x", "name": "X"})
    assert platform.post("/environments", {"name": "A", "type": "development"}, expect=201)
    assert [each["name"] for each in platform.get("/environments")["environments"]] == ["A", "Production", "Sandbox"]
    assert "sk_ws_quiet" in [each["name"] for each in other.get("/environments")["environments"]]


def test_environments_do_not_meet(platform: Any) -> None:
    made = platform.post("/environments", {"name": "A", "type": "development"})
    body = {"external_id": "x", "name": "X"}
    assert platform.send("POST", "/customers", body, headers={"X-Environment-ID": made["id"]}).status_code == 201
    platform.get("/customers/external/x", expect=404)
    unknown = platform.send("GET", "/customers", headers={"X-Environment-ID": "env_nope"})
    assert (unknown.status_code, unknown.json()["error"]) == (403, "Access denied")


def test_names_and_types_change(platform: Any) -> None:
    made = platform.post("/environments", {"name": "A", "type": "staging"})
    changed = platform.put(f"/environments/{made['id']}", {"name": "B"})
    assert (changed["name"], changed["type"]) == ("B", "staging")
    assert platform.get(f"/environments/{made['id']}")["name"] == "B"
    assert "." not in changed["created_at"]


def test_pages_show_their_own_length_as_total(platform: Any) -> None:
    page = platform.get("/environments?limit=1&offset=1")
    assert (page["total"], page["limit"], page["offset"], len(page["environments"])) == (1, 1, 1, 1)
    assert platform.get("/environments?limit=-1", expect=500)["code"] == "database_error"


def test_a_missing_name_is_named(platform: Any) -> None:
    assert set(platform.post("/environments", {}, expect=400)["details"]) == {"Name", "Type"}


def _catalogue(api: Any) -> None:
    meter = {"name": "Calls", "event_name": "call", "aggregation": {"type": "COUNT"}, "reset_usage": "BILLING_PERIOD", "filters": []}
    feature = api.post("/features", {"name": "Calls", "lookup_key": "calls", "type": "metered", "meter": meter})
    plan = api.post("/plans", {"name": "Pro", "lookup_key": "pro"})["id"]
    terms = {"currency": "USD", "billing_period": "MONTHLY", "billing_period_count": 1, "billing_model": "FLAT_FEE"}
    usage = {"type": "USAGE", "meter_id": feature["meter_id"], "invoice_cadence": "ARREAR", "price_unit_type": "FIAT"}
    api.post("/prices", {**terms, **usage, "amount": "2", "entity_type": "PLAN", "entity_id": plan})
    metered = {"feature_type": "metered", "usage_limit": 5, "usage_reset_period": "MONTHLY"}
    api.post("/entitlements", {"entity_type": "PLAN", "entity_id": plan, "feature_id": feature["id"], **metered})


def test_a_copy_has_ids_of_its_own_that_fit_together(platform: Any) -> None:
    _catalogue(platform)
    target = platform.post("/environments", {"name": "T", "type": "staging"})["id"]
    source = platform.get("/environments")["environments"][-1]["id"]
    started = platform.post(f"/environments/{source}/clone", {"target_environment_id": target}, expect=202)
    assert started["workflow_id"].startswith(f"wf_EnvironmentCloneWorkflow_{source}-{target}_")

    inside = {"X-Environment-ID": target}
    feature = platform.send("GET", "/features?lookup_key=calls", headers=inside).json()["items"][0]
    original = platform.get("/features?lookup_key=calls")["items"][0]
    assert feature["id"] != original["id"]
    assert feature["metadata"] == {"source_environment_feature_id": original["id"], "source_environment_id": source}
    plan = platform.send("POST", "/plans/search", {"expand": "prices,entitlements"}, headers=inside).json()["items"][0]
    assert plan["prices"][0]["meter_id"] == feature["meter_id"]
    assert plan["entitlements"][0]["feature_id"] == feature["id"]


def test_copying_again_adds_nothing(platform: Any) -> None:
    _catalogue(platform)
    target = platform.post("/environments", {"name": "T", "type": "staging"})["id"]
    source = platform.get("/environments")["environments"][-1]["id"]
    for _ in range(2):
        platform.post(f"/environments/{source}/clone", {"target_environment_id": target})
    for path in ("/features", "/plans", "/prices", "/entitlements"):
        answer = platform.send("GET", path, headers={"X-Environment-ID": target}).json()
        assert answer["pagination"]["total"] == 1, path


def test_a_copy_into_a_new_environment_keeps_to_the_limit(platform: Any) -> None:
    source = platform.get("/environments")["environments"][-1]["id"]
    platform.post(f"/environments/{source}/clone", {"name": "New"}, expect=202)
    assert platform.get("/environments")["environments"][0]["name"] == "New"
    platform.post(f"/environments/{source}/clone", {"name": "Newer"}, expect=400)


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        ({}, 400, "Provide a name for the new environment or specify a target_environment_id"),
        ({"target_environment_id": "SOURCE"}, 400, "Please provide a different target environment ID"),
        ({"target_environment_id": "env_nope"}, 404, "Environment not found"),
    ],
)
def test_refused_copies(platform: Any, body: dict[str, str], status: int, message: str) -> None:
    source = platform.get("/environments")["environments"][-1]["id"]
    filled = {key: source if value == "SOURCE" else value for key, value in body.items()}
    assert platform.post(f"/environments/{source}/clone", filled, expect=status)["message"] == message
