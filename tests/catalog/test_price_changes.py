"""Changes of prices: texts in place, money terms by a successor."""

from typing import Any

import pytest


def test_texts_change_in_place(api: Any, shop: Any) -> None:
    price = shop.price(shop.fixed(shop.plan()))
    changed = api.put(f"/prices/{price['id']}", {"description": "Yearly", "display_name": "Year", "metadata": {"x": "y"}})
    assert changed["id"] == price["id"]
    assert (changed["description"], changed["display_name"], changed["metadata"]) == ("Yearly", "Year", {"x": "y"})


def test_new_amount_ends_the_price_and_makes_its_successor(api: Any, shop: Any) -> None:
    api.freeze("2030-05-01T00:00:00Z")
    price = shop.price(shop.fixed(shop.plan(), "30", lookup_key="base", metadata={"a": "b"}))
    api.freeze("2030-05-02T00:00:00Z")

    successor = api.put(f"/prices/{price['id']}", {"amount": "35"})

    old = api.get(f"/prices/{price['id']}")
    assert (old["amount"], old["end_date"], old["status"]) == ("30", "2030-05-02T00:00:00Z", "published")
    assert successor["id"] != price["id"]
    assert successor["parent_price_id"] == price["id"]
    assert (successor["amount"], successor["start_date"]) == ("35", "2030-05-02T00:00:00Z")
    assert (successor["lookup_key"], successor["metadata"]) == ("base", {"a": "b"})
    api.freeze("2030-05-03T00:00:00Z")
    assert [item["id"] for item in api.get("/prices")["items"]] == [successor["id"]]
    assert api.get("/prices?allow_expired_prices=true")["pagination"]["total"] == 2


def test_later_change_waits_for_its_day(api: Any, shop: Any) -> None:
    api.freeze("2030-05-01T00:00:00Z")
    price = shop.price(shop.fixed(shop.plan()))
    successor = api.put(f"/prices/{price['id']}", {"amount": "11", "effective_from": "2030-06-01T00:00:00Z"})
    assert successor["start_date"] == "2030-06-01T00:00:00Z"
    assert api.get(f"/prices/{price['id']}")["end_date"] == "2030-06-01T00:00:00Z"
    assert api.get("/prices")["pagination"]["total"] == 2


def test_lineage_names_its_root(api: Any, shop: Any) -> None:
    first = shop.price(shop.fixed(shop.plan()))
    second = api.put(f"/prices/{first['id']}", {"amount": "11"})
    third = api.put(f"/prices/{second['id']}", {"amount": "12"})
    assert third["parent_price_id"] == first["id"]


def test_model_can_change_with_what_it_needs(api: Any, shop: Any) -> None:
    price = shop.price(shop.fixed(shop.plan()))
    refused = api.put(f"/prices/{price['id']}", {"billing_model": "TIERED"}, expect=400)
    assert refused["message"] == "Price tiers are required to set up tiered pricing"
    assert "end_date" not in api.get(f"/prices/{price['id']}")

    tiered = api.put(f"/prices/{price['id']}", {"billing_model": "TIERED", "tier_mode": "VOLUME", "tiers": [{"unit_amount": "1"}]})
    flat = api.put(f"/prices/{tiered['id']}", {"billing_model": "FLAT_FEE", "amount": "3"})

    assert tiered["tiers"] == [{"up_to": None, "unit_amount": "1"}]
    assert "tiers" not in flat
    assert "tier_mode" not in flat


@pytest.mark.parametrize(
    "body",
    [
        {"amount": "-3"},
        {"effective_from": "2099-01-01T00:00:00Z"},
        {"amount": "3", "effective_from": "1999-01-01T00:00:00Z"},
        {"price_unit_amount": "3"},
        {"tiers": [{"unit_amount": "-1"}]},
        {"group_id": "group_nope"},
    ],
)
def test_impossible_changes_leave_the_price_alone(api: Any, shop: Any, body: dict[str, Any]) -> None:
    price = shop.price(shop.fixed(shop.plan()))
    before = api.get(f"/prices/{price['id']}")
    assert api.put(f"/prices/{price['id']}", body, expect=400)["code"] == "validation_error"
    assert api.get(f"/prices/{price['id']}") == before


def test_ended_price_has_one_successor_only(api: Any, shop: Any) -> None:
    price = shop.price(shop.fixed(shop.plan()))
    api.put(f"/prices/{price['id']}", {"amount": "11"})
    assert api.put(f"/prices/{price['id']}", {"amount": "12"}, expect=400)["code"] == "validation_error"


def test_deletion_ends_a_price_now_or_later(api: Any, shop: Any) -> None:
    api.freeze("2030-05-01T00:00:00Z")
    plan = shop.plan()
    now, later = (shop.price(shop.fixed(plan)) for _ in range(2))
    api.freeze("2030-05-02T00:00:00Z")

    assert api.delete(f"/prices/{now['id']}", {}) == {"message": "price deleted successfully"}
    api.delete(f"/prices/{later['id']}", {"end_date": "2030-06-01T00:00:00Z"})

    assert api.get(f"/prices/{now['id']}")["end_date"] == "2030-05-02T00:00:00Z"
    assert [item["id"] for item in api.get("/prices")["items"]] == [later["id"]]
    assert api.delete(f"/prices/{later['id']}", expect=400)["message"] == "Invalid request format"
    assert api.delete(f"/prices/{later['id']}", {"end_date": "2001-01-01T00:00:00Z"}, expect=400)["code"] == "validation_error"
    assert api.delete("/prices/price_nope", {}, expect=404)["details"] == {"price_id": "price_nope"}


def test_price_leaves_its_group(api: Any, shop: Any) -> None:
    group = api.post("/groups", {"name": "G", "lookup_key": "g", "entity_type": "price"})
    price = shop.price(shop.fixed(shop.plan(), group_id=group["id"]))
    assert api.get(f"/prices/{price['id']}")["group"]["name"] == "G"
    assert "group_id" not in api.put(f"/prices/{price['id']}", {"group_id": ""})
