"""Prices: what is refused, what is kept, how they are found."""

from typing import Any

import pytest


def test_flat_price_is_read_back_as_made(api: Any, shop: Any) -> None:
    plan = shop.plan()
    made = shop.price(shop.fixed(plan, "300.50", lookup_key="base"))

    assert made["amount"] == "300.5"
    assert made["display_amount"] == "$300.5"
    assert made["currency"] == "usd"
    assert made["display_name"] == "Pro"
    assert made["transform_quantity"] == {"divide_by": 1}
    assert made["metadata"] == {}
    assert "sequence" not in made
    read = api.get(f"/prices/{made['id']}")
    assert read.pop("sequence") > 0
    assert read == made
    assert api.get("/prices/lookup/base")["id"] == made["id"]


def test_usage_price_is_named_after_its_meter_and_read_with_it(api: Any, shop: Any) -> None:
    plan, feature = shop.plan(), shop.feature()
    made = shop.price(shop.usage(plan, feature, filter_values={"model": ["a"]}))

    assert made["display_name"] == "Tokens"
    assert "meter" not in made
    assert "filter_values" not in made
    assert api.get(f"/prices/{made['id']}")["meter"]["id"] == feature["meter_id"]
    listed = api.get("/prices?entity_type=PLAN")["items"][0]
    assert "meter" not in listed
    assert api.get("/prices?expand=meters")["items"][0]["meter"]["event_name"] == "tokens"


def test_a_negative_upper_bound_does_not_bind(api: Any, shop: Any) -> None:
    tiers = [{"up_to": -5, "unit_amount": "1"}]
    body = shop.fixed(shop.plan(), billing_model="TIERED", tier_mode="SLAB", tiers=tiers, amount=None)
    refused = api.post("/prices", body, expect=400)
    assert (refused["message"], "details" in refused) == ("Invalid request format", False)


def test_tiers_are_kept_in_the_order_sent(api: Any, shop: Any) -> None:
    tiers = [{"up_to": 20, "unit_amount": "1"}, {"up_to": 10, "unit_amount": "0.50", "flat_amount": "0"}, {"unit_amount": "0.25"}]
    body = shop.fixed(shop.plan(), billing_model="TIERED", tier_mode="SLAB", tiers=tiers, amount=None)

    assert api.get(f"/prices/{shop.price(body)['id']}")["tiers"] == [
        {"up_to": 20, "unit_amount": "1"},
        {"up_to": 10, "unit_amount": "0.5", "flat_amount": "0"},
        {"up_to": None, "unit_amount": "0.25"},
    ]


@pytest.mark.parametrize(
    ("change", "message", "details"),
    [
        ({"billing_period_count": None}, "Billing period count must be greater than 0", {"billing_period_count": 0}),
        ({"billing_period_count": -2}, "Billing period count must be greater than 0", {"billing_period_count": -2}),
        ({"amount": None}, "Amount is required to set up flat fee pricing with fiat pricing units", None),
        ({"amount": "-0.01"}, "Please provide a non-negative amount value", {"amount": "-0.01"}),
        (
            {"billing_model": "MAGIC"},
            "Invalid billing model",
            {"allowed": ["FLAT_FEE", "PACKAGE", "TIERED"], "billing_model": "MAGIC"},
        ),
        ({"billing_period": "FORTNIGHT"}, "Invalid billing period", {"billing_period": "FORTNIGHT"}),
        ({"type": "USAGE", "invoice_cadence": "ARREAR"}, "Please select a metered feature to set up usage pricing", None),
        ({"billing_model": "TIERED", "tier_mode": "SLAB"}, "Price tiers are required to set up tiered pricing", None),
        ({"billing_model": "PACKAGE"}, "Please provide the number of units to set up package pricing", None),
        (
            {"billing_model": "PACKAGE", "transform_quantity": {"divide_by": 0}},
            "Please provide the number of units to set up package pricing",
            None,
        ),
        (
            {"price_unit_type": "CUSTOM"},
            "Price unit config must be provided when using custom pricing units",
            {"has_price_unit_config": False, "price_unit_type": "CUSTOM"},
        ),
        ({"start_date": "2030-01-02T00:00:00Z", "end_date": "2030-01-01T00:00:00Z"}, "Start date must be before end date", None),
        ({"billing_period": "ONETIME", "invoice_cadence": "ARREAR"}, "One-time prices must be billed in advance", None),
        ({"billing_period": "ONETIME", "trial_period_days": 3}, "Trial period is only allowed for recurring fixed prices", None),
        ({"amount": "ten"}, "Invalid request format", None),
        ({"group_id": "group_nope"}, "Some groups not found", None),
    ],
)
def test_broken_prices_are_refused(api: Any, shop: Any, change: dict[str, Any], message: str, details: dict[str, Any] | None) -> None:
    refused = api.post("/prices", shop.fixed(shop.plan(), **change), expect=400)
    assert refused["message"] == message
    if details is not None:
        assert refused["details"] == details
    assert api.get("/prices")["items"] == []


def test_usage_prices_take_neither_advance_nor_minimum(api: Any, shop: Any) -> None:
    plan, feature = shop.plan(), shop.feature()
    for change in ({"invoice_cadence": "ADVANCE"}, {"min_quantity": 1}, {"trial_period_days": 1}):
        assert api.post("/prices", shop.usage(plan, feature, **change), expect=400)["code"] == "validation_error"


