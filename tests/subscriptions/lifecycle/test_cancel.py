"""Cancelling, and taking a cancellation back."""

from typing import Any

import pytest

from tests.subscriptions.shop import ADVANCE, ARREAR, lines, usage


@pytest.fixture
def subscription(journey: Any) -> dict[str, Any]:
    """Base 30 in advance, support 11 in arrears, from 15 January to 15 February; today is 25 January."""
    made: dict[str, Any] = journey.subscribe(journey.customer(), journey.plan("pro", ADVANCE, ARREAR), start_date="2026-01-15T00:00:00Z")
    journey.until("2026-01-25T00:00:00Z")
    return made


def test_immediately_without_invoice_ends_everything(journey: Any, subscription: Any) -> None:
    answer = journey.cancel(subscription, cancellation_type="immediate", reason="too dear")
    assert (answer["status"], answer["reason"], answer["message"]) == ("cancelled", "too dear", "Subscription cancelled immediately")
    assert (answer["proration_details"], answer["total_credit_amount"]) == (None, "0")
    held = journey.read(subscription)
    assert held["metadata"] == {
        "cancellation_reason": "too dear",
        "cancellation_type": "immediate",
        "effective_date": "2026-01-25T00:00:00Z",
    }
    assert {line["end_date"] for line in held["line_items"]} == {"2026-01-25T00:00:00Z"}
    assert journey.waiting(subscription) == {}
    journey.until("2026-04-01T00:00:00Z")
    assert len(journey.invoices(subscription)) == 1


def test_arrears_are_billed_in_full_on_the_final_invoice(journey: Any, subscription: Any) -> None:
    journey.cancel(subscription, cancellation_type="immediate", cancel_immediately_inovice_policy="generate_invoice")
    final = journey.invoices(subscription)[-1]
    assert (final["billing_reason"], final["period_end"]) == ("PRORATION", "2026-01-25T00:00:00Z")
    assert lines(final) == [("Support", "1", "11")]


def test_the_credit_is_the_unused_share_of_advance_lines_only(journey: Any, subscription: Any) -> None:
    answer = journey.cancel(subscription, cancellation_type="immediate", proration_behavior="create_prorations")
    shown = {(detail["credit_amount"], detail["proration_days"]) for detail in answer["proration_details"]}
    # 30 × (21 d − 1 s) ÷ (31 d − 1 s)
    assert (answer["total_credit_amount"], shown) == ("20.32", {("20.32", 20), ("0", 20)})
    (wallet,) = journey.api.get(f"/customers/{subscription['customer_id']}/wallets")
    assert (wallet["name"], wallet["balance"]) == ("Proration Credit Wallet", "20.32")


def test_what_a_deletion_to_come_gave_back_is_not_given_back_again(journey: Any, subscription: Any) -> None:
    (base,) = (line for line in subscription["line_items"] if line["display_name"] == "Base")
    gone = {"effective_from": "2026-01-30T00:00:00Z", "proration_behavior": "create_prorations"}
    journey.api.delete(f"/subscriptions/lineitems/{base['id']}", gone)
    answer = journey.cancel(subscription, cancellation_type="immediate", proration_behavior="create_prorations")
    # 30 × (16 d − 1 s) ÷ (31 d − 1 s) was given for 30 January on; the share from today on, 20.32, is more than is left.
    assert answer["total_credit_amount"] == "14.52"
    (wallet,) = journey.api.get(f"/customers/{subscription['customer_id']}/wallets")
    assert wallet["balance"] == "30"


def test_seats_changed_and_cancelled_at_one_moment_are_given_back_once(journey: Any, subscription: Any) -> None:
    (base,) = (line for line in subscription["line_items"] if line["display_name"] == "Base")
    body = {"type": "quantity_change", "quantity_change_params": {"line_items": [{"id": base["id"], "quantity": "2"}]}}
    journey.api.post(f"/subscriptions/{subscription['id']}/modify/execute", body, expect=200)
    answer = journey.cancel(subscription, cancellation_type="immediate", proration_behavior="create_prorations")
    # 60 × (21 d − 1 s) ÷ (31 d − 1 s)
    assert answer["total_credit_amount"] == "40.65"


