"""Every line of a preview and of a stored invoice is explained, and the explanation adds up without the engine."""

from decimal import Decimal
from typing import Any

import pytest


@pytest.fixture
def subscription(api: Any) -> dict[str, Any]:
    """A subscription with a fixed line and tiered usage of 15 units above an entitlement of 5."""
    api.freeze("2026-03-01T00:00:00Z")
    api.post("/customers", {"external_id": "acme", "name": "Acme"})
    meter = {"name": "T", "event_name": "t", "aggregation": {"type": "SUM", "field": "n"}, "reset_usage": "BILLING_PERIOD"}
    feature = api.post("/features", {"name": "T", "lookup_key": "t", "type": "metered", "meter": meter})
    plan = api.post("/plans", {"name": "P", "lookup_key": "p"})
    terms = {"entity_type": "PLAN", "entity_id": plan["id"], "currency": "usd", "billing_period": "MONTHLY", "billing_period_count": 1}
    terms |= {"price_unit_type": "FIAT"}
    api.post("/prices", {**terms, "type": "FIXED", "billing_model": "FLAT_FEE", "invoice_cadence": "ADVANCE", "amount": "20"})
    tiers = [{"up_to": 10, "unit_amount": "1"}, {"unit_amount": "0.5"}]
    usage = {"type": "USAGE", "billing_model": "TIERED", "tier_mode": "SLAB", "tiers": tiers, "invoice_cadence": "ARREAR"}
    api.post("/prices", {**terms, **usage, "meter_id": feature["meter_id"]})
    limit = {"entity_type": "PLAN", "entity_id": plan["id"], "feature_id": feature["id"], "feature_type": "metered"}
    api.post("/entitlements", {**limit, "usage_limit": 5, "usage_reset_period": "MONTHLY"})
    made = api.post(
        "/subscriptions", {"external_customer_id": "acme", "plan_id": plan["id"], "currency": "usd", "billing_period": "MONTHLY"}
    )
    for index in range(4):
        event = {"event_id": f"e{index}", "timestamp": f"2026-03-0{index + 2}T00:00:00Z", "properties": {"n": 5}}
        api.post("/events", {"event_name": "t", "external_customer_id": "acme", **event})
    return dict(made)


def _explain(api: Any, method: str, path: str, body: Any = None) -> Any:
    answer = api.send(method, f"//_emulator/explain/{path}", body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_preview_is_explained_down_to_its_events(api: Any, subscription: dict[str, Any]) -> None:
    explained = _explain(api, "POST", "preview", {"subscription_id": subscription["id"]})
    preview = api.post("/invoices/preview", {"subscription_id": subscription["id"]})

    assert explained["problems"] == []
    assert explained["totals"]["total"] == preview["total"]
    assert [(line["display_name"], line["amount"]) for line in explained["lines"]] == [
        (line["display_name"], line["amount"]) for line in preview["line_items"]
    ]
    usage = next(line for line in explained["lines"] if line["events"])
    assert usage["events"] == {"count": 4, "later": 0, "sample": ["e0", "e1", "e2", "e3"]}
    # Before the first fixed line's next period, 20 units less 5 that are free: 10 at 1 and 5 at 0.5.
    assert (usage["quantity"], Decimal(usage["amount"])) == ("15", Decimal("12.5"))
    assert usage["steps"][0]["kind"] == "usage"
    assert {"entitlement", "pricing", "rounding"} <= {step["kind"] for step in usage["steps"]}


def test_a_stored_invoice_is_explained_as_it_was_computed(api: Any, subscription: dict[str, Any]) -> None:
    opening = api.get(f"/invoices?subscription_id={subscription['id']}")["items"][0]
    explained = _explain(api, "GET", f"invoice/{opening['id']}")
    assert (explained["problems"], explained["totals"]["total"]) == ([], opening["total"])
    assert [line["amount"] for line in explained["lines"]] == ["20"]


def test_unknown_ones_are_404(api: Any) -> None:
    assert api.send("GET", "//_emulator/explain/invoice/inv_nope").status_code == 404
    assert api.send("POST", "//_emulator/explain/preview", {"subscription_id": "subs_nope"}).status_code == 404
    assert api.send("POST", "//_emulator/explain/preview", {}).status_code == 422
