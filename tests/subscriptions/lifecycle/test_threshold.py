"""Billing usage once it is worth a threshold: when that is looked at (subscriptions.md §8.7)."""

from typing import Any

import pytest

from tests.subscriptions.shop import usage

LOOK = "subscription.auto_invoice_threshold"


@pytest.fixture
def metered(journey: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """A customer who pays 0.5 a call, and a subscription that is billed at 30."""
    feature = journey.feature()
    plan, customer = journey.plan("metered"), journey.customer()
    journey.price("PLAN", plan["id"], **usage(feature["meter_id"], display_name="Calls"))
    made = journey.subscribe(customer, plan, start_date="2026-01-15T00:00:00Z", auto_invoice_threshold="30")
    return customer, made


def _billed(journey: Any, subscription: dict[str, Any]) -> list[tuple[str, str]]:
    return [(i["total"], i["period_end"]) for i in journey.invoices(subscription) if i["billing_reason"] == "AUTO_INVOICE_THRESHOLD"]


def test_without_usage_nothing_is_looked_at(journey: Any, metered: Any) -> None:
    _, subscription = metered
    assert LOOK not in journey.waiting(subscription)
    report = journey.until("2026-03-16T00:00:00Z")
    assert LOOK not in {item["kind"] for item in report["performed"]}


def test_usage_has_its_subscription_looked_at_once(journey: Any, metered: Any) -> None:
    customer, subscription = metered
    journey.until("2026-01-16T00:01:00Z")
    journey.use(customer, "calls", "2", "2026-01-16T00:00:30Z")
    journey.use(customer, "calls", "2", "2026-01-20T00:00:30Z")
    journey.use(journey.customer("other"), "calls", "200", "2026-01-16T00:00:30Z")
    assert journey.waiting(subscription)[LOOK] == "2026-01-16T00:05:00Z"
    report = journey.until("2026-02-01T00:00:00Z")
    assert [item["due_at"] for item in report["performed"] if item["kind"] == LOOK] == ["2026-01-16T00:05:00Z", "2026-01-20T00:05:00Z"]


def test_usage_at_a_mark_is_seen_at_the_next(journey: Any, metered: Any) -> None:
    customer, subscription = metered
    journey.use(customer, "calls", "60", "2026-01-20T00:05:00Z")
    journey.until("2026-02-01T00:00:00Z")
    assert _billed(journey, subscription) == [("30", "2026-01-20T00:10:00Z")]


def test_a_threshold_is_billed_as_often_as_it_is_reached(journey: Any, metered: Any) -> None:
    customer, subscription = metered
    for day in range(16, 26):
        journey.use(customer, "calls", "30", f"2026-01-{day}T12:01:00Z")
    journey.until("2026-02-15T00:00:00Z")
    ends = [f"2026-01-{day}T12:05:00Z" for day in range(17, 26, 2)]
    assert _billed(journey, subscription) == [("30", end) for end in ends]
    journey.use(customer, "calls", "61", "2026-02-15T00:00:30Z")
    journey.until("2026-02-15T00:10:00Z")
    assert _billed(journey, subscription)[-1] == ("30.5", "2026-02-15T00:05:00Z")


def test_usage_from_before_the_subscription_was_made_counts(journey: Any) -> None:
    feature, customer = journey.feature(), journey.customer()
    plan = journey.plan("metered")
    journey.price("PLAN", plan["id"], **usage(feature["meter_id"], display_name="Calls"))
    journey.use(customer, "calls", "60", "2026-01-14T00:00:00Z")
    subscription = journey.subscribe(customer, plan, start_date="2026-01-10T00:00:00Z", auto_invoice_threshold="30")
    journey.until("2026-01-15T00:05:00Z")
    assert _billed(journey, subscription) == [("30", "2026-01-15T00:00:00Z")]


def test_dearer_terms_and_new_heirs_are_looked_at_too(journey: Any, metered: Any) -> None:
    customer, subscription = metered
    journey.use(customer, "calls", "40", "2026-01-14T23:59:00Z", "early")
    journey.use(customer, "calls", "40", "2026-01-15T01:00:00Z")
    heir = journey.customer("heir")
    journey.use(heir, "calls", "40", "2026-01-15T01:00:00Z", "heirs")
    journey.until("2026-01-16T00:00:00Z")
    assert _billed(journey, subscription) == []
    params = {"action": "add", "external_customer_ids_to_inherit_subscription": ["heir"]}
    journey.api.post(f"/subscriptions/{subscription['id']}/modify/execute", {"type": "inheritance", "inheritance_params": params})
    journey.until("2026-01-17T00:00:00Z")
    assert _billed(journey, subscription) == [("40", "2026-01-16T00:05:00Z")]
    journey.use(heir, "calls", "50", "2026-01-17T00:00:00Z")
    journey.until("2026-01-18T00:00:00Z")
    (line,) = journey.api.post("/subscriptions/lineitems/search", {"subscription_ids": [subscription["id"]]})["items"]
    journey.api.put(f"/subscriptions/lineitems/{line['id']}", {"amount": "2", "effective_from": "2026-01-16T12:00:00Z"})
    journey.until("2026-01-19T00:00:00Z")
    assert _billed(journey, subscription)[1:] == [("100", "2026-01-18T00:05:00Z")]


def test_a_new_line_of_the_plan_is_looked_at(journey: Any, metered: Any) -> None:
    customer, subscription = metered
    minutes = journey.feature("minutes")
    journey.use(customer, "minutes", "60", "2026-01-15T01:00:00Z")
    journey.until("2026-01-16T00:00:00Z")
    journey.price("PLAN", subscription["plan_id"], **usage(minutes["meter_id"], display_name="Minutes"))
    journey.api.post(f"/plans/{subscription['plan_id']}/sync/subscriptions")
    journey.until("2026-01-17T00:00:00Z")
    assert _billed(journey, subscription) == [("30", "2026-01-16T00:05:00Z")]
