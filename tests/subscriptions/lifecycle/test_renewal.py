"""Roll-over of periods."""

from typing import Any

from tests.subscriptions.shop import ADVANCE, ARREAR, lines, usage


def test_two_hours_pass_before_a_renewal_invoice_is_finalized(journey: Any) -> None:
    journey.set_up("invoice_config", finalization_delay_seconds=7200)
    subscription = journey.subscribe(journey.customer(), journey.plan("pro", ADVANCE), start_date="2026-01-15T00:00:00Z")
    journey.until("2026-02-15T02:00:00Z")
    draft = journey.invoices(subscription)[-1]
    assert (draft["billing_reason"], draft["invoice_status"], draft["total"]) == ("SUBSCRIPTION_CYCLE", "DRAFT", "30")
    journey.until("2026-02-15T02:00:01Z")
    final = journey.invoices(subscription)[-1]
    assert (final["invoice_status"], final["finalized_at"]) == ("FINALIZED", "2026-02-15T02:00:01Z")


def test_a_draft_that_is_computed_again_waits_anew(journey: Any) -> None:
    journey.set_up("invoice_config", finalization_delay_seconds=7200)
    subscription = journey.subscribe(journey.customer(), journey.plan("pro", ADVANCE), start_date="2026-01-15T00:00:00Z")
    journey.until("2026-02-15T01:00:00Z")
    journey.api.post(f"/invoices/{journey.invoices(subscription)[-1]['id']}/compute")
    journey.until("2026-02-15T02:30:00Z")
    assert journey.invoices(subscription)[-1]["invoice_status"] == "DRAFT"
    journey.until("2026-02-15T03:00:00Z")
    assert journey.invoices(subscription)[-1]["invoice_status"] == "FINALIZED"


def test_an_unpaid_delayed_renewal_leaves_the_subscription_active(journey: Any) -> None:
    journey.set_up("invoice_config", finalization_delay_seconds=60)
    plan = journey.plan("pro", ARREAR)
    subscription = journey.subscribe(journey.customer(), plan, start_date="2026-01-15T00:00:00Z", payment_behavior="allow_incomplete")
    journey.until("2026-02-16T00:00:00Z")
    assert journey.invoices(subscription)[-1]["amount_remaining"] == "11"
    assert journey.read(subscription)["subscription_status"] == "active"


def test_an_unpaid_renewal_at_once_makes_it_incomplete_and_ends_its_billing(journey: Any) -> None:
    plan = journey.plan("pro", ARREAR)
    subscription = journey.subscribe(journey.customer(), plan, start_date="2026-01-15T00:00:00Z", payment_behavior="allow_incomplete")
    journey.until("2026-04-16T00:00:00Z")
    assert journey.read(subscription)["subscription_status"] == "incomplete"
    assert len(journey.invoices(subscription)) == 1
    assert journey.waiting(subscription) == {}


def test_missed_periods_of_a_backdated_subscription_are_billed_in_one_pass(journey: Any) -> None:
    feature = journey.feature()
    customer, plan = journey.customer(), journey.plan("pro", ADVANCE)
    journey.price("PLAN", plan["id"], **usage(feature["meter_id"]))
    journey.use(customer, "calls", "4", "2025-11-20T00:00:00Z")
    subscription = journey.subscribe(customer, plan, start_date="2025-11-10T00:00:00Z")
    assert len(journey.invoices(subscription)) == 1
    report = journey.until("2026-01-15T00:02:00Z")
    assert [work["kind"] for work in report["performed"] if "renewal" in work["kind"]] == ["subscription.renewal"]
    cycles = journey.invoices(subscription, billing_reason="SUBSCRIPTION_CYCLE")
    assert [(invoice["period_start"][:10], invoice["total"]) for invoice in cycles] == [("2025-11-10", "32"), ("2025-12-10", "30")]
    assert journey.read(subscription)["current_period_start"] == "2026-01-10T00:00:00Z"


