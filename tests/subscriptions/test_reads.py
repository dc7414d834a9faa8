"""Lists, searches, usage and entitlements."""

from typing import Any

import pytest

from tests.subscriptions.shop import ADVANCE, START, Shop, usage


def test_lists_show_active_ones_unless_a_status_is_asked_for(shop: Shop) -> None:
    customer, plan = shop.customer(), shop.plan("pro", ADVANCE)
    active = shop.subscribe(customer, plan)
    draft = shop.subscribe(customer, plan, subscription_status="draft")
    trial = shop.subscribe(customer, plan, trial_period_days=7)

    def listed(query: str = "") -> list[str]:
        return [item["id"] for item in shop.api.get(f"/subscriptions{query}")["items"]]

    assert listed() == [active["id"]]
    assert listed("?subscription_status=draft&subscription_status=trialing") == [trial["id"], draft["id"]]
    assert shop.api.get("/subscriptions?subscription_status=odd", expect=400)["details"]["status"] == "odd"


def test_search_filters_and_expands(shop: Shop) -> None:
    plan, other = shop.plan("pro", ADVANCE), shop.plan("lite", ADVANCE)
    first = shop.subscribe(shop.customer("a"), plan, lookup_key="k1")
    shop.subscribe(shop.customer("b"), other)

    def found(**body: Any) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = shop.api.post("/subscriptions/search", body)["items"]
        return items

    assert [item["id"] for item in found(plan_id=plan["id"])] == [first["id"]]
    assert [item["id"] for item in found(external_customer_id="a")] == [first["id"]]
    by_key = {"field": "lookup_key", "operator": "eq", "data_type": "string", "value": {"string": "k1"}}
    assert [item["id"] for item in found(filters=[by_key])] == [first["id"]]
    assert found(active_at="2026-02-01T00:00:00Z") == []
    plain, shown = found(plan_id=plan["id"])[0], found(plan_id=plan["id"], expand="customer,prices", with_line_items=True)[0]
    assert (plain["customer"], "line_items" in plain, "prices" in plain["plan"]) == (None, False, False)
    assert (shown["customer"]["external_id"], len(shown["line_items"]), len(shown["plan"]["prices"])) == ("a", 1, 1)
    assert shop.api.post("/subscriptions/search", {"billing_period": ["NEVER"]}, expect=400)["details"] == {"billing_period": "NEVER"}
    assert shop.api.get("/subscriptions?expand=secrets", expect=400)["message"] == "Field is not allowed to be expanded"


def test_line_items_are_searched_over_all_subscriptions(shop: Shop) -> None:
    plan = shop.plan("pro", ADVANCE)
    customer = shop.customer()
    ids = [shop.subscribe(customer, plan)["id"] for _ in range(3)]
    page = shop.api.post("/subscriptions/lineitems/search", {"price_ids": plan["price_ids"], "limit": 2, "offset": 1})
    assert [item["subscription_id"] for item in page["items"]] == [ids[1], ids[0]]
    assert page["pagination"] == {"total": 3, "limit": 2, "offset": 3}


def test_v2_shows_only_what_is_expanded(shop: Shop) -> None:
    made = shop.subscribe(shop.customer(), shop.plan("pro", ADVANCE))
    bare = shop.api.get(f"/subscriptions/{made['id']}/v2")
    assert not {"plan", "customer", "line_items"} & set(bare)
    full = shop.api.get(f"/subscriptions/{made['id']}/v2?expand=plan,customer,prices,subscription_line_items")
    assert full["line_items"][0]["price"]["amount"] == "30"
    assert "prices" not in full["plan"]


def test_unknown_subscription_is_not_found_everywhere(shop: Shop) -> None:
    for method, path, body in (
        ("GET", "/subscriptions/subs_nope", None),
        ("GET", "/subscriptions/subs_nope/v2", None),
        ("GET", "/subscriptions/subs_nope/entitlements", None),
        ("PUT", "/subscriptions/subs_nope", {}),
        ("POST", "/subscriptions/usage", {"subscription_id": "subs_nope"}),
        ("POST", "/invoices/preview", {"subscription_id": "subs_nope"}),
    ):
        assert shop.api.call(method, path, body, expect=404)["message"] == "Subscription not found"


