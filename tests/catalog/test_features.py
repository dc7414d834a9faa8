"""Features and their meters."""

from typing import Any

import pytest


def test_metered_feature_brings_its_meter(api: Any, shop: Any) -> None:
    feature = shop.feature(reporting_unit={"unit_singular": "kT", "unit_plural": "kTs", "conversion_rate": "0.0010"})
    assert feature["reporting_unit"] == {"unit_singular": "kT", "unit_plural": "kTs", "conversion_rate": "0.001"}
    assert "meter" not in feature
    assert api.get(f"/features/{feature['id']}")["meter"]["aggregation"] == {"type": "SUM", "field": "n"}
    assert api.get("/features?expand=meters")["items"][0]["meter"]["id"] == feature["meter_id"]


def test_a_unit_conversion_keeps_ten_places(api: Any, shop: Any) -> None:
    def unit(rate: str) -> dict[str, str]:
        return {"unit_singular": "k", "unit_plural": "ks", "conversion_rate": rate}

    feature = shop.feature(reporting_unit=unit("0.12345678905"))
    assert feature["reporting_unit"] == unit("0.12345678905")
    assert api.get(f"/features/{feature['id']}")["reporting_unit"] == unit("0.1234567891")
    assert api.put(f"/features/{feature['id']}", {"reporting_unit": unit("1.00000000001")})["reporting_unit"] == unit("1.00000000001")
    assert api.get(f"/features/{feature['id']}")["reporting_unit"] == unit("1")


def test_metered_feature_takes_an_existing_meter(api: Any, shop: Any) -> None:
    meter_id = shop.feature()["meter_id"]
    body = {"name": "Same", "type": "metered", "meter_id": meter_id}
    assert api.post("/features", body, expect=201)["meter_id"] == meter_id
    assert api.post("/features", {**body, "meter_id": "meter_nope"}, expect=404)["message"] == "Meter not found"
    assert api.post("/features", {"name": "None", "type": "metered"}, expect=400)["code"] == "validation_error"


@pytest.mark.parametrize("kind", ["boolean", "static", "config"])
def test_other_features_have_no_meter(shop: Any, kind: str) -> None:
    assert shop.feature("sso", type=kind)["meter_id"] == ""


@pytest.mark.parametrize(
    "body",
    [
        {"type": "boolean"},
        {"name": "X"},
        {"name": "X", "type": "magic"},
        {"name": "X", "type": "boolean", "unit_singular": "token"},
        {"name": "X", "type": "boolean", "reporting_unit": {"unit_singular": "k", "unit_plural": "ks", "conversion_rate": "0"}},
        {"name": "X", "type": "boolean", "alert_settings": {"alert_enabled": True}},
        {"name": "X", "type": "boolean", "alert_settings": {"critical": {"threshold": "1", "condition": "near"}}},
        {"name": "X", "type": "boolean", "metadata": {"a": 1}},
    ],
)
def test_broken_features_are_refused(api: Any, body: dict[str, Any]) -> None:
    assert api.post("/features", body, expect=400)["code"] == "validation_error"


def test_feature_changes_with_its_meters_filters(api: Any, shop: Any) -> None:
    feature = shop.feature(metadata={"a": "b"})
    filters = [{"key": "model", "values": ["x", "y"]}]
    changed = api.put(f"/features/{feature['id']}", {"description": "D", "filters": filters})
    assert (changed["description"], changed["metadata"]) == ("D", {"a": "b"})
    assert api.get(f"/meters/{feature['meter_id']}")["filters"] == filters


def test_feature_in_use_stays(api: Any, shop: Any) -> None:
    feature, plan = shop.feature(), shop.plan()
    held = api.post("/entitlements", {"plan_id": plan["id"], "feature_id": feature["id"], "feature_type": "metered"})
    assert api.delete(f"/features/{feature['id']}", expect=400)["code"] == "invalid_operation"
    api.delete(f"/entitlements/{held['id']}")
    for _ in range(2):
        api.delete(f"/features/{feature['id']}", expect=200)
    assert api.get(f"/features/{feature['id']}")["status"] == "archived"
    assert api.get(f"/meters/{feature['meter_id']}")["status"] == "archived"


def test_lists_show_archived_features_too(api: Any, shop: Any) -> None:
    gone, kept = shop.feature("gone", type="boolean"), shop.feature("kept", type="static")
    api.delete(f"/features/{gone['id']}")

    def found(body: dict[str, Any]) -> list[str]:
        return [item["lookup_key"] for item in api.post("/features/search", body)["items"]]

    assert found({}) == ["kept", "gone"]
    assert found({"status": "published"}) == ["kept"]
    assert found({"name_contains": "KEP"}) == ["kept"]
    assert found({"lookup_keys": ["gone"]}) == ["gone"]
    assert found({"feature_ids": [kept["id"]]}) == ["kept"]
    assert api.post("/features/search", {"filters": [{"field": "name"}]}, expect=400)["message"] == "Operator is required"
    assert api.get("/features?order=sideways")["pagination"]["total"] == 2
    assert api.get("/features?expand=nope", expect=400)["details"] == {"field": "nope"}


def test_clone_has_a_meter_of_its_own(api: Any, shop: Any) -> None:
    feature = shop.feature(unit_singular="token", unit_plural="tokens")
    copy = api.post(f"/features/{feature['id']}/clone", {"name": "Copy", "lookup_key": "copy"}, expect=201)
    assert copy["unit_plural"] == "tokens"
    assert copy["meter_id"] != feature["meter_id"]
    assert api.get(f"/meters/{copy['meter_id']}")["event_name"] == "tokens"
    assert api.post(f"/features/{feature['id']}/clone", {"name": "C", "lookup_key": "copy"}, expect=409)["code"] == "already_exists"
    assert api.post(f"/features/{feature['id']}/clone", {"lookup_key": "c"}, expect=400)["code"] == "validation_error"


def test_lookup_key_is_unique(api: Any, shop: Any) -> None:
    shop.feature("sso", type="boolean")
    assert api.post("/features", {"name": "X", "lookup_key": "sso", "type": "boolean"}, expect=409)["details"] == {"lookup_key": "sso"}
