"""Groups of prices or features."""

from typing import Any


def test_members_are_never_listed_but_let_go(api: Any, shop: Any) -> None:
    group = api.post("/groups", {"name": "Core", "lookup_key": "core", "entity_type": "feature"}, expect=201)
    assert group["entity_ids"] == []
    feature = shop.feature("sso", type="boolean", group_id=group["id"])
    assert feature["group"]["name"] == "Core"
    assert api.get(f"/groups/{group['id']}")["entity_ids"] is None

    for _ in range(2):
        api.delete(f"/groups/{group['id']}", expect=204)

    assert "group_id" not in api.get(f"/features/{feature['id']}")
    assert api.get(f"/groups/{group['id']}")["status"] == "archived"
    assert api.delete("/groups/group_nope", expect=404)["message"] == "Group not found"


def test_groups_take_one_kind(api: Any, shop: Any) -> None:
    group = api.post("/groups", {"name": "Core", "lookup_key": "core", "entity_type": "feature"})
    refused = api.post("/prices", shop.fixed(shop.plan(), group_id=group["id"]), expect=400)
    assert refused["message"] == "Group must be of type: price"
    assert refused["details"] == {"entity_type": "price", "group_id": group["id"]}
    refused = api.post("/groups", {"name": "X", "lookup_key": "x", "entity_type": "plan"}, expect=400)
    assert refused["details"] == {"allowed_types": ["price", "feature"]}


def test_used_key_is_a_database_error_there(api: Any) -> None:
    body = {"name": "Core", "lookup_key": "core", "entity_type": "price"}
    first = api.post("/groups", body)
    assert api.post("/groups", body, expect=500)["message"] == "Failed to create group"
    api.delete(f"/groups/{first['id']}")
    api.post("/groups", body, expect=201)


def test_search(api: Any) -> None:
    for name, kind in (("Compute", "price"), ("Core", "feature")):
        api.post("/groups", {"name": name, "lookup_key": name.lower(), "entity_type": kind})

    def found(body: dict[str, Any]) -> list[str]:
        return [item["name"] for item in api.post("/groups/search", body)["items"]]

    assert found({"name": "co"}) == ["Core", "Compute"]
    assert found({"entity_type": "price"}) == ["Compute"]
    assert found({"lookup_key": "core"}) == ["Core"]
    assert found({"sort": [{"field": "name", "direction": "asc"}]}) == ["Compute", "Core"]
    assert api.post("/groups/search", {"limit": 0}, expect=400)["message"] == "Invalid filter parameters"