def test_usage_is_gross_and_plain_numbers(shop: Shop) -> None:
    feature = shop.feature()
    plan = shop.plan("pro", usage(feature["meter_id"], "0.5"))
    shop.api.post("/entitlements", {"plan_id": plan["id"], "feature_id": feature["id"], "feature_type": "metered", "usage_limit": 5})
    customer = shop.customer()
    made = shop.subscribe(customer, plan)
    shop.use(customer, "calls", "8.5", "2026-03-05T00:00:00Z")
    shop.use(customer, "calls", "100", "2026-04-01T00:00:00Z")

    found = shop.api.post("/subscriptions/usage", {"subscription_id": made["id"]})

    assert (found["amount"], found["display_amount"], found["has_overage"], found["overage_factor"]) == (4.25, "$4.25", False, 1)
    charge = found["charges"][0]
    assert (charge["quantity"], charge["amount"], charge["is_overage"], charge["filter_values"]) == (8.5, 4.25, False, {})
    assert charge["price"]["amount"] == "0.5"
    narrow = shop.api.post("/subscriptions/usage", {"subscription_id": made["id"], "end_time": "2026-03-05T00:00:00Z"})
    assert narrow["amount"] == 0


def test_usage_beyond_a_commitment_is_a_charge_of_its_own(shop: Shop) -> None:
    customer, plan = shop.customer(), shop.plan("pro", usage(shop.feature()["meter_id"], "0.5"))
    made = shop.subscribe(customer, plan, commitment_amount="30", overage_factor="1.5")
    shop.use(customer, "calls", "80", "2026-03-05T00:00:00Z")
    found = shop.api.post("/subscriptions/usage", {"subscription_id": made["id"]})
    assert [(c["quantity"], c["amount"], c["is_overage"], c.get("overage_factor")) for c in found["charges"]] == [
        (60, 30, False, None),
        (20, 15, True, 1.5),
    ]
    assert (found["amount"], found["commitment_utilized"], found["overage_amount"], found["has_overage"]) == (45, 30, 15, True)


@pytest.mark.parametrize(
    ("override", "limit"),
    [(None, 10), ({"usage_limit": 3}, 3), ({}, None)],
)
def test_overrides_replace_the_plans_limit_and_none_is_unlimited(shop: Shop, override: dict[str, int] | None, limit: int | None) -> None:
    feature, customer = shop.feature(), shop.customer()
    plan = shop.plan("pro", usage(feature["meter_id"], "1"))
    given = shop.api.post(
        "/entitlements",
        {"plan_id": plan["id"], "feature_id": feature["id"], "feature_type": "metered", "usage_limit": 10, "usage_reset_period": "MONTHLY"},
    )
    overrides = None if override is None else [{"entitlement_id": given["id"], **override}]
    made = shop.subscribe(customer, plan, override_entitlements=overrides)
    shop.use(customer, "calls", "12", "2026-03-05T00:00:00Z")

    shown = shop.api.get(f"/subscriptions/{made['id']}/entitlements")["features"][0]
    assert shown["entitlement"].get("usage_limit") == limit
    merged = shop.api.get(f"/customers/{customer['id']}/entitlements")
    assert merged["features"][0]["entitlement"] == shown["entitlement"]
    assert merged["subscriptions"][0]["id"] == made["id"]
    line = shop.preview(made)["line_items"][0]
    billable = {10: "2", 3: "9", None: "0"}[limit]
    assert (line["quantity"], line["amount"]) == (billable, billable)


def test_addon_limits_add_up_once_per_association(shop: Shop) -> None:
    feature, customer = shop.feature(), shop.customer()
    plan, addon = shop.plan("pro", usage(feature["meter_id"])), shop.addon("more", {**ADVANCE, "amount": "1"})
    for owner in ({"plan_id": plan["id"]}, {"entity_type": "ADDON", "entity_id": addon["id"]}):
        shop.api.post("/entitlements", {**owner, "feature_id": feature["id"], "feature_type": "metered", "usage_limit": 10})
    made = shop.subscribe(customer, plan, addons=[{"addon_id": addon["id"]}, {"addon_id": addon["id"]}])
    found = shop.api.get(f"/subscriptions/{made['id']}/entitlements")["features"][0]
    assert found["entitlement"]["usage_limit"] == 30
    assert [(source["entity_type"], source["entity_name"]) for source in found["sources"]] == [
        ("plan", "Pro"),
        ("addon", ""),
        ("addon", ""),
    ]


