"""From grants to credits, now and as time passes (wallets.md §10.4-10.8)."""

from datetime import timedelta
from typing import Any

import pytest

from tests.grants.conftest import D0, day

SECOND = timedelta(seconds=1)


def test_one_time_grant_opens_the_wallet_and_credits_it(shop: Any) -> None:
    held = shop.subscription()
    made = shop.grant(owner=held, priority=5, metadata={"ignored": "here"})
    (wallet,), (row,), (application,) = shop.wallets(), shop.rows(), shop.applications()
    assert (wallet["name"], wallet["wallet_type"], wallet["balance"]) == ("Prepaid Wallet - USD", "PRE_PAID", "100")
    assert (row["transaction_reason"], row["priority"], row["expiry_date"]) == ("SUBSCRIPTION_CREDIT_GRANT", 5, None)
    assert (row["reference_type"], row["reference_id"], row["idempotency_key"]) == ("EXTERNAL", application.id, application.id)
    assert row["metadata"] == {"grant_id": made["id"], "subscription_id": held, "cga_id": application.id}
    assert (application.application_status, application.application_reason) == ("applied", "onetime_credit_grant")
    assert (application.period_end, application.applied_at) == (None, D0)


def test_backdated_grant_catches_up_and_skips_what_has_expired(shop: Any) -> None:
    start = "2026-04-15T12:00:00Z"
    shop.monthly(
        shop.subscription(start), start_date=start, expiration_type="DURATION", expiration_duration=45, expiration_duration_unit="DAY"
    )
    assert shop.states() == ["skipped", "applied", "applied", "pending"]
    assert [row["expiry_date"] for row in shop.rows()] == ["2026-06-29T12:00:00Z", "2026-07-30T12:00:00Z"]
    assert shop.credits() == "200"
    reasons = [row.application_reason for row in shop.applications()]
    assert reasons == ["first_time_recurring_credit_grant", *["recurring_credit_grant"] * 3]


def test_never_expiring_credits_accumulate_over_time(shop: Any) -> None:
    shop.monthly(shop.subscription())
    assert shop.credits() == "100"
    shop.advance("P3M")
    assert shop.credits() == "400"
    assert shop.states() == [*["applied"] * 4, "pending"]
    for row, application in zip(shop.rows(), shop.applications(), strict=False):
        assert row["reference_id"] == application.id
        assert application.applied_at == max(application.period_start + SECOND, D0)


def test_billing_cycle_credits_end_with_the_period(shop: Any) -> None:
    shop.monthly(shop.subscription(), expiration_type="BILLING_CYCLE")
    shop.advance("P1M")
    assert [row["expiry_date"] for row in shop.rows()] == ["2026-07-17T12:00:00Z", "2026-08-17T12:00:00Z"]


def test_future_grant_waits_for_its_start(shop: Any) -> None:
    shop.grant(owner=shop.subscription(), start_date=day(2))
    assert shop.states() == ["pending"]
    shop.advance("P2D")
    assert shop.states() == ["pending"]
    shop.advance("PT1S")
    assert shop.states() == ["applied"]
    assert shop.rows()[0]["created_at"] == day(2, 1)


def test_many_past_periods_are_caught_up_in_turns(shop: Any) -> None:
    start = day(-120)
    shop.grant(owner=shop.subscription(start), start_date=start, credits="1", cadence="RECURRING", period="DAILY", period_count=1)
    assert shop.credits() == "100"
    answer = shop.api.send("POST", "//_emulator/settle", {})
    assert answer.status_code == 200
    assert shop.credits() == "121"


def test_partial_last_period_grants_nothing(shop: Any) -> None:
    shop.monthly(shop.subscription(), end_date=day(42))
    shop.advance("P6M")
    assert shop.states() == ["applied"]


def test_wallet_with_other_rates_blocks_the_grant_until_it_is_closed(shop: Any) -> None:
    wallet = shop.api.post("/wallets", {"customer_id": shop.customer, "currency": "usd"})
    shop.grant(owner=shop.subscription(), conversion_rate="2")
    (failed,) = shop.applications()
    reason = "Failed to create wallet for top up: customer already has an active wallet with the same currency and wallet type"
    assert (failed.application_status, failed.retry_count, failed.failure_reason) == ("failed", 0, reason)

    shop.advance("PT15M")
    assert [(row.application_status, row.retry_count) for row in shop.applications()] == [("failed", 1)]

    shop.api.post(f"/wallets/{wallet['id']}/terminate")
    shop.advance("PT15M")
    (applied,) = shop.applications()
    assert (applied.application_status, applied.retry_count, applied.failure_reason) == ("applied", 2, reason)
    (opened,) = shop.wallets()
    assert [opened[name] for name in ("conversion_rate", "topup_conversion_rate", "balance", "credit_balance")] == ["2", "2", "200", "100"]


