"""Another plan in place (subscriptions.md §11.2)."""

from decimal import Decimal
from typing import Any

import pytest

from tests.subscriptions.modifications.support import left, read, text, wallets
from tests.subscriptions.shop import ADVANCE, NOW, Shop, lines, usage


@pytest.fixture
def world(shop: Shop) -> dict[str, Any]:
    calls = usage(shop.feature()["meter_id"], display_name="Calls")
    small = shop.plan("small", ADVANCE, calls)
    large = shop.plan("large", ADVANCE | {"amount": "90", "display_name": "Large"}, calls)
    customer = shop.customer()
    return {"customer": customer, "small": small, "large": large, "subscription": shop.subscribe(customer, small)}


def swap(shop: Shop, world: dict[str, Any], call: str = "execute", *, to: str = "large", expect: int = 200, **fields: Any) -> Any:
    body = {"proration_behavior": "create_prorations", "target_plan_id": world[to]["id"]} | fields
    return shop.api.post(f"/subscriptions/{world['subscription']['id']}/change/v2/{call}", body, expect=expect)


def test_an_upgrade_bills_the_difference_on_one_invoice(shop: Shop, world: dict[str, Any]) -> None:
    answer = swap(shop, world)
    charge, credit = left("90", NOW), left("30", NOW)
    invoice = shop.invoices(world["subscription"])[1]
    assert lines(invoice) == sorted([("Base", "1", text(-credit)), ("Large", "1", text(charge))])
    assert (invoice["invoice_type"], invoice["billing_sequence"], invoice["total"]) == ("ONE_OFF", 2, text(charge - credit))
    assert "due_date" not in invoice
    assert answer["changed_resources"]["invoices"][0]["id"] == invoice["id"]
    assert answer["change_type"] == "upgrade"


def test_the_subscription_stays_the_same_with_its_anchor_and_period(shop: Shop, world: dict[str, Any]) -> None:
    before = read(shop, world["subscription"])
    swap(shop, world)
    after = read(shop, world["subscription"])
    kept = ("id", "billing_anchor", "current_period_start", "current_period_end", "subscription_status")
    assert [after[name] for name in kept] == [before[name] for name in kept]
    assert (after["plan_id"], after["plan"]["id"]) == (world["large"]["id"], world["large"]["id"])


def test_a_downgrade_goes_into_the_wallet(shop: Shop, world: dict[str, Any]) -> None:
    world["subscription"] = shop.subscribe(world["customer"], world["large"])
    answer = swap(shop, world, to="small")
    assert Decimal(wallets(shop, world["customer"])[0]["balance"]) == left("90", NOW) - left("30", NOW)
    assert answer["warnings"] == ["This is a downgrade. You may lose access to certain features."]
    assert len(shop.invoices(world["subscription"])) == 1


def test_lines_of_equal_terms_go_on_and_keep_their_usage(shop: Shop, world: dict[str, Any]) -> None:
    shop.use(world["customer"], "calls", "8", "2026-03-05T00:00:00Z")
    before = next(line for line in read(shop, world["subscription"])["line_items"] if line["display_name"] == "Calls")
    answer = swap(shop, world)
    after = next(line for line in read(shop, world["subscription"])["line_items"] if line["display_name"] == "Calls")
    assert (after["id"], after["start_date"]) == (before["id"], before["start_date"])
    assert after["price_id"] in world["large"]["price_ids"]
    assert [held["id"] for held in answer["changed_resources"]["line_items"] if held["change_action"] == "updated"] == [before["id"]]
    shop.use(world["customer"], "calls", "2", "2026-03-20T00:00:00Z")
    assert ("Calls", "10", "5") in lines(shop.preview(world["subscription"]))


def test_without_proration_nothing_is_settled(shop: Shop, world: dict[str, Any]) -> None:
    swap(shop, world, proration_behavior="none")
    assert len(shop.invoices(world["subscription"])) == 1
    assert ("Large", "1", "90") in lines(shop.preview(world["subscription"]))


def test_the_next_invoice_bills_the_new_plan(shop: Shop, world: dict[str, Any]) -> None:
    swap(shop, world)
    shop.api.freeze("2026-04-02T00:00:00Z")
    assert lines(shop.invoices(world["subscription"])[2]) == [("Calls", "0", "0"), ("Large", "1", "90")]


def test_a_preview_settles_the_same_and_writes_nothing(shop: Shop, world: dict[str, Any]) -> None:
    before = read(shop, world["subscription"])
    tried = swap(shop, world, "preview")["changed_resources"]["invoices"][0]["invoice"]
    assert read(shop, world["subscription"]) == before
    done = swap(shop, world)["changed_resources"]["invoices"][0]["invoice"]
    assert (tried["total"], tried["id"]) == (done["total"], "(preview-invoice)")


