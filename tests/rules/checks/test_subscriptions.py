"""Subscriptions to start with."""

import pytest

from tests.rules.samples import EVERYTHING, errors, warnings

SUBSCRIPTION = "    billing_period: MONTHLY\n    start_date: 2026-01-01T00:00:00Z\n    commitment_amount: 10\n    overage_factor: 1\n"


@pytest.mark.parametrize(
    ("new", "message"),
    [
        ("    billing_period: ONETIME\n", "a subscription recurs"),
        ("    billing_period: ANNUAL\n", "plan pro has no price in this currency and billing_period"),
        ("    billing_period: MONTHLY\n    billing_period_count: 0\n", "must be 1 or more"),
        (
            "    billing_period: MONTHLY\n    start_date: 2026-01-01T00:00:00Z\n    end_date: 2026-01-01T00:00:00Z\n",
            "must be after start_date",
        ),
        (
            "    billing_period: MONTHLY\n    billing_cycle: calendar\n    billing_anchor: 2026-01-01T00:00:00Z\n",
            "goes with billing_cycle anniversary",
        ),
        ("    billing_period: MONTHLY\n    trial_period_days: -1\n", "cannot be negative"),
        ("    billing_period: MONTHLY\n    commitment_amount: -1\n    overage_factor: 1\n", "cannot be negative"),
        ("    billing_period: MONTHLY\n    overage_factor: 0.5\n", "must be 1 or more"),
        (
            "    billing_period: MONTHLY\n    commitment_amount: 1\n    overage_factor: 2\n",
            "a subscription's commitment and those of its lines exclude each other",
        ),
        (
            "    billing_period: MONTHLY\n    collection_method: send_invoice\n    payment_behavior: allow_incomplete\n",
            "send_invoice allows default_active and default_incomplete",
        ),
        ("    billing_period: MONTHLY\n    payment_behavior: default_incomplete\n", "charge_automatically does not allow it"),
        ("    billing_period: MONTHLY\n    auto_invoice_threshold: 5\n", "goes with plans that have usage prices only"),
    ],
)
def test_subscriptions_the_api_refuses(new: str, message: str) -> None:
    found = {issue.message for issue in errors(EVERYTHING.replace(SUBSCRIPTION, new, 1))}
    assert message in found
    assert found <= {message, "plan pro has no price in this currency and billing_period"}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("price_lookup_key: pro.base, quantity: 3", "price_lookup_key: pro.bas, quantity: 3", "no such price of the plan"),
        (
            "[{price_lookup_key: pro.base, quantity: 3}]",
            "[{price_lookup_key: pro.base, quantity: 3}, {price_lookup_key: pro.base}]",
            "each price can be overridden once",
        ),
        ("quantity: 3}", "quantity: -3}", "cannot be negative"),
        ("quantity: 3}", "amount: -3}", "cannot be negative"),
        ("quantity: 3}", "tiers: [{unit_amount: -3}]}", "unit_amount cannot be negative"),
        ("commitment_amount: 5, overage", "commitment_quantity: 5, overage", "commitment_type amount needs commitment_amount above 0"),
        (
            "commitment_type: amount, commitment_amount: 5",
            "commitment_type: quantity, commitment_quantity: 5, commitment_amount: 5",
            "goes with the other commitment_type, not quantity",
        ),
        ("overage_factor: 2}", "overage_factor: 0.9}", "must be 1 or more"),
        ("overage_factor: 2}", "overage_factor: 2, is_window_commitment: true}", "goes with meters that have a bucket_size"),
        ("[{addon_lookup_key: more,", "[{addon_lookup_key: moore,", "no such add-on"),
        ("[{coupon_code: ten}]", "[{coupon_code: tenn}]", "no such coupon"),
        ("[{tax_rate_code: VAT, currency: usd}]", "[{tax_rate_code: VAD, currency: usd}]", "no such tax rate"),
    ],
)
def test_subscription_lines_the_api_refuses(old: str, new: str, message: str) -> None:
    assert old in EVERYTHING
    assert message in {issue.message for issue in errors(EVERYTHING.replace(old, new, 1))}


def test_prices_that_start_later_are_worth_a_warning() -> None:
    assert any("bill only from their creation" in line for line in warnings(EVERYTHING))
    without = EVERYTHING.replace("    start_date: 2026-01-01T00:00:00Z\n    commitment", "    commitment")
    assert not any("bill only from their creation" in line for line in warnings(without))


def test_a_commitment_without_a_factor_is_worth_a_warning() -> None:
    assert any("acts only with an overage_factor above 1" in line for line in warnings(EVERYTHING))
