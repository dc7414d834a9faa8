"""Plans: what they embed, copies, archive."""

from typing import Any


def test_plan_is_read_with_all_that_belongs_to_it(api: Any, shop: Any) -> None:
    plan, feature = shop.plan(), shop.feature()
    ended, usage = shop.price(shop.fixed(plan)), shop.price(shop.usage(plan, feature))
    api.delete(f"/prices/{ended['id']}", {})
    api.post("/entitlements", {"plan_id": plan["id"], "feature_id": feature["id"], "feature_type": "metered", "usage_limit": 5})

    read = api.get(f"/plans/{plan['id']}")

    # Newest first, ended ones too.
    assert [price["id"] for price in read["prices"]] == [usage["id"], ended["id"]]
    assert read["prices"][0]["meter"]["event_name"] == "tokens"
    assert read["entitlements"][0]["feature"]["meter"]["event_name"] == "tokens"
    assert read["entitlements"][0]["plan_id"] == plan["id"]
    assert "credit_grants" not in read


def test_credit_grants_belong_to_the_plan_and_its_copies(api: Any, shop: Any) -> None:
    plan = shop.plan()
    grant = {"name": "Bonus", "scope": "PLAN", "plan_id": plan["id"], "credits": "25", "cadence": "ONETIME", "expiration_type": "NEVER"}
    made = api.post("/creditgrants", grant, expect=201)
    assert [held["id"] for held in api.get(f"/plans/{plan['id']}")["credit_grants"]] == [made["id"]]
    assert [held["id"] for held in api.get("/plans?expand=credit_grant")["items"][0]["credit_grants"]] == [made["id"]]
    copy = api.post(f"/plans/{plan['id']}/clone", {"name": "Copy", "lookup_key": "copy"})
    assert [(held["credits"], held["plan_id"]) for held in copy["credit_grants"]] == [("25", copy["id"])]


def test_lists_show_what_is_asked_for(api: Any, shop: Any) -> None:
    plan, feature = shop.plan(), shop.feature()
    ended, usage = shop.price(shop.fixed(plan)), shop.price(shop.usage(plan, feature))
    api.delete(f"/prices/{ended['id']}", {})
    assert "prices" not in api.get("/plans")["items"][0]
    (bare,) = api.get("/plans?expand=prices")["items"][0]["prices"]
    assert bare["id"] == usage["id"]
    assert "meter" not in bare
    assert "meter" in api.get("/plans?expand=prices,meters")["items"][0]["prices"][0]
    assert api.get("/plans?expand=customers", expect=200)["pagination"]["total"] == 1


def test_lookup_key_is_unique_until_archived(api: Any, shop: Any) -> None:
    pro, free = shop.plan(lookup_key="pro"), shop.plan("Free")
    refused = api.post("/plans", {"name": "Other", "lookup_key": "pro"}, expect=409)
    assert refused["message"] == "Plan with this name already exists"
    assert refused["details"]["plan_name"] == "Other"
    refused = api.put(f"/plans/{free['id']}", {"lookup_key": "pro"}, expect=409)
    assert refused["details"] == {"plan_id": free["id"], "plan_name": "Free"}

    assert api.delete(f"/plans/{pro['id']}") == {"message": "price deleted successfully"}

    shop.plan("Other", lookup_key="pro")
    assert api.get(f"/plans/{pro['id']}")["status"] == "archived"
    assert [plan["id"] for plan in api.get("/plans?status=archived")["items"]] == [pro["id"]]


def test_plan_changes_what_is_given(api: Any, shop: Any) -> None:
    plan = shop.plan(lookup_key="pro", description="old", metadata={"a": "b"})
    changed = api.put(f"/plans/{plan['id']}", {"name": "Pro plus", "display_order": 5})
    assert (changed["name"], changed["display_order"], changed["description"]) == ("Pro plus", 5, "old")
    assert changed["metadata"] == {"a": "b"}
    assert api.put(f"/plans/{plan['id']}", {"metadata": {"z": "1"}})["metadata"] == {"z": "1"}


def test_search_by_key_id_and_metadata(api: Any, shop: Any) -> None:
    pro = shop.plan(lookup_key="pro", metadata={"tier": "1", "region": "eu"})
    shop.plan("Free", metadata={"tier": "0"})
    for wanted in ({"lookup_key": "pro"}, {"plan_ids": [pro["id"]]}, {"metadata": {"tier": "1", "region": "eu"}}):
        assert [plan["id"] for plan in api.post("/plans/search", wanted)["items"]] == [pro["id"]]
    assert api.get("/plans?limit=-5", expect=400)["message"] == "Invalid filter parameters"


def test_clone_copies_open_prices_and_entitlements(api: Any, shop: Any) -> None:
    plan, feature = shop.plan(description="D", metadata={"z": "1"}), shop.feature()
    ended, base = shop.price(shop.fixed(plan)), shop.price(shop.fixed(plan, "20", lookup_key="base"))
    api.delete(f"/prices/{ended['id']}", {})
    api.post("/entitlements", {"plan_id": plan["id"], "feature_id": feature["id"], "feature_type": "metered", "usage_limit": 5})

    copy = api.post(f"/plans/{plan['id']}/clone", {"name": "Copy", "lookup_key": "copy"}, expect=201)

    assert copy["metadata"] == {"source_plan_id": plan["id"], "z": "1"}
    assert copy["description"] == "D"
    (price,) = copy["prices"]
    assert price["id"] != base["id"]
    assert (price["amount"], price["lookup_key"], price["entity_id"], price["start_date"]) == ("20", "", copy["id"], base["start_date"])
    read = api.get(f"/plans/{copy['id']}")
    assert [held["usage_limit"] for held in read["entitlements"]] == [5]
    assert len(read["prices"]) == 1


def test_clone_needs_a_name_and_a_free_key(api: Any, shop: Any) -> None:
    plan = shop.plan(lookup_key="pro")
    path = f"/plans/{plan['id']}/clone"
    assert api.post(path, {"lookup_key": "z"}, expect=400)["message"] == "Please provide a unique name for the cloned plan"
    assert api.post(path, {"name": "Z"}, expect=400)["code"] == "validation_error"
    assert api.post(path, {"name": "Z", "lookup_key": "pro"}, expect=409)["details"] == {"lookup_key": "pro"}
    assert api.post("/plans/plan_nope/clone", {"name": "a", "lookup_key": "b"}, expect=404)["details"] == {"plan_id": "plan_nope"}


def test_expansions_nest_by_dots(api: Any, shop: Any) -> None:
    plan, feature = shop.plan(), shop.feature()
    shop.price(shop.usage(plan, feature))
    terms = {"entity_type": "PLAN", "entity_id": plan["id"], "feature_id": feature["id"], "feature_type": "metered", "usage_limit": 1}
    api.post("/entitlements", {**terms, "usage_reset_period": "MONTHLY"})

    def shown(expand: str) -> dict[str, Any]:
        found: dict[str, Any] = api.post("/plans/search", {"expand": expand})["items"][0]
        return found

    assert "meter" not in shown("prices")["prices"][0]
    assert shown("prices.meters")["prices"][0]["meter"]["id"] == feature["meter_id"]
    assert shown("entitlements.features")["entitlements"][0]["feature"]["id"] == feature["id"]
