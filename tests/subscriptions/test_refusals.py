"""What a creation is refused for, with the message and details a client reads."""

from typing import Any

import pytest

from tests.subscriptions.shop import ADVANCE, NOW, START, Shop, usage

LATER = "2026-04-01T00:00:00Z"


@pytest.mark.parametrize(
    ("fields", "message", "details"),
    [
        ({"customer_id": None}, "Please provide either customer_id or external_customer_id", None),
        ({"billing_period": "MONTH"}, "Invalid billing period", {"billing_period": "MONTH"}),
        (
            {"billing_cycle": "lunar"},
            "Invalid billing cycle",
            {"allowed_values": ["anniversary", "calendar"], "provided_value": "lunar"},
        ),
        (
            {"end_date": "2026-02-01T00:00:00Z"},
            "End date must be after start date",
            {"end_date": "2026-02-01T00:00:00Z", "start_date": START},
        ),
        ({"overage_factor": "0.5"}, "Overage factor must be greater than or equal to 1.0", {"overage_factor": "0.5"}),
        ({"commitment_amount": "-1"}, "Commitment amount must be non-negative", {"commitment_amount": "-1"}),
        (
            {"proration_behavior": "create_prorations"},
            "Either set start date to current day or later, or disable proration behavior",
            {"current_date": NOW[:10], "start_date": START[:10]},
        ),
        (
            {"billing_cycle": "calendar", "billing_anchor": LATER},
            "billing_anchor can only be passed when billing_cycle is anniversary",
            {"billing_anchor": LATER, "billing_cycle": "calendar"},
        ),
        ({"currency": "eur"}, "No prices match the subscription criteria", None),
        ({"billing_period": "WEEKLY"}, "The entity must have at least one price to create a subscription", None),
        (
            {"override_line_items": [{"price_id": "price_nope", "amount": "1"}]},
            "Could not find the original price for the specified price ID. The price must exist in the plan to create an override",
            {"price_id": "price_nope"},
        ),
        ({"subscription_status": "gone"}, "Invalid subscription status", None),
        ({"billing_period_count": -1}, "Billing period count must be greater than 0", {"billing_period_count": -1}),
        ({"trial_period_days": 7, "line_items": [{"price_id": "price_x"}]}, "Line items can only be added to active subscriptions", None),
        ({"subscription_coupons": [{"coupon_code": "NOPE"}]}, "No published coupon with code 'NOPE'", None),
    ],
)
def test_broken_terms_are_named(shop: Shop, fields: dict[str, Any], message: str, details: dict[str, Any] | None) -> None:
    refused = shop.subscribe(shop.customer(), shop.plan("pro", ADVANCE), expect=400, **fields)
    assert (refused["code"], refused["message"]) == ("validation_error", message)
    if details is not None:
        assert refused["details"] == details
    assert shop.api.get("/subscriptions")["pagination"]["total"] == 0


@pytest.mark.parametrize("field", ["plan_id", "currency", "billing_period"])
def test_missing_fields_name_the_failed_tag(shop: Shop, field: str) -> None:
    refused = shop.subscribe(shop.customer(), shop.plan("pro", ADVANCE), expect=400, **{field: None})
    assert refused["message"] == "Request validation failed"
    assert [text.endswith("'required' tag") for text in refused["details"].values()] == [True]


def test_unknown_customer_and_plan_are_not_found(shop: Shop) -> None:
    customer, plan = shop.customer(), shop.plan("pro", ADVANCE)
    assert shop.subscribe({"id": "cust_nope"}, plan, expect=404)["message"] == "Customer with ID cust_nope was not found"
    assert shop.subscribe(customer, {"id": "plan_nope"}, expect=404)["message"] == "Plan with ID plan_nope was not found"
    refused = shop.subscribe(customer, plan, customer_id=None, external_customer_id="nobody", expect=404)
    assert refused["details"] == {"lookup_key": "nobody"}


def test_archived_plan_is_refused(shop: Shop) -> None:
    plan = shop.plan("pro", ADVANCE)
    shop.api.delete(f"/plans/{plan['id']}")
    assert shop.subscribe(shop.customer(), plan, expect=400)["message"] == "The plan must be active to create a subscription"


def test_a_threshold_needs_usage_only(shop: Shop) -> None:
    plan = shop.plan("pro", ADVANCE)
    refused = shop.subscribe(shop.customer(), plan, auto_invoice_threshold="10", expect=400)
    assert refused["details"] == {"price_id": plan["price_ids"][0], "price_type": "FIXED"}


def test_commitments_are_for_usage_lines_and_for_one_level(shop: Shop) -> None:
    plan = shop.plan("pro", ADVANCE, usage(shop.feature()["meter_id"]))
    customer = shop.customer()
    fixed, metered = plan["price_ids"]
    terms = {"commitment_amount": "20", "overage_factor": "2"}
    refused = shop.subscribe(customer, plan, line_item_commitments={fixed: terms}, expect=400)
    assert refused["message"] == "Line item must have price_type='usage' to use commitment pricing"
    both = shop.subscribe(customer, plan, line_item_commitments={metered: terms}, commitment_amount="5", overage_factor="1.5", expect=400)
    assert both["message"] == "Cannot set commitment on both subscription and line item level"
    line = next(line for line in shop.subscribe(customer, plan, line_item_commitments={metered: terms})["line_items"] if "meter_id" in line)
    assert (line["commitment_type"], line["commitment_amount"], line["commitment_overage_factor"]) == ("amount", "20", "2")


def test_trial_lengths_of_prices_must_agree(shop: Shop) -> None:
    plan = shop.plan("pro", {**ADVANCE, "trial_period_days": 7}, {**ADVANCE, "trial_period_days": 14})
    customer = shop.customer()
    assert shop.subscribe(customer, plan, expect=400)["details"] == {"trial_period_days": [7, 14]}
    assert shop.subscribe(customer, plan, trial_period_days=0)["subscription_status"] == "active"


@pytest.mark.parametrize(
    "phases",
    [
        [{"start_date": "2026-03-02T00:00:00Z"}],
        [{"start_date": START}, {"start_date": LATER}],
        [{"start_date": START, "end_date": LATER}, {"start_date": "2026-05-01T00:00:00Z"}],
        [{"start_date": START, "end_date": START}],
    ],
)
def test_phases_must_follow_each_other(shop: Shop, phases: list[dict[str, str]]) -> None:
    assert shop.subscribe(shop.customer(), shop.plan("pro", ADVANCE), phases=phases, expect=400)["code"] == "validation_error"


@pytest.mark.parametrize(
    "raw", [b'{"a"', b"[]", b'{"start_date": "2026-01-01"}', b'{"metadata": {"a": 1}}', b'{"billing_period_count": "x"}']
)
def test_unreadable_bodies_get_the_fixed_hint(api: Any, raw: bytes) -> None:
    answer = api.send("POST", "/subscriptions", raw=raw)
    assert (answer.status_code, answer.json()["message"]) == (400, "Invalid request format")
