"""Add-ons of the catalogue."""

from typing import Any


def test_addon_is_read_by_both_names_with_all_that_belongs_to_it(api: Any, shop: Any) -> None:
    addon, feature = shop.addon(metadata={"a": 1, "b": "x"}), shop.feature()
    shop.price(shop.usage(addon, feature))
    body = {"entity_type": "ADDON", "entity_id": addon["id"], "feature_id": feature["id"], "feature_type": "metered", "usage_limit": 5}
    api.post("/entitlements", body)

    read = api.get(f"/addons/{addon['id']}")

    assert read == api.get("/addons/lookup/extra")
    assert read["metadata"] == {"a": 1, "b": "x"}
    assert read["prices"][0]["meter"]["event_name"] == "tokens"
    assert "plan_id" not in read["entitlements"][0]
    assert "prices" not in api.get("/addons")["items"][0]


def test_empty_fields_are_left_out(api: Any, shop: Any) -> None:
    assert not {"description", "metadata", "prices"} & shop.addon().keys()


def test_lists_without_limit_show_everything(api: Any, shop: Any) -> None:
    for key in "abc":
        shop.addon(key, key)
    page = api.get("/addons?order=asc&offset=2")
    assert [item["lookup_key"] for item in page["items"]] == ["a", "b", "c"]
    assert page["pagination"] == {"total": 3, "limit": 0, "offset": 0}
    assert api.get("/addons?limit=1&offset=1")["pagination"] == {"total": 3, "limit": 1, "offset": 2}
    assert api.get("/addons?limit=0", expect=400)["message"] == "An unexpected error occurred"
    assert api.post("/addons/search", {"limit": 0}, expect=400)["details"] == {"limit": "must be between 1 and 1000"}
    assert [item["name"] for item in api.get("/addons?lookup_keys=b")["items"]] == ["b"]


def test_key_is_unique_until_archived(api: Any, shop: Any) -> None:
    addon = shop.addon()
    assert api.post("/addons", {"name": "X", "lookup_key": "extra"}, expect=409)["details"] == {"lookup_key": "extra"}
    assert api.delete(f"/addons/{addon['id']}") == {"message": "addon deleted successfully"}
    assert api.get("/addons/lookup/extra", expect=404)["details"] == {"lookup_key": "extra"}
    assert api.get(f"/addons/{addon['id']}")["status"] == "archived"
    shop.addon()


def test_addon_changes_what_is_given(api: Any, shop: Any) -> None:
    addon = shop.addon(description="D")
    changed = api.put(f"/addons/{addon['id']}", {"name": "More", "metadata": {"q": 2}})
    assert (changed["name"], changed["description"], changed["metadata"]) == ("More", "D", {"q": 2})
    assert api.put("/addons/addon_nope", {"name": "X"}, expect=404)["details"] == {"addon_id": "addon_nope"}
    assert api.put(f"/addons/{addon['id']}", {"name": 5}, expect=400)["message"] == "Invalid request format"