def test_a_trial_that_is_cancelled_gives_nothing_back(journey: Any) -> None:
    trial = journey.subscribe(journey.customer(), journey.plan("pro", ADVANCE), start_date="2026-01-15T00:00:00Z", trial_period_days=14)
    journey.until("2026-01-20T00:00:00Z")
    answer = journey.cancel(trial, cancellation_type="immediate", proration_behavior="create_prorations")
    assert answer["total_credit_amount"] == "0"
    assert not journey.api.get(f"/customers/{trial['customer_id']}/wallets")


def test_at_period_end_the_advance_of_a_period_that_will_not_be_is_still_billed(journey: Any, subscription: Any) -> None:
    answer = journey.cancel(subscription, cancellation_type="end_of_period")
    assert (answer["status"], answer["effective_date"]) == ("active", "2026-02-15T00:00:00Z")
    assert "end_date" not in journey.read(subscription)
    journey.until("2026-02-16T00:00:00Z")
    held = journey.read(subscription)
    assert (held["subscription_status"], held["end_date"]) == ("cancelled", "2026-02-15T00:00:00Z")
    assert held["current_period_start"] == "2026-02-15T00:00:00Z"
    assert lines(journey.invoices(subscription)[-1]) == [("Base", "1", "30"), ("Support", "1", "11")]
    assert journey.schedules(subscription)[0]["status"] == "executed"
    assert journey.events()[-2:] == ["subscription.updated", "subscription.cancelled"]


def test_a_date_beyond_the_period_is_reached_over_a_short_last_period(journey: Any, subscription: Any) -> None:
    journey.cancel(subscription, cancellation_type="scheduled_date", cancel_at="2026-03-01T00:00:00Z")
    assert journey.read(subscription)["current_period_end"] == "2026-02-15T00:00:00Z"
    journey.until("2026-02-16T00:00:00Z")
    held = journey.read(subscription)
    assert (held["subscription_status"], held["current_period_end"]) == ("active", "2026-03-01T00:00:00Z")
    journey.until("2026-03-02T00:00:00Z")
    assert journey.read(subscription)["subscription_status"] == "cancelled"
    assert lines(journey.invoices(subscription)[-1]) == [("Support", "1", "11")]


def test_taking_it_back_restores_what_was(journey: Any, subscription: Any) -> None:
    before = journey.read(subscription)
    journey.cancel(subscription, cancellation_type="scheduled_date", cancel_at="2026-02-01T00:00:00Z")
    (schedule,) = journey.schedules(subscription)
    assert (schedule["schedule_type"], schedule["days_until_execution"], schedule["can_be_cancelled"]) == ("cancellation", 7, True)
    answer = journey.api.post("/subscriptions/schedules/cancel", {"subscription_id": subscription["id"], "schedule_type": "cancellation"})
    assert answer == {"status": "cancelled", "message": "Schedule cancelled successfully"}
    after = journey.read(subscription)
    names = ("cancel_at", "cancel_at_period_end", "current_period_end")
    assert {name: after[name] for name in names} == {name: before[name] for name in names}
    assert "end_date" not in after
    journey.until("2026-02-16T00:00:00Z")
    assert journey.read(subscription)["subscription_status"] == "active"


def test_taking_it_back_in_the_shortened_last_period_gives_that_period_its_length(journey: Any, subscription: Any) -> None:
    journey.cancel(subscription, cancellation_type="scheduled_date", cancel_at="2026-03-01T00:00:00Z")
    journey.until("2026-02-20T00:00:00Z")
    (schedule,) = journey.schedules(subscription)
    journey.api.post(f"/subscriptions/schedules/{schedule['id']}/cancel")
    assert journey.read(subscription)["current_period_end"] == "2026-03-15T00:00:00Z"


def test_cancelling_now_drops_what_was_scheduled(journey: Any, subscription: Any) -> None:
    journey.cancel(subscription, cancellation_type="end_of_period")
    journey.cancel(subscription, cancellation_type="immediate")
    assert [schedule["status"] for schedule in journey.schedules(subscription)] == ["cancelled"]


