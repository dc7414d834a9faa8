"""Trial ends, coupons, taxes, add-ons and hierarchy by `modify` (subscriptions.md §11.3)."""

from typing import Any

import pytest

from tests.subscriptions.modifications.support import modify, read
from tests.subscriptions.shop import ADVANCE, NOW, Shop, usage


@pytest.fixture
def world(shop: Shop) -> dict[str, Any]:
    customer, plan = shop.customer(), shop.plan("pro", ADVANCE)
    return {"customer": customer, "plan": plan, "subscription": shop.subscribe(customer, plan)}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"type": "magic"}, "Valid values: inheritance, quantity_change, grouped_invoicing, trial_end, coupon, tax, addon"),
        ({"type": "tax"}, "An unexpected error occurred"),
        ({}, "Invalid request format"),
        ({"type": "quantity_change", "quantity_change_params": {"line_items": []}}, "Invalid request format"),
        ({"type": "quantity_change", "quantity_change_params": {"line_items": [{"quantity": "1"}]}}, "Invalid request format"),
        ({"type": "coupon", "coupon_params": {}}, "Invalid request format"),
        ({"type": "addon", "addon_params": {"action": "add"}}, "An unexpected error occurred"),
        ({"type": "addon", "addon_params": {"action": "swap"}}, "Valid values: add, remove"),
    ],
)
@pytest.mark.parametrize("call", ["preview", "execute"])
def test_what_is_asked_for_must_be_whole(shop: Shop, world: dict[str, Any], body: dict[str, Any], message: str, call: str) -> None:
    answer = shop.api.post(f"/subscriptions/{world['subscription']['id']}/modify/{call}", body, expect=400)
    assert answer["message"] == message


def test_a_tax_is_applied_from_the_next_invoice_on_and_even_after_its_end(shop: Shop, world: dict[str, Any]) -> None:
    rate = shop.tax("VAT", "20")
    modify(shop, world["subscription"], "tax", action="add", tax_rate_id=rate["id"])
    assert shop.preview(world["subscription"])["total"] == "36"
    query = f"/taxes/associations?entity_type=subscription&entity_id={world['subscription']['id']}"
    association = shop.api.get(query)["items"][0]
    modify(shop, world["subscription"], "tax", action="remove", tax_association_id=association["id"])
    assert shop.api.get(query)["items"][0]["end_date"] == NOW
    assert shop.preview(world["subscription"])["total"] == "36"


def test_a_coupon_by_code_discounts_until_it_is_removed(shop: Shop, world: dict[str, Any]) -> None:
    shop.coupon("TEN", "10")
    modify(shop, world["subscription"], "coupon", call="preview", action="add", coupon_code="ten")
    assert shop.preview(world["subscription"])["total_discount"] == "0"
    modify(shop, world["subscription"], "coupon", action="add", coupon_code="ten")
    assert shop.preview(world["subscription"])["total_discount"] == "3"
    query = f"/coupons/associations?subscription_ids={world['subscription']['id']}"
    association = shop.api.get(query)["items"][0]
    modify(shop, world["subscription"], "coupon", action="remove", coupon_association_id=association["id"])
    assert shop.api.get(query)["items"][0]["end_date"] == NOW


def test_what_belongs_to_another_subscription_is_left_alone(shop: Shop, world: dict[str, Any]) -> None:
    other = shop.subscribe(shop.customer("other"), world["plan"])
    shop.coupon("TEN", "10")
    rate = shop.tax("VAT", "20")
    modify(shop, other, "coupon", action="add", coupon_code="ten")
    modify(shop, other, "tax", action="add", tax_rate_id=rate["id"])
    coupon = shop.api.get(f"/coupons/associations?subscription_ids={other['id']}")["items"][0]
    tax = shop.api.get(f"/taxes/associations?entity_type=subscription&entity_id={other['id']}")["items"][0]
    modify(shop, world["subscription"], "coupon", expect=400, action="remove", coupon_association_id=coupon["id"])
    modify(shop, world["subscription"], "tax", expect=400, action="remove", tax_association_id=tax["id"])
    items = [{"id": read(shop, other)["line_items"][0]["id"], "quantity": "2"}]
    modify(shop, world["subscription"], "quantity_change", expect=400, line_items=items)


def test_addons_come_and_go(shop: Shop, world: dict[str, Any]) -> None:
    addon = shop.addon("extra", ADVANCE | {"amount": "15", "display_name": "Extra"})
    tried = modify(shop, world["subscription"], "addon", call="preview", action="add", add={"addon_id": addon["id"]})
    assert tried["changed_resources"]["line_items"][0]["id"] == "(preview-created)"
    path = f"/subscriptions/{world['subscription']['id']}/addons/associations"
    assert shop.api.get(path)["items"] == []
    modify(shop, world["subscription"], "addon", action="add", add={"addon_id": addon["id"]})
    association = shop.api.get(path)["items"][0]
    gone = modify(shop, world["subscription"], "addon", action="remove", remove={"addon_association_id": association["id"]})
    assert [held["change_action"] for held in gone["changed_resources"]["line_items"]] == ["ended"]
    assert shop.api.get(path)["items"] == []


