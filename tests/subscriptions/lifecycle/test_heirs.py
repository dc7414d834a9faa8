"""Heirs through the life of their parent (subscriptions.md §12)."""

from typing import Any

import pytest

from tests.subscriptions.shop import ADVANCE, usage

SHARED = {"external_customer_ids_to_inherit_subscription": ["heir", "heir"]}


@pytest.mark.parametrize("waits", [{"payment_behavior": "allow_incomplete"}, {"subscription_status": "draft"}])
def test_heirs_start_with_the_parent_they_waited_for(journey: Any, waits: dict[str, str]) -> None:
    owner, heir = journey.customer("owner"), journey.customer("heir")
    plan = journey.plan("pro", ADVANCE, usage(journey.feature()["meter_id"]))
    parent = journey.subscribe(owner, plan, start_date="2026-01-15T00:00:00Z", inheritance=SHARED, **waits)
    if "payment_behavior" in waits:
        due = {"destination_type": "INVOICE", "destination_id": journey.invoices(parent)[0]["id"], "amount": "30", "currency": "usd"}
        journey.api.post("/payments", {**due, "payment_method_type": "OFFLINE", "process_payment": True})
    else:
        journey.api.post(f"/subscriptions/{parent['id']}/activate", {"start_date": "2026-01-16T00:00:00Z"})
    (child,) = journey.api.get("/customers/external/heir/subscriptions")["items"]
    held = journey.read(parent)
    shared = ("subscription_status", "start_date", "billing_anchor", "current_period_start", "current_period_end")
    assert held["subscription_status"] == "active"
    assert {name: child[name] for name in shared} == {name: held[name] for name in shared}
    journey.use(heir, "calls", "6", "2026-01-17T00:00:00Z")
    assert ("6", "3") in [(line["quantity"], line["amount"]) for line in journey.preview(parent)["line_items"]]