@pytest.mark.parametrize(
    ("entity_type", "entity_id", "message", "details"),
    [
        ("PLAN", "plan_nope", "The specified plan does not exist", {"plan_id": "plan_nope"}),
        ("ADDON", "addon_nope", "The specified addon does not exist", {"addon_id": "addon_nope"}),
        ("COSTSHEET", "cost_nope", "The specified costsheet  does not exist", {"costsheet_id": "cost_nope"}),
        ("SUBSCRIPTION", "subs_nope", "The specified subscription does not exist", {"subscription_id": "subs_nope"}),
    ],
)
def test_owner_must_exist(api: Any, shop: Any, entity_type: str, entity_id: str, message: str, details: dict[str, str]) -> None:
    refused = api.post("/prices", shop.fixed({"id": entity_id}, entity_type=entity_type), expect=404)
    assert (refused["message"], refused["details"]) == (message, details)


def test_meter_must_exist(api: Any, shop: Any) -> None:
    refused = api.post("/prices", shop.usage(shop.plan(), {"meter_id": "meter_nope"}), expect=404)
    assert refused["message"] == "Meter not found"
    assert refused["details"]["meter_id"] == "meter_nope"


def test_lookup_key_is_free_again_once_the_price_has_an_end(api: Any, shop: Any) -> None:
    plan = shop.plan()
    first = shop.price(shop.fixed(plan, lookup_key="base"))
    refused = api.post("/prices", shop.fixed(plan, lookup_key="base"), expect=409)
    assert refused["details"]["lookup_key"] == "base"
    assert refused["details"]["price_id"] != first["id"]

    api.delete(f"/prices/{first['id']}", {"end_date": "2099-01-01T00:00:00Z"})

    second = shop.price(shop.fixed(plan, lookup_key="base"))
    assert api.get("/prices/lookup/base")["id"] == second["id"]


def test_bulk_makes_all_or_none(api: Any, shop: Any) -> None:
    plan = shop.plan()
    refused = api.post("/prices/bulk", {"items": [shop.fixed(plan), {"amount": "2", "currency": "USD"}]}, expect=400)
    assert refused["details"]["index"] == 1
    assert "BillingModel" in refused["details"]
    late = api.post("/prices/bulk", {"items": [shop.fixed(plan), shop.fixed({"id": "plan_nope"})]}, expect=404)
    assert late["details"] == {"plan_id": "plan_nope"}
    assert api.get("/prices")["pagination"]["total"] == 0

    made = api.post("/prices/bulk", {"items": [shop.fixed(plan), shop.fixed(plan, "2")]}, expect=201)["items"]

    # This answer shows the currency as sent, and no unit figures.
    assert [item["currency"] for item in made] == ["USD", "USD"]
    assert "conversion_rate" not in made[0]
    assert api.get(f"/prices/{made[0]['id']}")["currency"] == "usd"
    assert api.post("/prices/bulk", {"items": []}, expect=400)["message"] == "Please provide at least one price to create"
    assert api.post("/prices/bulk", {"items": [shop.fixed(plan)] * 101}, expect=400)["code"] == "validation_error"


def test_lists_filter_by_what_the_price_has(api: Any, shop: Any) -> None:
    plan, addon, feature = shop.plan(), shop.addon(), shop.feature()
    weekly = shop.price(shop.fixed(plan, "7", billing_period="WEEKLY"))
    usage = shop.price(shop.usage(addon, feature, "0.25"))

    def found(body: dict[str, Any]) -> list[str]:
        return [item["id"] for item in api.post("/prices/search", body)["items"]]

    assert found({"billing_periods": ["WEEKLY"]}) == [weekly["id"]]
    assert found({"meter_ids": [feature["meter_id"]]}) == [usage["id"]]
    assert found({"entity_type": "ADDON", "entity_ids": [addon["id"]]}) == [usage["id"]]
    assert found({"price_ids": [weekly["id"]]}) == [weekly["id"]]
    assert found({"entity_type": "plan"}) == []
    assert found({"start_date_lt": "2001-01-01T00:00:00Z"}) == []
    # plan_ids is ignored there too.
    assert found({"plan_ids": ["plan_nope"], "order": "asc"}) == [weekly["id"], usage["id"]]
    for name in ("amount", "value"):
        condition = {"field": name, "operator": "gt", "data_type": "number", "value": {"number": 1}}
        assert found({"filters": [condition]}) == [weekly["id"]]
    assert api.get("/prices?limit=5000")["pagination"]["limit"] == 5000
    assert api.get("/prices?order=sideways&sort=created_at")["pagination"]["total"] == 2
    assert api.post("/prices/search", {"expand": "nope"}, expect=400)["details"] == {"field": "nope"}


def test_expanded_owner_is_shown(api: Any, shop: Any) -> None:
    plan, addon = shop.plan(), shop.addon()
    shop.price(shop.fixed(plan))
    shop.price(shop.fixed(addon))
    items = api.get("/prices?expand=plan,addons&order=asc")["items"]
    assert items[0]["plan"]["name"] == "Pro"
    assert items[1]["addon"]["lookup_key"] == "extra"
