"""Usage behind an invoice's lines, by group and by source."""

from decimal import Decimal
from typing import Any

import pytest

from tests.subscriptions.shop import ADVANCE, Shop, usage

GROUPS = [("web", "eu", "10"), ("web", "us", "20"), ("app", "us", "3")]


@pytest.fixture
def draft(shop: Shop) -> dict[str, Any]:
    """33 calls at 0.5 from two sources and regions, and a base fee; 3 of them are free."""
    customer, feature = shop.customer(), shop.feature()
    plan = shop.plan("pro", ADVANCE, usage(feature["meter_id"], "0.5"))
    body = {"entity_type": "PLAN", "entity_id": plan["id"], "feature_id": feature["id"], "feature_type": "metered", "usage_limit": 3}
    shop.api.post("/entitlements", {**body, "usage_reset_period": "MONTHLY"})
    made = shop.subscribe(customer, plan)
    for source, region, quantity in GROUPS:
        event = {"event_name": "calls", "external_customer_id": "acme", "timestamp": "2026-03-05T00:00:00Z", "source": source}
        shop.api.post("/events", {**event, "event_id": source + region, "properties": {"n": quantity, "region": region}}, expect=202)
    shop.api.post(f"/subscriptions/temporal/{made['id']}/draft-and-compute", expect=202)
    found: dict[str, Any] = shop.invoices(made, invoice_status="DRAFT")[0]
    return {**found, "feature_id": feature["id"]}


def lines_of(shop: Shop, draft: dict[str, Any], query: str) -> dict[str, dict[str, Any]]:
    read = shop.api.get(f"/invoices/{draft['id']}?{query}")
    return {line["display_name"]: line for line in read["line_items"]}


def test_groups_share_the_line_s_amount_by_usage(shop: Shop, draft: dict[str, Any]) -> None:
    found = lines_of(shop, draft, "group_by=source")
    assert found["Calls"]["amount"] == "15"
    assert found["Calls"]["usage_breakdown"] == [
        {"grouped_by": {"source": "app"}, "cost": "1.36", "usage": "3", "percentage": "9.09", "event_count": 1},
        {"grouped_by": {"source": "web"}, "cost": "13.64", "usage": "30", "percentage": "90.91", "event_count": 2},
    ]
    assert "usage_breakdown" not in found["Base"]


@pytest.mark.parametrize("query", ["group_by=source,properties.region", "group_by=source&group_by=properties.region"])
def test_several_keys_group_together_and_costs_add_up(shop: Shop, draft: dict[str, Any], query: str) -> None:
    groups = lines_of(shop, draft, query)["Calls"]["usage_breakdown"]
    assert [(group["grouped_by"]["source"], group["grouped_by"]["region"], group["usage"]) for group in groups] == [
        ("app", "us", "3"),
        ("web", "eu", "10"),
        ("web", "us", "20"),
    ]
    assert sum(Decimal(group["cost"]) for group in groups) == 15


def test_the_feature_is_one_group(shop: Shop, draft: dict[str, Any]) -> None:
    [group] = lines_of(shop, draft, "group_by=feature_id")["Calls"]["usage_breakdown"]
    assert (group["grouped_by"], group["cost"]) == ({"feature_id": draft["feature_id"]}, "15")


def test_sources_stand_apart(shop: Shop, draft: dict[str, Any]) -> None:
    line = lines_of(shop, draft, "expand_by_source=true")["Calls"]
    assert [(part["source"], part["cost"]) for part in line["usage_analytics"]] == [("app", "1.36"), ("web", "13.64")]
    assert "usage_breakdown" not in line


def test_nothing_is_broken_down_unasked_and_unknown_keys_are_refused(shop: Shop, draft: dict[str, Any]) -> None:
    assert "usage_breakdown" not in lines_of(shop, draft, "")["Calls"]
    refused = shop.api.send("GET", f"/invoices/{draft['id']}?group_by=colour")
    assert (refused.status_code, refused.json()["code"]) == (400, "validation_error")
