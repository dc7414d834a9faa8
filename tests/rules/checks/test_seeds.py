"""Coupons, taxes, customers, wallets."""

import pytest

from tests.rules.samples import EVERYTHING, only_error, warnings


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ("coupons: [{coupon_code: c, name: C, type: fixed, cadence: once, currency: usd}]", "a fixed coupon needs an amount_off above 0"),
        (
            "coupons: [{coupon_code: c, name: C, type: fixed, cadence: once, amount_off: 5}]",
            "a fixed coupon needs a currency, or it applies to none",
        ),
        (
            "coupons: [{coupon_code: c, name: C, type: percentage, cadence: once, percentage_off: 101}]",
            "a percentage coupon needs a percentage_off above 0, up to 100",
        ),
        (
            "coupons: [{coupon_code: c, name: C, type: percentage, cadence: once, percentage_off: 10, currency: usd}]",
            "amount_off and currency go with fixed coupons",
        ),
        (
            "coupons: [{coupon_code: c, name: C, type: percentage, cadence: repeated, percentage_off: 10}]",
            "a repeated coupon needs duration_in_periods of 1 or more",
        ),
        (
            "coupons: [{coupon_code: c, name: C, type: percentage, cadence: once, percentage_off: 10, duration_in_periods: 2}]",
            "goes with repeated coupons",
        ),
        (
            "coupons: [{coupon_code: c, name: C, type: percentage, cadence: once, percentage_off: 10, max_redemptions: 0}]",
            "must be 1 to 1000000",
        ),
        (
            (
                "coupons: [{coupon_code: c, name: C, type: percentage, cadence: once, percentage_off: 10, redeem_after: "
                "2026-01-01T00:00:00Z, redeem_before: 2026-01-01T00:00:00Z}]"
            ),
            "must be after redeem_after",
        ),
        ("tax_rates: [{code: c, name: C, tax_rate_type: percentage}]", "a percentage tax rate needs percentage_value"),
        ("tax_rates: [{code: c, name: C, tax_rate_type: percentage, percentage_value: 101}]", "must be 0 to 100"),
        ("tax_rates: [{code: c, name: C, tax_rate_type: fixed, fixed_value: -1}]", "cannot be negative"),
        (
            "tax_rates: [{code: c, name: C, tax_rate_type: fixed, fixed_value: 1, percentage_value: 1}]",
            "a fixed tax rate has no percentage_value",
        ),
        (f"customers: [{{external_id: c, name: C, contact: '{'1' * 21}'}}]", "contact is longer than 20 characters"),
        ("tax_associations: [{tax_rate_code: X, entity_type: tenant}]", "no such tax rate"),
        ("wallets: [{external_customer_id: c, currency: usd}]", "no such customer"),
        (
            (
                "subscriptions: [{lookup_key: s, external_customer_id: c, plan_lookup_key: p, currency: usd, billing_period: MONTHLY}]\n"
                "customers: [{external_id: c, name: C}]"
            ),
            "no such plan",
        ),
    ],
)
def test_seeds_the_api_refuses(section: str, message: str) -> None:
    assert only_error(f"version: 1\n{section}").message == message


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "{tax_rate_code: FEE, entity_type: tenant, currency: usd}",
            "{tax_rate_code: FEE, entity_type: customer}",
            "a customer's tax needs external_customer_id",
        ),
        (
            "{tax_rate_code: FEE, entity_type: tenant,",
            "{tax_rate_code: FEE, entity_type: tenant, external_customer_id: acme,",
            "a tenant's tax names no customer",
        ),
        ("price_unit: cr\n    auto", "price_unit: cr\n    conversion_rate: 1\n    auto", "the price unit sets the conversion_rate"),
        ("currency: usd\n    name: Main", "currency: eur\n    name: Main", "must be the base currency of price unit cr, usd"),
        ("initial_credits_to_load: 100", "initial_credits_to_load: -1", "cannot be negative"),
        ("initial_credits_to_load: 100", "topup_conversion_rate: 0", "must be above 0"),
        ("cooldown: {value: 1,", "cooldown: {value: 0,", "must be 1 or more"),
        ("alert_settings: {critical:", "alert_settings: {warning:", "alert_settings need a critical threshold"),
    ],
)
def test_taxes_and_wallets_the_api_refuses(old: str, new: str, message: str) -> None:
    assert old in EVERYTHING
    assert only_error(EVERYTHING.replace(old, new, 1)).message == message


def test_coupons_and_taxes_without_effect_are_worth_a_warning() -> None:
    coupon = "version: 1\ncoupons: [{coupon_code: c, name: C, type: percentage, cadence: once, percentage_off: 5, max_redemptions: 1}]"
    assert "never discounts" in warnings(coupon)[0]
    text = EVERYTHING.replace("currency: EUR, priority: 1", "auto_apply: false")
    assert any("is not charged on subscription invoices" in line for line in warnings(text))