def test_a_renewal_tells_of_invoices_only_and_is_announced_a_day_ahead(journey: Any) -> None:
    journey.subscribe(journey.customer(), journey.plan("pro", ADVANCE), start_date="2026-01-15T00:00:00Z")
    journey.until("2026-02-13T23:59:59Z")
    assert journey.events() == ["subscription.created"]
    journey.until("2026-02-15T00:00:01Z")
    assert journey.events() == ["subscription.created", "subscription.renewal.due"]


def test_a_period_that_has_its_renewal_invoice_already_is_not_billed_again(journey: Any) -> None:
    subscription = journey.subscribe(journey.customer(), journey.plan("pro", ADVANCE), start_date="2026-01-15T00:00:00Z")
    journey.api.post(f"/subscriptions/temporal/{subscription['id']}/draft-and-compute", expect=202)
    journey.api.post(f"/invoices/{journey.invoices(subscription)[-1]['id']}/finalize")
    journey.until("2026-02-16T00:00:00Z")
    assert len(journey.invoices(subscription)) == 2
    assert journey.read(subscription)["current_period_start"] == "2026-02-15T00:00:00Z"


def test_a_grouped_child_is_billed_with_its_parent_and_shares_its_period(journey: Any) -> None:
    plan = journey.plan("pro", ADVANCE)
    child = journey.subscribe(journey.customer("child"), plan, start_date="2026-01-15T00:00:00Z")
    parent = journey.subscribe(
        journey.customer("parent"),
        plan,
        start_date="2026-01-15T00:00:00Z",
        inheritance={"subscriptions_ids_for_grouped_invoicing": [child["id"]]},
    )
    journey.until("2026-02-16T00:00:00Z")
    assert [invoice["billing_reason"] for invoice in journey.invoices(child)] == ["SUBSCRIPTION_CREATE"]
    assert lines(journey.invoices(parent)[-1]) == [("Base", "1", "30"), ("Base", "1", "30")]
    assert journey.read(child)["current_period_start"] == "2026-02-15T00:00:00Z"


def test_the_job_by_hand_rolls_what_has_ended(journey: Any) -> None:
    subscription = journey.subscribe(journey.customer(), journey.plan("pro", ADVANCE), start_date="2025-12-15T00:00:00Z")
    journey.until("2026-01-15T00:00:30Z")
    answer = journey.api.post("/subscriptions/temporal/schedule-update-billing-period")
    assert answer == {"message": "Triggered update billing period workflow successfully"}
    assert journey.read(subscription)["current_period_start"] == "2026-01-15T00:00:00Z"
    journey.api.post(f"/subscriptions/temporal/{subscription['id']}/trigger-workflow")
    assert len(journey.invoices(subscription)) == 2


def test_drafts_are_finalized_by_hand_only_when_their_delay_is_over(journey: Any) -> None:
    journey.set_up("invoice_config", finalization_delay_seconds=7200)
    subscription = journey.subscribe(journey.customer(), journey.plan("pro", ADVANCE), start_date="2026-01-15T00:00:00Z")
    journey.until("2026-02-15T01:00:00Z")
    journey.api.post("/subscriptions/temporal/schedule-draft-finalization")
    assert journey.invoices(subscription)[-1]["invoice_status"] == "DRAFT"
    journey.set_up("invoice_config", finalization_delay_seconds=600)
    journey.api.post("/subscriptions/temporal/schedule-draft-finalization")
    assert journey.invoices(subscription)[-1]["invoice_status"] == "FINALIZED"


def test_an_activated_draft_renews(journey: Any) -> None:
    subscription = journey.subscribe(
        journey.customer(), journey.plan("pro", ADVANCE), start_date="2026-01-15T00:00:00Z", subscription_status="draft"
    )
    assert journey.waiting(subscription) == {}
    journey.api.post(f"/subscriptions/{subscription['id']}/activate", {"start_date": "2026-01-20T00:00:00Z"})
    assert journey.waiting(subscription)["subscription.renewal"] == "2026-02-20T00:00:01Z"
