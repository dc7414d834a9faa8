"""Another plan by another subscription (subscriptions.md §11.1)."""

from decimal import Decimal
from typing import Any

import pytest

from tests.subscriptions.modifications.support import left, read, text, wallets
from tests.subscriptions.shop import ADVANCE, NOW, Shop, lines, usage

TERMS = {
    "proration_behavior": "create_prorations",
    "billing_cadence": "RECURRING",
    "billing_period": "MONTHLY",
    "billing_period_count": 1,
    "billing_cycle": "anniversary",
}


@pytest.fixture
def world(shop: Shop) -> dict[str, Any]:
    feature = shop.feature()
    small = shop.plan("small", ADVANCE, usage(feature["meter_id"]))
    large = shop.plan("large", ADVANCE | {"amount": "90", "display_name": "Large"})
    customer = shop.customer()
    fields = {"lookup_key": "k", "commitment_amount": "5", "overage_factor": "2", "payment_terms": "15 NET"}
    return {"customer": customer, "small": small, "large": large, "subscription": shop.subscribe(customer, small, **fields)}


def change(shop: Shop, world: dict[str, Any], call: str = "execute", *, to: str = "large", expect: int = 200, **fields: Any) -> Any:
    body = TERMS | {"target_plan_id": world[to]["id"]} | fields
    return shop.api.post(f"/subscriptions/{world['subscription']['id']}/change/{call}", body, expect=expect)


def test_the_credit_comes_off_the_new_opening_invoice(shop: Shop, world: dict[str, Any]) -> None:
    answer = change(shop, world)
    credit = left("30", NOW)
    assert answer["proration_applied"]["credit_amount"] == text(credit)
    new = answer["new_subscription"]
    opening = shop.invoices(new)
    assert [(made["billing_reason"], made["total"]) for made in opening] == [("SUBSCRIPTION_UPDATE", text(Decimal(90) - credit))]
    assert (new["current_period_start"], new["current_period_end"]) == (NOW, "2026-04-10T12:00:00Z")


def test_the_old_one_is_cancelled_and_billed_for_what_it_used(shop: Shop, world: dict[str, Any]) -> None:
    shop.use(world["customer"], "calls", "8", "2026-03-05T00:00:00Z")
    change(shop, world)
    old = read(shop, world["subscription"])
    assert (old["subscription_status"], old["end_date"]) == ("cancelled", NOW)
    assert old["metadata"]["cancellation_reason"] == "subscription_change"
    assert lines(shop.invoices(world["subscription"])[1]) == [("Calls", "8", "4")]
    assert wallets(shop, world["customer"]) == []


def test_terms_of_the_subscription_are_carried_over(shop: Shop, world: dict[str, Any]) -> None:
    made = read(shop, change(shop, world, metadata={"why": "growth"})["new_subscription"])
    kept = ("lookup_key", "commitment_amount", "overage_factor", "payment_terms", "metadata")
    assert [made[name] for name in kept] == ["k", "5", "2", "15 NET", {"why": "growth"}]


def test_credit_beyond_the_new_invoice_is_lost(shop: Shop, world: dict[str, Any]) -> None:
    world["subscription"] = shop.subscribe(world["customer"], world["large"])
    answer = change(shop, world, to="small")
    assert answer["change_type"] == "downgrade"
    assert shop.invoices(answer["new_subscription"]) == []
    assert wallets(shop, world["customer"]) == []


def test_without_proration_the_new_plan_is_billed_in_full(shop: Shop, world: dict[str, Any]) -> None:
    answer = change(shop, world, proration_behavior="none")
    assert "proration_applied" not in answer
    opening = shop.invoices(answer["new_subscription"])[0]
    assert (opening["billing_reason"], opening["total"]) == ("SUBSCRIPTION_CREATE", "90")


def test_a_preview_tells_of_the_credit_and_writes_nothing(shop: Shop, world: dict[str, Any]) -> None:
    before = read(shop, world["subscription"])
    shown = change(shop, world, "preview")
    assert shown["next_invoice_preview"]["total"] == text(Decimal(90) - left("30", NOW))
    assert (shown["proration_details"]["days_used"], shown["proration_details"]["days_remaining"]) == (9, 21)
    assert read(shop, world["subscription"]) == before
    assert len(shop.invoices(world["subscription"])) == 1


def test_trials_give_nothing_back(shop: Shop, world: dict[str, Any]) -> None:
    world["subscription"] = shop.subscribe(shop.customer("trying"), world["small"], trial_period_days=30)
    answer = change(shop, world)
    assert answer["proration_applied"]["credit_amount"] == "0"
    assert answer["new_subscription"]["status"] == "active"