@pytest.mark.parametrize(("rates", "balance"), [({}, "400"), ({"conversion_rate": "4"}, "400"), ({"topup_conversion_rate": "3"}, "400")])
def test_first_prepaid_wallet_of_the_rates_is_credited(shop: Any, rates: dict[str, str], balance: str) -> None:
    shop.api.post("/wallets", {"customer_id": shop.customer, "currency": "USD", "conversion_rate": "4", "topup_conversion_rate": "3"})
    shop.grant(owner=shop.subscription(), **rates)
    (wallet,) = shop.wallets()
    assert (wallet["credit_balance"], wallet["balance"]) == ("100", balance)
    assert shop.rows()[0]["amount"] == "300"


def test_rates_fit_a_wallet_as_far_as_it_keeps_them(shop: Any) -> None:
    held = shop.subscription()
    for _ in range(2):
        shop.grant(owner=held, conversion_rate="2.000001")
    assert shop.credits() == "200"


def test_grant_that_a_top_up_refuses_fails(shop: Any) -> None:
    shop.grant(owner=shop.subscription(), priority=-1)
    assert [(row.application_status, row.failure_reason) for row in shop.applications()] == [
        ("failed", "Priority must be a non-negative integer")
    ]
    assert shop.wallets() == []


def test_postpaid_wallet_never_receives_grants(shop: Any) -> None:
    shop.api.post("/wallets", {"customer_id": shop.customer, "currency": "usd", "wallet_type": "POST_PAID"})
    shop.grant(owner=shop.subscription())
    assert {wallet["wallet_type"]: wallet["credit_balance"] for wallet in shop.wallets()} == {"POST_PAID": "0", "PRE_PAID": "100"}


def test_duration_of_the_calendar_s_end_grants_for_ever(shop: Any) -> None:
    held = shop.subscription()
    shop.grant(owner=held, expiration_type="DURATION", expiration_duration=2**31 - 1, expiration_duration_unit="YEAR")
    shop.monthly(held, period_count=2**31 - 1)
    assert shop.states() == ["applied", "applied"]
    assert {row["expiry_date"] for row in shop.rows()} == {None}


def test_grant_of_the_last_second_waits(shop: Any) -> None:
    shop.monthly(shop.subscription(), start_date="9999-12-31T23:59:59.999999Z")
    assert shop.states() == ["pending"]


def test_upcoming_are_open_applications_of_the_future(shop: Any) -> None:
    held = shop.subscription()
    later, soon = shop.grant(owner=held, start_date=day(9)), shop.grant(owner=held, start_date=day(2), credits="7.50")
    shop.grant(owner=held)
    page = shop.api.get(f"/subscriptions/{held}/grants/upcoming")
    assert [item["credit_grant_id"] for item in page["items"]] == [soon["id"], later["id"]]
    assert page["pagination"] == {"total": 2, "limit": 0, "offset": 0}
    assert page == shop.api.get(f"/customers/{shop.customer}/grants/upcoming")
    first = page["items"][0]
    assert (first["credits"], first["scheduled_for"], first["period_start"]) == ("7.5", day(2), day(2))
    assert first["subscription_status_at_application"] == "active"
    assert not first.keys() & {"applied_at", "period_end", "retry_count", "failure_reason", "metadata"}


def test_upcoming_needs_a_live_subscription(shop: Any) -> None:
    draft = shop.subscription(subscription_status="draft")
    for unknown in ("subs_nope", draft):
        refused = shop.api.get(f"/subscriptions/{unknown}/grants/upcoming", expect=404)
        assert refused["details"] == {"subscription_id": unknown, "subscription_ids": [unknown]}
    assert shop.api.get(f"/customers/{shop.customer}/grants/upcoming")["items"] == []


def test_advance_in_steps_credits_what_one_leap_does(shop: Any) -> None:
    held = shop.subscription()
    shop.monthly(held, period="WEEKLY", credits="1.5")
    for _ in range(6):
        shop.advance("P5D")
    assert shop.credits() == "7.5"
    times = [row["created_at"] for row in shop.rows()]
    assert times == [day(0), *(day(-3 + 7 * week, 1) for week in range(1, 5))]


def test_deleted_subscription_grant_gives_nothing_from_its_end_on(shop: Any) -> None:
    made = shop.monthly(shop.subscription())
    shop.api.delete(f"/creditgrants/{made['id']}", {"effective_date": day(40)})
    shop.advance("P1M")
    assert shop.credits() == "200"
    shop.advance("P6M")
    assert shop.credits() == "200"
    shop.api.delete(f"/creditgrants/{made['id']}")
    ended = shop.api.get(f"/creditgrants/{made['id']}")
    assert ended["status"] == "published"
    assert ended["end_date"] > day(40)


def test_failing_grant_is_tried_hourly_after_a_day(shop: Any) -> None:
    shop.api.post("/wallets", {"customer_id": shop.customer, "currency": "usd"})
    shop.grant(owner=shop.subscription(), conversion_rate="2")
    report = shop.advance("P3D")
    tries = [work["due_at"] for work in report["performed"] if work["kind"] == "grants.application"]
    assert tries[0].startswith((D0 + timedelta(minutes=15)).strftime("%Y-%m-%dT%H:%M"))
    assert shop.applications()[0].retry_count == 96 + 48