def test_limits_of_a_short_calendar_period_are_prorated(shop: Shop) -> None:
    feature = shop.feature()
    plan = shop.plan("pro", usage(feature["meter_id"]), ADVANCE)
    shop.api.post(
        "/entitlements",
        {
            "plan_id": plan["id"],
            "feature_id": feature["id"],
            "feature_type": "metered",
            "usage_limit": 1000,
            "usage_reset_period": "MONTHLY",
        },
    )
    made = shop.subscribe(
        shop.customer(), plan, billing_cycle="calendar", proration_behavior="create_prorations", start_date="2026-03-10T12:00:00Z"
    )
    shown = shop.api.get(f"/subscriptions/{made['id']}/entitlements")["features"][0]
    assert shown["entitlement"]["usage_limit"] == 694  # 21.5 of 31 days
    assert made["start_date"] > START


def test_the_embedded_plan_follows_every_change_of_what_it_shows(shop: Shop) -> None:
    feature = shop.feature()
    plan = shop.plan("pro", usage(feature["meter_id"]))
    made = shop.subscribe(shop.customer(), plan)

    def embedded() -> dict[str, Any]:
        shown: dict[str, Any] = shop.api.get(f"/subscriptions/{made['id']}")["plan"]
        assert {k: v for k, v in shown.items() if k != "entitlements"} == {
            k: v for k, v in shop.api.get(f"/plans/{plan['id']}").items() if k != "entitlements"
        }
        return shown

    assert len(embedded()["prices"]) == 1
    price = shop.price("PLAN", plan["id"], **ADVANCE)
    assert len(embedded()["prices"]) == 2
    shop.api.put(f"/prices/{price['id']}", {"display_name": "Renamed"})
    assert embedded()["prices"][0]["display_name"] == "Renamed"
    shop.api.put(f"/plans/{plan['id']}", {"name": "Other"})
    assert embedded()["name"] == "Other"
    given = shop.api.post(
        "/entitlements", {"plan_id": plan["id"], "feature_id": feature["id"], "feature_type": "metered", "usage_limit": 1}
    )
    assert embedded()["entitlements"][0]["plan"]["name"] == "Other"
    shop.api.put(f"/features/{feature['id']}", {"name": "Calls made"})
    assert embedded()["entitlements"][0]["feature"]["name"] == "Calls made"
    shop.api.delete(f"/entitlements/{given['id']}")
    assert "entitlements" not in embedded()


def test_whole_amounts_of_usage_have_no_fraction(api: Any) -> None:
    api.freeze("2026-03-01T00:00:00Z")
    api.post("/customers", {"external_id": "whole", "name": "Whole"})
    meter = {"name": "W", "event_name": "w", "aggregation": {"type": "COUNT"}, "reset_usage": "BILLING_PERIOD"}
    feature = api.post("/features", {"name": "W", "lookup_key": "w", "type": "metered", "meter": meter})
    plan = api.post("/plans", {"name": "W", "lookup_key": "w"})
    terms = {"entity_type": "PLAN", "entity_id": plan["id"], "currency": "usd", "billing_period": "MONTHLY", "billing_period_count": 1}
    terms |= {"price_unit_type": "FIAT", "billing_model": "FLAT_FEE", "type": "USAGE", "invoice_cadence": "ARREAR", "amount": "2"}
    api.post("/prices", {**terms, "meter_id": feature["meter_id"]})
    body = {"external_customer_id": "whole", "plan_id": plan["id"], "currency": "usd", "billing_period": "MONTHLY"}
    subscription = api.post("/subscriptions", body)
    api.post("/events", {"event_name": "w", "external_customer_id": "whole", "timestamp": "2026-03-02T00:00:00Z"})
    text = api.send("POST", "/subscriptions/usage", {"subscription_id": subscription["id"]}).text
    assert '"amount":2,' in text
    assert '"quantity":1,' in text