def test_heirs_end_with_their_parent(journey: Any) -> None:
    heir = journey.customer("heir")
    parent = journey.subscribe(
        journey.customer("parent"),
        journey.plan("pro", ADVANCE),
        start_date="2026-01-15T00:00:00Z",
        inheritance={"external_customer_ids_to_inherit_subscription": ["heir"]},
    )
    (child,) = journey.api.get("/customers/external/heir/subscriptions")["items"]
    journey.cancel(child, cancellation_type="immediate", expect=400)
    journey.until("2026-01-20T00:00:00Z")
    journey.cancel(parent, cancellation_type="immediate")
    assert journey.read(child)["subscription_status"] == "cancelled"
    assert journey.subscribe(heir, journey.plan("own", ADVANCE), start_date="2026-01-20T00:00:00Z")["subscription_status"] == "active"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "Request validation failed"),
        ({"cancellation_type": "later"}, "Invalid cancellation type"),
        ({"cancellation_type": "immediate", "proration_behavior": "always"}, "Proration behavior must be create_prorations or none"),
        ({"cancellation_type": "immediate", "cancel_at": "2026-01-26T00:00:00Z"}, "cancel_at must be after"),
        ({"cancellation_type": "immediate", "cancel_at": "2026-01-15T00:00:00Z"}, "cancel_at must be after"),
        ({"cancellation_type": "scheduled_date"}, "cancel_at is required"),
        ({"cancellation_type": "immediate", "cancel_immediately_inovice_policy": "maybe"}, "Invalid cancel immediately"),
    ],
)
def test_refusals(journey: Any, subscription: Any, body: dict[str, Any], message: str) -> None:
    answer = journey.cancel(subscription, expect=400, **body)
    assert (answer["code"], answer["message"][: len(message)]) == ("validation_error", message)
    assert journey.read(subscription)["subscription_status"] == "active"


def test_what_is_cancelled_or_to_be_cancelled_is_refused(journey: Any, subscription: Any) -> None:
    journey.cancel(subscription, cancellation_type="end_of_period")
    journey.cancel(subscription, expect=400, cancellation_type="end_of_period")
    journey.cancel(subscription, cancellation_type="immediate")
    assert "already cancelled" in journey.cancel(subscription, expect=400, cancellation_type="immediate")["message"]
    journey.cancel({"id": "subs_nope"}, expect=404, cancellation_type="immediate")
    journey.api.post(f"/subscriptions/{subscription['id']}/cancel", None, expect=400)


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/subscriptions/schedules/sched_nope", None, 404),
        ("GET", "/subscriptions/schedules?limit=-1", None, 500),
        ("POST", "/subscriptions/schedules/sched_nope/cancel", None, 404),
        ("POST", "/subscriptions/schedules/cancel", {}, 400),
        ("POST", "/subscriptions/schedules/cancel", {"subscription_id": "subs_nope", "schedule_type": "cancellation"}, 404),
        ("POST", "/subscriptions/schedules/cancel", {"subscription_id": "subs_nope", "schedule_type": "party"}, 400),
    ],
)
def test_schedules_answer_errors_of_their_own(journey: Any, method: str, path: str, body: Any, status: int) -> None:
    answer = journey.api.send(method, path, body)
    assert (answer.status_code, list(answer.json())) == (status, ["error"])


def test_a_schedule_is_cancelled_once(journey: Any, subscription: Any) -> None:
    journey.cancel(subscription, cancellation_type="end_of_period")
    listed = journey.api.get("/subscriptions/schedules")
    assert listed["count"] == 1
    path = f"/subscriptions/schedules/{listed['schedules'][0]['id']}/cancel"
    journey.api.post(path)
    assert list(journey.api.post(path, expect=400)) == ["error"]
    assert journey.api.get(path.removesuffix("/cancel"))["can_be_cancelled"] is False


def test_usage_after_the_cancellation_is_not_billed(journey: Any) -> None:
    feature = journey.feature()
    plan, customer = journey.plan("metered"), journey.customer("metered")
    journey.price("PLAN", plan["id"], **usage(feature["meter_id"], display_name="Calls"))
    subscription = journey.subscribe(customer, plan, start_date="2026-01-15T00:00:00Z")
    journey.use(customer, "calls", "4", "2026-01-20T00:00:00Z")
    journey.use(customer, "calls", "100", "2026-01-26T00:00:00Z")
    journey.until("2026-01-25T00:00:00Z")
    journey.cancel(subscription, cancellation_type="immediate", cancel_immediately_inovice_policy="generate_invoice")
    assert lines(journey.invoices(subscription)[-1]) == [("Calls", "4", "2")]