class TestAtPeriodEnd:
    def test_it_waits_and_then_bills_the_same_time_twice(self, shop: Shop, world: dict[str, Any]) -> None:
        answer = change(shop, world, change_at="end_of_period", proration_behavior="none")
        assert (answer["is_scheduled"], answer["scheduled_at"]) == (True, "2026-04-01T00:00:00Z")
        assert answer["new_subscription"]["id"] == ""
        shop.api.freeze("2026-04-01T01:00:00Z")
        old = read(shop, world["subscription"])
        assert (old["subscription_status"], old["end_date"]) == ("cancelled", "2026-04-01T00:00:00Z")
        assert [made["total"] for made in shop.invoices(old)] == ["30", "30"]
        made = shop.api.get("/customers/external/acme/subscriptions")["items"]
        assert [(held["plan_id"], held["current_period_start"]) for held in made] == [(world["large"]["id"], "2026-04-01T00:00:00Z")]
        opening = shop.invoices(made[0])
        assert [(held["billing_reason"], held["total"]) for held in opening] == [("SUBSCRIPTION_CREATE", "90")]
        schedule = shop.api.get(f"/subscriptions/schedules/{answer['schedule_id']}")
        assert (schedule["status"], schedule["execution_result"]["new_subscription_id"]) == ("executed", made[0]["id"])

    def test_one_at_a_time_and_none_beside_a_cancellation(self, shop: Shop, world: dict[str, Any]) -> None:
        first = change(shop, world, change_at="end_of_period")
        refused = change(shop, world, change_at="end_of_period", expect=400)
        assert refused["details"]["existing_schedule_id"] == first["schedule_id"]
        shop.api.post(f"/subscriptions/schedules/{first['schedule_id']}/cancel")
        shop.api.post(f"/subscriptions/{world['subscription']['id']}/cancel", {"cancellation_type": "end_of_period"})
        change(shop, world, change_at="end_of_period", expect=400)

    def test_dropped_it_never_happens(self, shop: Shop, world: dict[str, Any]) -> None:
        first = change(shop, world, change_at="end_of_period")
        shop.api.post(f"/subscriptions/schedules/{first['schedule_id']}/cancel")
        shop.api.freeze("2026-04-01T01:00:00Z")
        assert read(shop, world["subscription"])["subscription_status"] == "active"

    def test_one_that_has_become_impossible_is_noted_as_failed(self, shop: Shop, world: dict[str, Any]) -> None:
        first = change(shop, world, change_at="end_of_period", proration_behavior="none")
        shop.api.delete(f"/plans/{world['large']['id']}")
        shop.api.freeze("2026-04-01T01:00:00Z")
        schedule = shop.api.get(f"/subscriptions/schedules/{first['schedule_id']}")
        assert (schedule["status"], bool(schedule["error_message"])) == ("failed", True)
        held = read(shop, world["subscription"])
        assert (held["subscription_status"], held["current_period_start"]) == ("active", "2026-04-01T00:00:00Z")


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"proration_behavior": "always"}, "Proration behavior must be create_prorations or none"),
        ({"target_plan_id": ""}, "Invalid request format"),
        ({"billing_cycle": "lunar"}, "Invalid billing cycle"),
        ({"billing_period": "HOURLY"}, "Invalid billing period"),
        ({"change_at": "tomorrow"}, "Invalid change_at"),
    ],
)
@pytest.mark.parametrize("call", ["preview", "execute"])
def test_refused(shop: Shop, world: dict[str, Any], fields: dict[str, Any], message: str, call: str) -> None:
    assert change(shop, world, call, expect=400, **fields)["message"] == message


def test_periods_beyond_the_calendar_are_refused(shop: Shop, world: dict[str, Any]) -> None:
    assert change(shop, world, "preview", expect=400, billing_period_count=10**12)["message"] == "Billing period count is too large"


def test_the_same_plan_is_refused_in_previews_only(shop: Shop, world: dict[str, Any]) -> None:
    assert change(shop, world, "preview", to="small", expect=400)["message"] == "Target plan must be different from current plan"
    assert change(shop, world, to="small")["change_type"] == "lateral"


def test_a_cancelled_subscription_does_not_change(shop: Shop, world: dict[str, Any]) -> None:
    shop.api.post(f"/subscriptions/{world['subscription']['id']}/cancel", {"cancellation_type": "immediate"})
    assert change(shop, world, expect=400)["message"] == "Cancelled subscriptions cannot be changed"
