"""Cost against revenue: POST /costs/analytics."""

from typing import Any

import pytest

from tests.alerts.conftest import T0, Spender

DAY = {"start_time": "2026-05-05T00:00:00Z", "end_time": "2026-05-06T00:00:00Z"}


@pytest.fixture
def seller(api: Any) -> Spender:
    """Sells tokens at 0.10 that cost 0.04."""
    made = Spender(api)
    sheet = api.post("/costs", {"name": "Providers", "lookup_key": "providers"})["costsheet"]["id"]
    made.price("0.04", "COSTSHEET", sheet)
    return made


def test_margin_of_a_customer(seller: Spender) -> None:
    seller.use(1000)
    found = seller.api.post("/costs/analytics", {"external_customer_id": "c", **DAY})
    assert (found["total_revenue"], found["total_cost"], found["margin"]) == ("100", "40", "60")
    assert (found["margin_percent"], found["roi"], found["roi_percent"], found["currency"]) == ("60", "1.5", "150", "usd")
    (item,) = found["cost_analytics"]
    assert (item["total_quantity"], item["total_events"], item["customer_id"]) == ("1000", 1, seller.customer)


def test_without_a_customer_all_usage_costs_and_nothing_is_earned(seller: Spender) -> None:
    seller.use(1000)
    seller.use(500, customer="somebody")
    found = seller.api.post("/costs/analytics", DAY)
    assert (found["total_revenue"], found["total_cost"], found["margin"], found["roi"]) == ("0", "60", "-60", "-1")
    assert "customer_id" not in found["cost_analytics"][0]


def test_without_usage_or_customer_there_is_no_item(seller: Spender) -> None:
    for wanted in ({"external_customer_id": "c"}, {"external_customer_id": "nobody"}):
        found = seller.api.post("/costs/analytics", {**wanted, **DAY})
        assert (found["cost_analytics"], found["total_cost"], found["margin_percent"], found["roi"]) == ([], "0", "0", "0")


def test_without_a_sheet_the_margin_is_left_at_zero(api: Any) -> None:
    seller = Spender(api)
    seller.use(1000)
    found = api.post("/costs/analytics", {"external_customer_id": "c", **DAY})
    assert (found["total_revenue"], found["total_cost"], found["margin"], found["margin_percent"]) == ("100", "0", "0", "0")


def test_features_and_properties_narrow_both_sides(seller: Spender) -> None:
    seller.use(1000)
    wanted = {"external_customer_id": "c", **DAY}
    assert seller.api.post("/costs/analytics", {**wanted, "feature_ids": ["feat_nope"]})["total_cost"] == "0"
    assert seller.api.post("/costs/analytics", {**wanted, "feature_ids": [seller.feature["id"]]})["margin"] == "60"
    filtered = seller.api.post("/costs/analytics", {**wanted, "property_filters": {"n": ["1"]}})
    assert (filtered["total_revenue"], filtered["total_cost"]) == ("0", "0")


def test_every_way_of_metering_is_priced_with_and_without_a_customer(api: Any) -> None:
    seller = Spender(api)
    sheet = api.post("/costs", {"name": "Providers", "lookup_key": "providers"})["costsheet"]["id"]
    for number, (kind, extra) in enumerate(
        {"COUNT": {}, "MAX": {}, "SUM_WITH_MULTIPLIER": {"multiplier": "2"}, "WEIGHTED_SUM": {}}.items()
    ):
        meter = {"name": kind, "event_name": "llm", "aggregation": {"type": kind, "field": "n", **extra}, "reset_usage": "BILLING_PERIOD"}
        feature = api.post("/features", {"name": kind, "lookup_key": kind, "type": "metered", "meter": meter})
        seller.price(str(10**number), "COSTSHEET", sheet, meter_id=feature["meter_id"])
    seller.use(3)
    seller.use(4, at="2026-05-05T11:00:00Z")
    for wanted in (DAY, {"external_customer_id": "c", **DAY}, {"property_filters": {"n": ["3", "4"]}, **DAY}):
        found = api.post("/costs/analytics", wanted)
        assert [item["total_quantity"] for item in found["cost_analytics"]] == ["2", "4", "14", "7"]
        assert found["total_cost"] == "8442"


def test_the_default_range_is_the_last_week_and_half_a_range_is_refused(seller: Spender) -> None:
    seller.use(1000)
    found = seller.api.post("/costs/analytics", {})
    assert (found["start_time"], found["end_time"], found["total_cost"]) == ("2026-04-28T10:00:00Z", T0, "40")
    refused = seller.api.post("/costs/analytics", {"end_time": T0}, expect=400)
    assert refused["message"] == "Please provide both start_time and end_time, or omit both for default 7-day range"
    assert seller.api.post("/costs/analytics", {"start_time": DAY["end_time"], "end_time": DAY["start_time"]}, expect=400)
