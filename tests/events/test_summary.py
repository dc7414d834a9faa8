"""GET /customers/usage and /customers/{id}/usage: usage against limits, by reset period."""

from typing import Any

import pytest

from tests.events.support import Seller


@pytest.fixture
def seller(api: Any) -> Seller:
    api.freeze("2026-11-22T05:37:15Z")
    held = Seller(api, start="2026-11-05T12:00:00Z")
    for name, moment in {"old": "2026-10-06T00:00:00Z", "period": "2026-11-06T00:00:00Z", "today": "2026-11-22T01:00:00Z"}.items():
        held.send("hit", name, moment, kind="a")
    return held


def entitle(seller: Seller, name: str, reset: str, limit: int | None, **options: Any) -> Any:
    feature = seller.feature(name, "hit", {"type": "COUNT"}, **options)
    seller.price(name)
    body = {
        "entity_type": "PLAN",
        "entity_id": seller.plan["id"],
        "feature_id": feature["id"],
        "feature_type": "metered",
        "usage_limit": limit,
        "usage_reset_period": reset,
    }
    return seller.api.post("/entitlements", body)


def summary(seller: Seller, query: str = "") -> dict[str, Any]:
    answer = seller.api.get(f"/customers/{seller.customer['id']}/usage{query}")
    assert answer["period"] is None
    return {held["feature"]["name"]: held for held in answer["features"]}


def test_reset_period_of_the_subscription_counts_metered_usage(seller: Seller) -> None:
    entitle(seller, "Calls", "MONTHLY", 4)
    seller.subscribe()
    seller.send("hit", "metered", "2026-11-07T00:00:00Z")
    held = summary(seller)["Calls"]
    assert (held["current_usage"], held["usage_percent"], held["total_limit"]) == ("1", "0.25", 4)
    assert held["next_usage_reset_at"] == "2026-12-05T00:00:00Z"
    assert held["sources"][0]["entity_id"] == seller.plan["id"]


@pytest.mark.parametrize(
    ("reset", "usage", "next_reset"),
    [
        ("DAILY", "1", "2026-11-23T00:00:00Z"),
        ("NEVER", "2", None),
        ("ANNUAL", "0", "2027-11-05T00:00:00Z"),
        ("WEEKLY", "0", "2026-11-26T00:00:00Z"),
    ],
)
def test_other_periods_count_raw_events(seller: Seller, reset: str, usage: str, next_reset: str | None) -> None:
    entitle(seller, "Calls", reset, 10)
    seller.subscribe()
    held = summary(seller)["Calls"]
    assert (held["current_usage"], held.get("next_usage_reset_at")) == (usage, next_reset)


def test_month_of_another_subscription_follows_its_anchor(seller: Seller) -> None:
    entitle(seller, "Calls", "MONTHLY", 10)
    seller.api.post("/prices", {**_annual(seller), "meter_id": seller.features["Calls"]["meter_id"]})
    seller.subscribe(billing_period="ANNUAL", start_date="2026-10-05T12:00:00Z")
    held = summary(seller)["Calls"]
    assert held["current_usage"] == "2"
    assert held["next_usage_reset_at"] == "2026-12-05T00:00:00Z"


def test_months_of_a_zone_begin_at_its_own_midnight(seller: Seller) -> None:
    seller.api.put(f"/customers/{seller.customer['id']}", {"timezone": "Asia/Kolkata"})
    entitle(seller, "Calls", "MONTHLY", 10)
    seller.api.post("/prices", {**_annual(seller), "meter_id": seller.features["Calls"]["meter_id"]})
    seller.subscribe(billing_period="ANNUAL", start_date="2026-10-01T12:00:00Z")
    for name, moment in {"october": "2026-10-31T18:29:59Z", "november": "2026-10-31T18:30:00Z"}.items():
        seller.send("hit", name, moment)
    # With those of 6 and 22 November.
    assert summary(seller)["Calls"]["current_usage"] == "3"


def _annual(seller: Seller) -> dict[str, Any]:
    return {
        "currency": "usd", "type": "USAGE", "price_unit_type": "FIAT", "billing_period": "ANNUAL", "billing_period_count": 1,
        "billing_model": "FLAT_FEE", "invoice_cadence": "ARREAR", "amount": "1", "entity_type": "PLAN",
        "entity_id": seller.plan["id"], "start_date": "2020-01-01T00:00:00Z",
    }  # fmt: skip


@pytest.mark.parametrize(("limit", "percent", "unlimited"), [(None, "0", True), (0, "100", False), (3, "0.3333333333333333", False)])
def test_limits(seller: Seller, limit: int | None, percent: str, unlimited: bool) -> None:
    entitle(seller, "Calls", "DAILY", limit)
    seller.subscribe()
    held = summary(seller)["Calls"]
    assert (held["total_limit"], held["usage_percent"], held["is_unlimited"]) == (limit, percent, unlimited)


def test_feature_without_a_usage_line_keeps_zero(seller: Seller) -> None:
    feature = seller.feature("Calls", "hit", {"type": "COUNT"})
    seller.api.post("/entitlements", {"entity_type": "PLAN", "entity_id": seller.plan["id"], "feature_id": feature["id"],
                                      "feature_type": "metered", "usage_limit": 5, "usage_reset_period": "DAILY"})  # fmt: skip
    seller.feature("Sold", "sold", {"type": "COUNT"})
    seller.price("Sold")
    seller.subscribe()
    assert summary(seller)["Calls"]["current_usage"] == "0"


def test_filters_by_feature_and_subscription(seller: Seller) -> None:
    for name in ("Calls", "Other"):
        entitle(seller, name, "MONTHLY", 5)
    subscription = seller.subscribe()
    calls = seller.features["Calls"]["id"]
    assert set(summary(seller)) == {"Calls", "Other"}
    assert set(summary(seller, f"?feature_ids={calls}")) == {"Calls"}
    assert set(summary(seller, "?feature_lookup_keys=other")) == {"Other"}
    assert summary(seller, "?feature_lookup_keys=nope") == {}
    assert set(summary(seller, f"?subscription_ids={subscription['id']}")) == {"Calls", "Other"}
    assert summary(seller, "?subscription_ids=subs_other") == {}


def test_customer_by_query(seller: Seller) -> None:
    bare = {"customer_id": seller.customer["id"], "features": [], "period": None}
    assert seller.api.get(f"/customers/usage?customer_id={seller.customer['id']}") == bare
    assert seller.api.get("/customers/usage?customer_lookup_key=c") == bare
    assert seller.api.get("/customers/usage", expect=400)["message"] == "Provide customer_id or customer_lookup_key"
    assert seller.api.get("/customers/usage?customer_id=cust_nope", expect=404)["details"] == {"customer_id": "cust_nope"}
