"""Drafts of renewals on their way to being final."""

from typing import Any

import pytest

from tests.subscriptions.shop import ADVANCE, usage


@pytest.fixture(params=[0, 7200])
def unsettled(journey: Any, request: Any) -> tuple[Any, Any, Any]:
    """A subscription whose first renewal cannot be finalized: half of the wallet has expired but still counts."""
    journey.set_up("invoice_config", finalization_delay_seconds=request.param)
    feature, customer, plan = journey.feature(), journey.customer(), journey.plan("pro", ADVANCE)
    journey.price("PLAN", plan["id"], **usage(feature["meter_id"]))
    wallet = journey.api.post("/wallets", {"customer_id": customer["id"], "currency": "usd", "wallet_type": "PRE_PAID"})
    for expiry in ("2026-02-15T00:00:00Z", None):
        body = {"credits_to_add": "4", "transaction_reason": "FREE_CREDIT_GRANT", "idempotency_key": str(expiry)}
        journey.api.post(f"/wallets/{wallet['id']}/top-up", body if expiry is None else {**body, "expiry_date_utc": expiry})
    journey.use(customer, "calls", "100", "2026-01-20T00:00:00Z")
    return journey, journey.subscribe(customer, plan, start_date="2026-01-15T00:00:00Z"), wallet


def renewals(journey: Any, subscription: Any) -> list[tuple[str, str, str]]:
    found = [invoice for invoice in journey.invoices(subscription) if invoice["billing_reason"] == "SUBSCRIPTION_CYCLE"]
    return [(invoice["period_end"], invoice["invoice_status"], invoice["total_prepaid_credits_applied"]) for invoice in found]


def go(journey: Any, to: str) -> Any:
    answer = journey.api.send("POST", "//_emulator/clock/advance", {"to": to})
    assert answer.status_code == 200
    return answer.json()


def test_a_draft_that_cannot_be_finalized_does_not_stop_the_subscription(unsettled: Any) -> None:
    journey, subscription, _ = unsettled
    go(journey, "2026-02-16T00:00:00Z")
    assert renewals(journey, subscription) == [("2026-02-15T00:00:00Z", "DRAFT", "0")]
    assert journey.read(subscription)["current_period_end"] == "2026-03-15T00:00:00Z"
    go(journey, "2026-03-16T00:00:00Z")
    assert [end for end, _, _ in renewals(journey, subscription)] == ["2026-02-15T00:00:00Z", "2026-03-15T00:00:00Z"]


def test_it_is_finalized_once_the_wallet_can_pay(unsettled: Any) -> None:
    journey, subscription, wallet = unsettled
    go(journey, "2026-02-16T00:00:00Z")
    journey.api.post(f"/wallets/{wallet['id']}/top-up", {"credits_to_add": "90", "transaction_reason": "FREE_CREDIT_GRANT"})
    go(journey, "2026-02-18T00:00:00Z")
    # All that was counted is asked for, so the expired credits have to be matched by others.
    assert renewals(journey, subscription) == [("2026-02-15T00:00:00Z", "FINALIZED", "50")]


def test_it_is_not_tried_again_in_vain(unsettled: Any) -> None:
    journey, subscription, _ = unsettled
    (failure,) = go(journey, "2026-02-16T00:00:00Z")["failed"]
    assert (failure["error"], failure["retry_at"]) == ("Insufficient balance to process debit operation", None)
    report = go(journey, "2026-03-14T00:00:00Z")
    assert report["failed"] == []
    assert [work["kind"] for work in report["performed"]] == ["subscription.renewal_alert"]
    assert renewals(journey, subscription) == [("2026-02-15T00:00:00Z", "DRAFT", "0")]


def test_it_is_tried_half_an_hour_after_another_at_the_latest_once_something_changes(unsettled: Any) -> None:
    journey, subscription, wallet = unsettled
    go(journey, "2026-02-20T12:10:00Z")
    (draft,) = [invoice for invoice in journey.invoices(subscription) if invoice["billing_reason"] == "SUBSCRIPTION_CYCLE"]
    journey.api.post(
        f"/wallets/{wallet['id']}/debit", {"credits": "1", "transaction_reason": "MANUAL_BALANCE_DEBIT", "idempotency_key": "d"}
    )
    (failure,) = go(journey, "2026-02-20T12:50:00Z")["failed"]
    assert failure["subject"] == {"invoice_id": draft["id"]}

    usage_line = next(line["id"] for line in draft["line_items"] if line["price_type"] == "USAGE")
    journey.api.put(f"/invoices/{draft['id']}", {"remove_line_item_ids": [usage_line]})
    go(journey, "2026-02-20T13:30:00Z")
    assert renewals(journey, subscription) == [("2026-02-15T00:00:00Z", "FINALIZED", "0")]
