"""Trials, thresholds, grace periods and pauses."""

from typing import Any

from flexprice_emulator.subscriptions.lifecycle.pause import begin_due_pause, pause, resume
from tests.subscriptions.shop import ADVANCE, ARREAR, usage

TRIAL = {"start_date": "2026-01-15T00:00:00Z", "trial_period_days": 14}


def test_a_trial_ends_unpaid_but_active_by_default(journey: Any) -> None:
    subscription = journey.subscribe(journey.customer(), journey.plan("pro", ADVANCE), **TRIAL)
    assert journey.waiting(subscription) == {"subscription.trial_end": "2026-01-29T00:00:00Z"}
    journey.until("2026-01-29T00:00:00Z")
    held = journey.read(subscription)
    assert (held["subscription_status"], held["billing_anchor"]) == ("active", "2026-01-29T00:00:00Z")
    # 29 February does not exist.
    assert held["current_period_end"] == "2026-02-28T00:00:00Z"
    assert [invoice["billing_reason"] for invoice in journey.invoices(subscription)] == [
        "SUBSCRIPTION_TRIAL_START",
        "SUBSCRIPTION_TRIAL_END",
    ]
    assert journey.events() == ["subscription.created"]


def test_a_trial_waits_for_payment_where_it_must_be_complete(journey: Any) -> None:
    subscription = journey.subscribe(journey.customer(), journey.plan("pro", ADVANCE), payment_behavior="allow_incomplete", **TRIAL)
    journey.until("2026-01-30T00:00:00Z")
    assert journey.read(subscription)["subscription_status"] == "incomplete"
    invoice = journey.invoices(subscription)[-1]
    body = {
        "destination_type": "INVOICE",
        "destination_id": invoice["id"],
        "payment_method_type": "OFFLINE",
        "amount": "30",
        "currency": "usd",
        "process_payment": True,
    }
    journey.api.post("/payments", body)
    assert journey.read(subscription)["subscription_status"] == "active"
    assert "subscription.renewal" in journey.waiting(subscription)


def test_a_trial_without_anything_to_bill_activates(journey: Any) -> None:
    subscription = journey.subscribe(journey.customer(), journey.plan("pro", ARREAR), **TRIAL)
    journey.until("2026-01-30T00:00:00Z")
    assert journey.read(subscription)["subscription_status"] == "active"
    assert journey.events()[-1] == "subscription.activated"


def test_a_subscription_that_ends_with_its_trial_is_never_billed(journey: Any) -> None:
    subscription = journey.subscribe(journey.customer(), journey.plan("pro", ADVANCE), end_date="2026-01-29T00:00:00Z", **TRIAL)
    journey.until("2026-03-01T00:00:00Z")
    assert journey.read(subscription)["subscription_status"] == "cancelled"
    assert [invoice["total"] for invoice in journey.invoices(subscription)] == ["0"]


def metered(journey: Any, threshold: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """A customer who pays 0.5 a call, and the subscription with a threshold."""
    feature = journey.feature()
    plan, customer = journey.plan("metered"), journey.customer()
    journey.price("PLAN", plan["id"], **usage(feature["meter_id"], display_name="Calls"))
    made = journey.subscribe(customer, plan, start_date="2026-01-15T00:00:00Z", auto_invoice_threshold=threshold)
    return customer, made


def test_usage_is_billed_when_it_reaches_the_threshold(journey: Any) -> None:
    customer, subscription = metered(journey, "30")
    journey.use(customer, "calls", "59", "2026-01-16T00:00:00Z")
    journey.use(customer, "calls", "1", "2026-01-18T00:02:00Z")
    report = journey.until("2026-02-16T00:00:00Z")
    threshold, cycle = journey.invoices(subscription)[0], journey.invoices(subscription, invoice_status="SKIPPED")
    assert (threshold["billing_reason"], threshold["total"]) == ("AUTO_INVOICE_THRESHOLD", "30")
    assert (threshold["period_start"], threshold["period_end"]) == ("2026-01-15T00:00:00Z", "2026-01-18T00:05:00Z")
    assert [invoice["period_start"] for invoice in cycle][-1] == "2026-01-18T00:05:00Z"
    assert report["performed_count"] < 20


def test_usage_sent_later_is_looked_at_too(journey: Any) -> None:
    customer, subscription = metered(journey, "30")
    journey.until("2026-01-17T00:00:00Z")
    journey.use(customer, "calls", "60", "2026-01-16T00:00:00Z")
    journey.until("2026-01-17T00:10:00Z")
    assert [invoice["total"] for invoice in journey.invoices(subscription)] == ["30"]


def test_unpaid_invoices_cancel_after_the_grace_period_once_that_is_asked_for(journey: Any) -> None:
    subscription = journey.subscribe(journey.customer(), journey.plan("pro", ADVANCE), start_date="2025-12-20T00:00:00Z")
    # Due 21 January; the setting is written only afterwards.
    journey.until("2026-01-23T00:00:00Z")
    journey.set_up("subscription_config", auto_cancellation_enabled=True, grace_period_days=3)
    journey.until("2026-01-24T00:00:00Z")
    assert journey.read(subscription)["subscription_status"] == "active"
    journey.until("2026-01-24T00:00:01Z")
    assert journey.read(subscription)["subscription_status"] == "cancelled"


def test_paid_invoices_do_not_cancel(journey: Any) -> None:
    journey.set_up("subscription_config", auto_cancellation_enabled=True, grace_period_days=3)
    subscription = journey.subscribe(journey.customer(), journey.plan("pro", ADVANCE), start_date="2026-01-15T00:00:00Z")
    journey.until("2026-02-16T00:00:00Z")
    for invoice in journey.invoices(subscription):
        journey.api.put(f"/invoices/{invoice['id']}/payment", {"payment_status": "SUCCEEDED"})
    journey.until("2026-02-25T00:00:00Z")
    assert journey.read(subscription)["subscription_status"] == "active"


def test_a_pause_lengthens_the_period(journey: Any) -> None:
    subscription = journey.subscribe(journey.customer(), journey.plan("pro", ADVANCE), start_date="2026-01-15T00:00:00Z")
    journey.until("2026-01-20T00:00:00Z")
    journey.within(subscription, lambda ctx, row: pause(ctx, row, pause_days=30))
    journey.until("2026-03-20T00:00:00Z")
    assert len(journey.invoices(subscription)) == 1
    journey.within(subscription, resume)
    held = journey.read(subscription)
    assert (held["subscription_status"], held["current_period_end"]) == ("active", "2026-04-15T00:00:00Z")
    journey.until("2026-04-16T00:00:00Z")
    assert len(journey.invoices(subscription)) == 2


def test_a_pause_at_period_end_stops_the_renewal(journey: Any) -> None:
    subscription = journey.subscribe(journey.customer(), journey.plan("pro", ADVANCE), start_date="2026-01-15T00:00:00Z")
    journey.within(subscription, lambda ctx, row: pause(ctx, row, pause_mode="period_end", pause_days=5))
    journey.within(subscription, begin_due_pause)
    assert journey.read(subscription)["subscription_status"] == "active"
    journey.until("2026-02-16T00:00:00Z")
    assert journey.read(subscription)["subscription_status"] == "paused"
    assert len(journey.invoices(subscription)) == 1
