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


def _shared(journey: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """A running subscription with one heir, and 4 and 6 calls of the two in its first period."""
    owner, heir = journey.customer("owner"), journey.customer("heir")
    plan = journey.plan("pro", usage(journey.feature()["meter_id"], "1"))
    inheritance = {"external_customer_ids_to_inherit_subscription": ["heir"]}
    parent = journey.subscribe(owner, plan, start_date="2026-01-15T00:00:00Z", inheritance=inheritance)
    journey.use(owner, "calls", "4", "2026-01-17T00:00:00Z")
    journey.use(heir, "calls", "6", "2026-01-18T00:00:00Z")
    return parent, heir


@pytest.mark.parametrize("ends", ["the parent is cancelled", "the heir leaves"])
def test_a_draft_computed_again_counts_those_who_inherited_in_its_period(journey: Any, ends: str) -> None:
    journey.set_up("invoice_config", finalization_delay_seconds=7200)
    parent, heir = _shared(journey)
    if ends == "the heir leaves":
        params = {"action": "remove", "external_customer_ids_to_remove": ["heir"]}
        journey.api.post(f"/subscriptions/{parent['id']}/modify/execute", {"type": "inheritance", "inheritance_params": params})
    else:
        journey.cancel(parent, cancellation_type="end_of_period")
    journey.until("2026-02-15T00:30:00Z")
    draft = journey.invoices(parent)[-1]
    journey.use(heir, "calls", "100", "2026-02-15T00:10:00Z")
    journey.use(heir, "calls", "1", "2026-02-01T00:00:00Z")
    journey.api.post(f"/invoices/{draft['id']}/compute?sync=true")
    again = journey.invoices(parent)[-1]
    assert (draft["invoice_status"], draft["total"]) == ("DRAFT", "10")
    assert (again["invoice_status"], again["total"]) == ("DRAFT", "11")
    journey.until("2026-03-16T00:00:00Z")
    later = [invoice["total"] for invoice in journey.invoices(parent)]
    assert sum(map(int, later)) == 11
    shown = journey.preview(parent, period_start="2026-01-15T00:00:00Z", period_end="2026-02-15T00:00:00Z")
    assert shown["subtotal"] == "11"


def test_an_invoice_recalculated_after_a_cancellation_counts_the_heirs(journey: Any) -> None:
    parent, _ = _shared(journey)
    journey.until("2026-01-25T00:00:00Z")
    journey.cancel(parent, cancellation_type="immediate", cancel_immediately_inovice_policy="generate_invoice")
    (final,) = journey.invoices(parent)
    journey.api.post(f"/invoices/{final['id']}/recalculate", expect=202)
    assert [(held["invoice_status"], held["total"]) for held in journey.invoices(parent)] == [("VOIDED", "10"), ("FINALIZED", "10")]


def test_an_heir_that_leaves_stays_until_the_period_that_an_undone_cancellation_lengthened(journey: Any) -> None:
    parent, _ = _shared(journey)
    journey.cancel(parent, cancellation_type="scheduled_date", cancel_at="2026-02-01T00:00:00Z")
    params = {"action": "remove", "external_customer_ids_to_remove": ["heir"]}
    journey.api.post(f"/subscriptions/{parent['id']}/modify/execute", {"type": "inheritance", "inheritance_params": params})
    (schedule,) = journey.schedules(parent)
    journey.api.post(f"/subscriptions/schedules/{schedule['id']}/cancel")
    journey.until("2026-02-16T00:00:00Z")
    (child,) = journey.api.get("/subscriptions?external_customer_id=heir&subscription_status=cancelled")["items"]
    assert (child["end_date"], journey.invoices(parent)[-1]["total"]) == ("2026-02-15T00:00:00Z", "10")
