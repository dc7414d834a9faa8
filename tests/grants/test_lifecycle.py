"""What subscriptions bring, and what becomes of it when they change (wallets.md §10.3, §10.5, §10.9)."""

from datetime import timedelta
from typing import Any

import pytest

from flexprice_emulator.grants import service
from flexprice_emulator.grants.tables import CreditGrantRow
from flexprice_emulator.subscriptions.tables import SubscriptionRow
from tests.grants.conftest import D0, day

OWN = {"name": "Own", "scope": "SUBSCRIPTION", "credits": "10", "cadence": "ONETIME", "expiration_type": "NEVER"}


def held_by(shop: Any, subscription_id: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = shop.api.get(f"/creditgrants?limit=99&subscription_ids={subscription_id}")["items"]
    return found


def test_plan_grants_are_copied_newest_first(shop: Any) -> None:
    shop.grant("PLAN", name="First", metadata={"a": "b"}, priority=1)
    shop.grant("PLAN", name="Second", credits="5", cadence="RECURRING", period="MONTHLY", period_count=1)
    gone = shop.grant("PLAN", name="Gone")
    shop.api.delete(f"/creditgrants/{gone['id']}")
    held = shop.subscription(credit_grants="plan's")
    copies = held_by(shop, held)
    assert [copy["name"] for copy in copies] == ["First", "Second"]
    assert [row["amount"] for row in shop.rows()] == ["5", "100"]
    for copy in copies:
        assert (copy["scope"], copy["plan_id"], copy["start_date"], copy["credit_grant_anchor"]) == (
            "SUBSCRIPTION",
            shop.plan,
            day(-3),
            day(-3),
        )
    assert (copies[0]["metadata"], copies[0]["priority"]) == ({"a": "b"}, 1)
    assert [grant["name"] for grant in shop.api.get(f"/subscriptions/{held}")["credit_grants"]] == ["First", "Second"]


def test_own_list_replaces_the_plan_s_grants(shop: Any) -> None:
    shop.grant("PLAN")
    assert held_by(shop, shop.subscription()) == []
    (own,) = held_by(shop, shop.subscription(credit_grants=[{**OWN, "start_date": day(5), "end_date": day(6)}], end_date=day(99)))
    assert "plan_id" not in own
    assert (own["start_date"], own["end_date"]) == (day(-3), day(99))
    assert shop.credits() == "10"


def test_bad_own_grants_leave_no_subscription(shop: Any) -> None:
    bad = {**OWN, "expiration_type": "SOON"}
    with pytest.raises(AssertionError, match="Credit grant expiry type must be one of"):
        shop.subscription(credit_grants=[OWN, bad])
    assert shop.wallets() == []
    assert shop.api.get("/subscriptions")["items"] == []


def test_grants_start_when_the_trial_ends(shop: Any) -> None:
    shop.grant("PLAN", cadence="RECURRING", period="MONTHLY", period_count=1)
    held = shop.subscription(day(0), credit_grants="plan's", trial_period_days=14)
    (copy,) = held_by(shop, held)
    assert (copy["start_date"], copy["credit_grant_anchor"]) == (day(14), day(14))
    assert shop.wallets() == []
    shop.advance("P14DT1S")
    assert shop.credits() == "100"


def test_draft_grants_wait_for_activation(shop: Any) -> None:
    held = shop.subscription(subscription_status="draft", credit_grants=[OWN])
    (waiting,) = shop.applications()
    assert (waiting.application_status, waiting.retry_count, waiting.scheduled_for) == ("pending", 1, D0 + timedelta(minutes=30))

    shop.advance("PT30M1S")
    (waiting,) = shop.applications()
    assert (waiting.retry_count, waiting.scheduled_for) == (2, D0 + timedelta(minutes=90, seconds=1))

    shop.api.post(f"/subscriptions/{held}/activate", {"start_date": day(0)})
    assert shop.credits() == "10"
    shop.advance("P1D")
    assert shop.states() == ["applied"]


def test_activation_leaves_grants_of_the_future_alone(shop: Any) -> None:
    held = shop.subscription(subscription_status="draft")
    shop.grant(owner=held, start_date=day(9))
    shop.api.post(f"/subscriptions/{held}/activate", {"start_date": day(0)})
    assert shop.states() == ["pending"]


def test_paused_periods_are_skipped_not_deferred(shop: Any) -> None:
    held = shop.subscription()
    shop.monthly(held)
    _set_status(shop, held, "paused")
    shop.advance("P1M")
    _set_status(shop, held, "active")
    shop.advance("P1M")
    assert shop.states() == ["applied", "skipped", "applied", "pending"]
    assert shop.credits() == "200"


def test_cancellation_ends_grants_and_keeps_credits(shop: Any) -> None:
    held = shop.subscription()
    shop.monthly(held)
    with shop.context() as ctx:
        service.on_subscription_cancelled(ctx, ctx.session.get_one(SubscriptionRow, held), D0)
    assert shop.states() == ["applied", "cancelled"]
    (grant,) = held_by(shop, held)
    assert (grant["status"], grant["end_date"]) == ("published", day(0))
    shop.advance("P3M")
    assert shop.credits() == "100"


def test_grants_of_a_cancelled_subscription_are_cancelled_when_due(shop: Any) -> None:
    held = shop.subscription()
    shop.monthly(held)
    _set_status(shop, held, "cancelled")
    shop.advance("P3M")
    assert shop.states() == ["applied", "cancelled"]
    assert shop.grant(owner=held, expect=400)["message"] == "Subscription is cancelled"


def test_archived_grants_are_left_as_they_are(shop: Any) -> None:
    held = shop.subscription()
    made = shop.monthly(held)
    with shop.context() as ctx:
        ctx.session.get_one(CreditGrantRow, made["id"]).status = "archived"
    shop.advance("P3M")
    assert shop.states() == ["applied", "pending"]


def test_addon_brings_its_grants_and_takes_them_along(shop: Any) -> None:
    held, addon = shop.subscription(end_date=day(99)), _addon(shop)
    shop.grant("ADDON", addon, cadence="RECURRING", period="WEEKLY", period_count=1)
    with shop.context() as ctx:
        row = ctx.session.get_one(SubscriptionRow, held)
        service.on_addon_attached(ctx, row, addon, association_id="addon_assoc_1", start_date=D0)
        service.on_addon_attached(ctx, row, addon, association_id="addon_assoc_2", start_date=D0, end_date=D0 + timedelta(days=10))
    second, first = held_by(shop, held)
    assert (first["addon_id"], first["start_date"], first["end_date"]) == (addon, day(0), day(99))
    assert second["end_date"] == day(10)
    assert shop.credits() == "200"

    with shop.context() as ctx:
        service.on_addon_removed(ctx, ctx.session.get_one(SubscriptionRow, held), "addon_assoc_1", D0 + timedelta(days=1))
    assert [grant["end_date"] for grant in held_by(shop, held)] == [day(10), day(1)]
    shop.advance("P1M")
    # The week that would end after the second attachment gives nothing.
    assert shop.credits() == "200"


@pytest.mark.parametrize(("period", "first"), [("MONTHLY", "90"), ("WEEKLY", "100")])
def test_prorated_addon_grant_starts_with_its_share(shop: Any, period: str, first: str) -> None:
    held, addon = shop.subscription(), _addon(shop)
    shop.grant("ADDON", addon, cadence="RECURRING", period=period, period_count=1)
    with shop.context() as ctx:
        row = ctx.session.get_one(SubscriptionRow, held)
        service.on_addon_attached(ctx, row, addon, association_id="addon_assoc_1", start_date=D0, proration_behavior="create_prorations")
    (grant,) = held_by(shop, held)
    (row,) = shop.rows()
    assert row["credit_amount"] == first
    prorated = period == "MONTHLY"
    assert grant["credit_grant_anchor"] == (day(27) if prorated else day(0))
    assert ("proration_coefficient" in row["metadata"]) is prorated
    shop.advance("P27DT1S")
    if prorated:
        assert [row["credit_amount"] for row in shop.rows()] == ["90", "100"]
        # From 17 July on in the subscription's months.
        ends = [(row.period_start, row.period_end) for row in shop.applications()]
        assert ends[:2] == [(D0, D0 + timedelta(days=27)), (D0 + timedelta(days=27), D0 + timedelta(days=58))]


def test_copies_of_a_plan_have_its_grants(shop: Any) -> None:
    shop.grant("PLAN", name="First", conversion_rate="2")
    shop.grant("PLAN", name="Second", conversion_rate="2")
    copy = shop.api.post(f"/plans/{shop.plan}/clone", {"name": "Copy", "lookup_key": "copy"})
    assert sorted(grant["name"] for grant in copy["credit_grants"]) == ["First", "Second"]
    assert {(grant["plan_id"], grant["conversion_rate"]) for grant in copy["credit_grants"]} == {(copy["id"], "2")}


def _addon(shop: Any) -> str:
    made: str = shop.api.post("/addons", {"name": "Extra", "lookup_key": "extra"})["id"]
    return made


def _set_status(shop: Any, subscription_id: str, status: str) -> None:
    with shop.context() as ctx:
        ctx.session.get_one(SubscriptionRow, subscription_id).subscription_status = status


@pytest.mark.parametrize("cancellation", ["immediate", "end_of_period"])
def test_nothing_is_granted_at_the_instant_of_the_cancellation(shop: Any, cancellation: str) -> None:
    held = shop.subscription()
    shop.monthly(held)
    shop.api.post(f"/subscriptions/{held}/cancel", {"cancellation_type": cancellation})
    shop.advance("P2M")
    assert shop.states() == ["applied", "cancelled"]
    assert shop.credits() == "100"


def test_credits_follow_the_renewals_of_the_subscription(shop: Any) -> None:
    held = shop.subscription()
    shop.monthly(held, expiration_type="BILLING_CYCLE")
    shop.advance("P3M")
    read = shop.api.get(f"/subscriptions/{held}")
    assert shop.rows()[-1]["expiry_date"] == read["current_period_end"]


@pytest.mark.parametrize(
    "rates", [({"conversion_rate": "2"}, {}), ({}, {"topup_conversion_rate": "2"}), ({"conversion_rate": "2"}, {"conversion_rate": "3"})]
)
def test_own_grants_share_both_rates_and_none_equals_only_none(shop: Any, rates: tuple[dict[str, str], dict[str, str]]) -> None:
    terms = {"name": "G", "scope": "SUBSCRIPTION", "credits": "1", "cadence": "ONETIME", "expiration_type": "NEVER"}
    cycle = {"billing_period": "MONTHLY", "billing_period_count": 1, "billing_cycle": "anniversary", "currency": "USD"}
    body = {"customer_id": shop.customer, "plan_id": shop.plan, "start_date": day(-3), **cycle}
    refused = shop.api.post("/subscriptions", {**body, "credit_grants": [{**terms, **rate} for rate in rates]}, expect=400)
    assert refused["message"] == "All credit grants must have the same conversion rate"
    shop.api.post("/subscriptions", {**body, "credit_grants": [{**terms, **rates[0]}] * 2})


def _change(shop: Any, subscription: str, path: str, **fields: Any) -> str:
    """To a plan that grants 7 credits a month; its id."""
    target: str = shop.api.post("/plans", {"name": "Max"})["id"]
    shop.api.post("/prices", {**shop.price, "entity_id": target, "amount": "20"})
    recurring = {"cadence": "RECURRING", "period": "MONTHLY", "period_count": 1}
    shop.grant("PLAN", target, credits="7", **recurring)
    shop.api.post(f"/subscriptions/{subscription}/{path}", {"target_plan_id": target, "proration_behavior": "none", **fields})
    return target


def test_a_plan_change_by_a_new_subscription_takes_the_new_plan_s_grants(shop: Any) -> None:
    old = shop.subscription()
    shop.monthly(old)
    cycle = {"billing_period": "MONTHLY", "billing_period_count": 1, "billing_cycle": "anniversary", "billing_cadence": "RECURRING"}
    target = _change(shop, old, "change/execute", **cycle)
    (new,) = shop.api.post("/subscriptions/search", {"plan_id": target})["items"]
    assert shop.credits() == "107"
    assert [grant["end_date"] for grant in held_by(shop, old)] == [day(0)]
    assert [grant["credits"] for grant in held_by(shop, new["id"])] == ["7"]
    shop.advance("P32D")
    assert shop.credits() == "114"


def test_a_plan_change_in_place_leaves_the_grants_as_they_are(shop: Any) -> None:
    held = shop.subscription()
    (before, _) = (shop.monthly(held), _change(shop, held, "change/v2/execute"))
    assert [grant["id"] for grant in held_by(shop, held)] == [before["id"]]
    shop.advance("P32D")
    assert shop.credits() == "200"
