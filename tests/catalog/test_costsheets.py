"""Cost sheets."""

from typing import Any


def test_sheet_is_wrapped_when_written_and_bare_when_read(api: Any) -> None:
    made = api.post("/costs", {"name": "Providers", "lookup_key": "providers", "metadata": {"a": "b"}}, expect=201)["costsheet"]
    assert api.get(f"/costs/{made['id']}") == made
    assert api.get("/costs/active") == made
    assert api.put(f"/costs/{made['id']}", {"name": "Suppliers"})["costsheet"]["name"] == "Suppliers"
    assert api.get("/costs/cost_nope", expect=404)["details"] == {"id": "cost_nope"}


def test_deleted_sheet_goes_on_until_there_is_another(api: Any, shop: Any) -> None:
    old = api.post("/costs", {"name": "Old", "lookup_key": "k"})["costsheet"]
    shop.price(shop.usage({"id": old["id"]}, shop.feature(), entity_type="COSTSHEET"))
    assert api.delete(f"/costs/{old['id']}") == {"message": "Costsheet deleted successfully", "id": old["id"]}
    active = api.get("/costs/active")
    assert active["status"] == "deleted"
    assert "meter" not in active["prices"][0]
    assert api.get(f"/costs/{old['id']}")["prices"][0]["meter"]["event_name"] == "tokens"

    new = api.post("/costs", {"name": "New", "lookup_key": "k"}, expect=201)["costsheet"]

    assert api.get("/costs/active")["id"] == new["id"]
    assert api.post("/costs", {"name": "X", "lookup_key": "k"}, expect=500)["message"] == "Failed to create costsheet"


def test_list_is_always_the_first_page(api: Any) -> None:
    for key in "abc":
        api.post("/costs", {"name": key, "lookup_key": key})
    page = api.post("/costs/search", {"limit": 1, "offset": 2})
    assert [item["name"] for item in page["items"]] == ["c", "b", "a"]
    assert page["pagination"] == {"total": 3, "limit": 50, "offset": 0}
    assert [item["name"] for item in api.post("/costs/search", {"lookupKey": "b"})["items"]] == ["b"]


def test_names_and_keys_have_at_most_255_characters(api: Any) -> None:
    made = api.post("/costs", {"name": "n" * 255, "lookup_key": "k" * 255})["costsheet"]
    for method, path in (("POST", "/costs"), ("PUT", f"/costs/{made['id']}")):
        refused = api.call(method, path, {"name": "n" * 256, "lookup_key": "k" * 256}, expect=400)
        assert set(refused["details"]) == {"Name", "LookupKey"}


def test_no_sheet_no_active_one(api: Any) -> None:
    assert api.get("/costs/active", expect=404)["code"] == "not_found"