class TestAddons:
    @pytest.fixture
    def addon(self, shop: Shop, world: dict[str, Any]) -> dict[str, Any]:
        made = shop.addon("extra", ADVANCE | {"amount": "15", "display_name": "Extra"})
        body = {"subscription_id": world["subscription"]["id"], "addon_id": made["id"], "start_date": "2026-03-01T00:00:00Z"}
        return {"addon": made, "association": shop.api.post("/subscriptions/addon", body)}

    def test_they_are_carried(self, shop: Shop, world: dict[str, Any], addon: dict[str, Any]) -> None:
        answer = swap(shop, world)
        assert answer["entity_changes"][0]["behaviour"] == "carry"
        assert ("Extra", "1", "15") in lines(shop.preview(world["subscription"]))
        assert addon["association"]["id"] == answer["entity_changes"][0]["reference_id"]

    @pytest.mark.parametrize("by", ["default", "association", "addon"])
    def test_a_policy_drops_and_settles_them(self, shop: Shop, world: dict[str, Any], addon: dict[str, Any], by: str) -> None:
        policy = {
            "default": {"default_behaviour": "drop"},
            "association": {"overrides": {addon["association"]["id"]: "drop"}},
            "addon": {"overrides": {addon["addon"]["id"]: "drop"}},
        }[by]
        answer = swap(shop, world, entity_policies={"addons": policy})
        expected = left("90", NOW) - left("30", NOW) - left("15", NOW)
        assert answer["changed_resources"]["invoices"][0]["invoice"]["total"] == text(expected)
        assert shop.api.get(f"/subscriptions/{world['subscription']['id']}/addons/associations")["items"] == []

    def test_other_behaviours_are_refused(self, shop: Shop, world: dict[str, Any], addon: dict[str, Any]) -> None:
        assert addon
        answer = swap(shop, world, expect=400, entity_policies={"addons": {"default_behaviour": "burn"}})
        assert answer["message"] == "Valid values: carry, drop"


class TestAtPeriodEnd:
    def test_it_is_done_before_the_next_period_is_billed(self, shop: Shop, world: dict[str, Any]) -> None:
        answer = swap(shop, world, proration_behavior="none", change_at="end_of_period")
        assert (answer["is_scheduled"], answer["changed_resources"]) == (True, {})
        assert read(shop, world["subscription"])["plan_id"] == world["small"]["id"]
        shop.use(world["customer"], "calls", "8", "2026-03-20T00:00:00Z")
        shop.api.freeze("2026-04-01T00:00:01Z")
        assert read(shop, world["subscription"])["plan_id"] == world["large"]["id"]
        invoice = shop.invoices(world["subscription"])[1]
        assert lines(invoice) == [("Calls", "8", "4"), ("Large", "1", "90")]
        schedule = shop.api.get(f"/subscriptions/schedules/{answer['schedule_id']}")
        assert schedule["status"] == "executed"

    def test_it_takes_no_proration(self, shop: Shop, world: dict[str, Any]) -> None:
        swap(shop, world, change_at="end_of_period", expect=400)
        assert shop.api.get(f"/subscriptions/{world['subscription']['id']}/schedules")["count"] == 0


def test_the_same_key_settles_once(shop: Shop, world: dict[str, Any]) -> None:
    first = swap(shop, world, idempotency_key="k")
    swap(shop, world, to="small", proration_behavior="none")
    again = swap(shop, world, idempotency_key="k")
    assert first["changed_resources"]["invoices"][0]["id"] == again["changed_resources"]["invoices"][0]["id"]
    assert len(shop.invoices(world["subscription"])) == 2


def test_limits_are_shared_out_over_the_period(shop: Shop, world: dict[str, Any]) -> None:
    feature = shop.api.get("/features")["items"][0]
    for plan, limit in (("small", 100), ("large", 310)):
        body = {
            "entity_type": "PLAN",
            "entity_id": world[plan]["id"],
            "feature_id": feature["id"],
            "feature_type": "metered",
            "usage_limit": limit,
            "usage_reset_period": "MONTHLY",
        }
        shop.api.post("/entitlements", body)
    swap(shop, world)
    found = shop.api.get(f"/subscriptions/{world['subscription']['id']}/entitlements")["features"][0]["entitlement"]
    # 21.5 of 31 days are left: 100 - round(69.35) + round(215).
    assert found["usage_limit"] == 100 - 69 + 215


@pytest.mark.parametrize("status", ["draft", "cancelled"])
def test_only_what_runs_can_change(shop: Shop, world: dict[str, Any], status: str) -> None:
    fields = {"subscription_status": "draft"} if status == "draft" else {}
    world["subscription"] = shop.subscribe(shop.customer("other"), world["small"], **fields)
    if status == "cancelled":
        shop.api.post(f"/subscriptions/{world['subscription']['id']}/cancel", {"cancellation_type": "immediate"})
    swap(shop, world, expect=400)
    assert read(shop, world["subscription"])["plan_id"] == world["small"]["id"]


def test_trials_change_without_money(shop: Shop, world: dict[str, Any]) -> None:
    world["subscription"] = shop.subscribe(shop.customer("trying"), world["small"], trial_period_days=30)
    assert "invoices" not in swap(shop, world)["changed_resources"]


def test_the_same_plan_is_refused(shop: Shop, world: dict[str, Any]) -> None:
    assert swap(shop, world, to="small", expect=400)["message"] == "Target plan must be different from current plan"


def test_mixed_billing_periods_cannot_be_prorated(shop: Shop, world: dict[str, Any]) -> None:
    addition = ADVANCE | {"billing_period": "ANNUAL", "price_unit_type": "FIAT", "billing_model": "FLAT_FEE", "amount": "120"}
    shop.api.post(f"/subscriptions/{world['subscription']['id']}/lineitems", {"price": addition})
    # A line of the subscription's own is no line of the plan.
    assert swap(shop, world)["change_type"] == "upgrade"