class TestTrial:
    @pytest.fixture
    def trial(self, shop: Shop, world: dict[str, Any]) -> dict[str, Any]:
        return shop.subscribe(shop.customer("trying"), world["plan"], trial_period_days=20)

    def test_ended_now_the_first_paid_period_starts_now(self, shop: Shop, trial: dict[str, Any]) -> None:
        answer = modify(shop, trial, "trial_end", action="immediate")
        changed = answer["changed_resources"]["subscriptions"][0]
        assert (changed["status"], changed["current_period_end"]) == ("incomplete", NOW)
        held = read(shop, trial)
        assert (held["subscription_status"], held["current_period_start"]) == ("active", NOW)
        assert (held["billing_anchor"], held["trial_end"]) == (NOW, trial["trial_end"])
        assert [(made["billing_reason"], made["total"]) for made in shop.invoices(trial)] == [
            ("SUBSCRIPTION_TRIAL_START", "0"),
            ("SUBSCRIPTION_TRIAL_END", "30"),
        ]

    def test_moved_it_ends_when_told(self, shop: Shop, trial: dict[str, Any]) -> None:
        modify(shop, trial, "trial_end", action="scheduled_date", new_trial_end="2026-03-12T00:00:00Z")
        assert read(shop, trial)["current_period_end"] == "2026-03-12T00:00:00Z"
        shop.api.freeze("2026-03-12T01:00:00Z")
        held = read(shop, trial)
        assert (held["subscription_status"], held["current_period_start"]) == ("active", "2026-03-12T00:00:00Z")

    @pytest.mark.parametrize("date", [None, NOW, "2026-03-05T00:00:00Z"])
    def test_only_to_a_time_to_come(self, shop: Shop, trial: dict[str, Any], date: str | None) -> None:
        given = {} if date is None else {"new_trial_end": date}
        modify(shop, trial, "trial_end", expect=400, action="scheduled_date", **given)
        assert read(shop, trial)["subscription_status"] == "trialing"

    def test_a_preview_ends_nothing(self, shop: Shop, trial: dict[str, Any]) -> None:
        answer = modify(shop, trial, "trial_end", call="preview", action="immediate")
        assert "invoices" not in answer["changed_resources"]
        assert read(shop, trial)["subscription_status"] == "trialing"
        assert len(shop.invoices(trial)) == 1


class TestHierarchy:
    def test_heirs_use_on_the_parents_bill_until_the_period_ends(self, shop: Shop) -> None:
        parent, child = shop.customer("parent"), shop.customer("child")
        plan = shop.plan("metered", usage(shop.feature()["meter_id"], "1"))
        subscription = shop.subscribe(parent, plan)
        modify(shop, subscription, "inheritance", action="add", external_customer_ids_to_inherit_subscription=["child"])
        shop.use(child, "calls", "4", "2026-03-09T00:00:00Z")
        assert shop.preview(subscription)["total"] == "4"
        modify(shop, subscription, "inheritance", action="remove", external_customer_ids_to_remove=["child"])
        assert shop.preview(subscription)["total"] == "4"
        assert len(shop.api.get("/customers/external/child/subscriptions")["items"]) == 1
        shop.api.freeze("2026-04-03T00:00:00Z")
        shop.use(child, "calls", "7", "2026-04-02T00:00:00Z")
        assert [made["total"] for made in shop.invoices(subscription)] == ["4"]
        assert shop.api.get("/customers/external/child/subscriptions")["items"] is None
        assert shop.preview(subscription)["total"] == "0"

    def test_who_does_not_inherit_cannot_stop(self, shop: Shop, world: dict[str, Any]) -> None:
        modify(shop, world["subscription"], "inheritance", expect=404, action="remove", external_customer_ids_to_remove=["nobody"])

    def test_grouped_charges_stand_on_the_parents_invoice(self, shop: Shop, world: dict[str, Any]) -> None:
        child = shop.subscribe(shop.customer("child"), world["plan"])
        params = {"parent_subscription_id": world["subscription"]["id"], "child_subscription_ids": [child["id"]]}
        answer = modify(shop, world["subscription"], "grouped_invoicing", action="add", **params)
        assert answer == {
            "subscription": None,
            "changed_resources": {"subscriptions": [{"id": child["id"], "action": "updated", "status": "active"}]},
        }
        assert shop.preview(world["subscription"])["total"] == "60"
        shop.api.freeze("2026-04-02T00:00:00Z")
        assert len(shop.invoices(child)) == 1
        modify(shop, world["subscription"], "grouped_invoicing", action="remove", **params)
        shop.api.freeze("2026-05-02T00:00:00Z")
        assert [made["total"] for made in shop.invoices(child)] == ["30", "30"]

    def test_only_its_own_children_leave_a_group(self, shop: Shop, world: dict[str, Any]) -> None:
        other = shop.subscribe(shop.customer("other"), world["plan"])
        params = {"parent_subscription_id": world["subscription"]["id"], "child_subscription_ids": [other["id"]]}
        modify(shop, world["subscription"], "grouped_invoicing", expect=400, action="remove", **params)
