"""Prices: what is refused, and what would bill nothing or twice."""

import pytest

from tests.rules.samples import BASE, FEATURE, USAGE, only_error, warnings, with_price


@pytest.mark.parametrize(
    ("price", "message"),
    [
        (USAGE.replace("feature_lookup_key: f, ", "") + ", amount: 1", "a USAGE price needs the feature_lookup_key of a metered feature"),
        (USAGE.replace("ARREAR", "ADVANCE") + ", amount: 1", "a USAGE price is billed in ARREAR"),
        (USAGE + ", amount: 1, min_quantity: 2", "min_quantity goes with FIXED prices"),
        (USAGE + ", amount: 1, trial_period_days: 2", "trial_period_days go with FIXED prices"),
        (USAGE.replace("feature_lookup_key: f", "feature_lookup_key: ff") + ", amount: 1", "no such feature"),
        (BASE + ", feature_lookup_key: f", "only a USAGE price has a feature_lookup_key"),
        (BASE + ", min_quantity: -1", "cannot be negative"),
        (BASE + ", trial_period_days: -1", "cannot be negative"),
        (BASE + ", billing_period_count: 0", "must be 1 or more"),
        (BASE.replace("ADVANCE", "ARREAR") + ", billing_period: ONETIME", "a ONETIME price is billed in ADVANCE"),
        (BASE + ", billing_period: ONETIME, trial_period_days: 3", "a ONETIME price has no trial"),
        (BASE + ", start_date: 2026-01-02T00:00:00Z, end_date: 2026-01-01T00:00:00Z", "must be after start_date"),
        (BASE.replace("amount: 1", "amount: -1"), "amount cannot be negative"),
        (BASE.replace("amount: 1", "amount: 0.0000000000000001"), "more than 15 decimal places or 10 digits before the point"),
        (BASE.replace("amount: 1", "amount: 10000000000"), "more than 15 decimal places or 10 digits before the point"),
        (BASE.replace(" amount: 1,", ""), "a FLAT_FEE price needs an amount"),
        (BASE + ", tiers: [{unit_amount: 1}]", "tiers go with TIERED, not FLAT_FEE"),
        (BASE + ", tier_mode: SLAB", "tier_mode goes with TIERED, not FLAT_FEE"),
        (BASE + ", transform_quantity: {divide_by: 5}", "transform_quantity goes with PACKAGE, not FLAT_FEE"),
        (BASE + ", billing_model: PACKAGE", "a PACKAGE price needs transform_quantity"),
        (BASE + ", billing_model: PACKAGE, transform_quantity: {divide_by: 0}", "must be 1 or more"),
        (USAGE + ", billing_model: TIERED, tier_mode: SLAB", "a TIERED price needs tiers"),
        (USAGE + ", billing_model: TIERED, tiers: [{unit_amount: 1}]", "a TIERED price without tier_mode bills 0: give VOLUME or SLAB"),
        (
            USAGE + ", billing_model: TIERED, tier_mode: SLAB, amount: 1, tiers: [{unit_amount: 1}]",
            "a TIERED price has its amounts in the tiers",
        ),
        (
            USAGE + ", billing_model: TIERED, tier_mode: SLAB, tiers: [{unit_amount: 1}, {unit_amount: 2}]",
            "only the last tier has no up_to",
        ),
        (
            USAGE
            + ", billing_model: TIERED, tier_mode: SLAB, tiers: [{up_to: 9, unit_amount: 1}, {up_to: 9, unit_amount: 2}, {unit_amount: 1}]",
            "each up_to must be above the one before (9)",
        ),
        (
            USAGE + ", billing_model: TIERED, tier_mode: SLAB, tiers: [{up_to: 0, unit_amount: 1}, {unit_amount: 1}]",
            "each up_to must be above the one before (0)",
        ),
        (USAGE + ", billing_model: TIERED, tier_mode: SLAB, tiers: [{unit_amount: -1}]", "unit_amount cannot be negative"),
        (USAGE + ", billing_model: TIERED, tier_mode: SLAB, tiers: [{unit_amount: 1, flat_amount: -1}]", "flat_amount cannot be negative"),
        (BASE + ", group_lookup_key: g", "no such price group"),
        (BASE.replace("amount: 1", "price_unit_type: CUSTOM"), "price_unit_type CUSTOM needs a price_unit_config"),
        (BASE.replace("amount: 1", "price_unit_type: CUSTOM, price_unit_config: {price_unit: cr, amount: 1}"), "no such price unit"),
    ],
)
def test_prices_the_api_refuses_or_bills_wrongly(price: str, message: str) -> None:
    assert only_error(with_price(price)).message == message


def test_a_usage_price_needs_a_metered_feature() -> None:
    text = with_price(USAGE + ", amount: 1").replace(FEATURE, "{lookup_key: f, name: F, type: boolean}")
    assert only_error(text).message == "a USAGE price needs a metered feature, this one is boolean"


UNIT = "price_units: [{code: cr, name: C, symbol: C, base_currency: usd, conversion_rate: 0.5}]\n"


@pytest.mark.parametrize(
    ("price", "message"),
    [
        (
            BASE + ", price_unit_type: CUSTOM, price_unit_config: {price_unit: cr, amount: 1}",
            "amounts of a CUSTOM price stand in price_unit_config",
        ),
        (
            BASE.replace("usd, amount: 1", "eur, price_unit_type: CUSTOM, price_unit_config: {price_unit: cr, amount: 1}"),
            "must be the base currency of price unit cr, usd",
        ),
        (BASE.replace("amount: 1", "price_unit_type: CUSTOM, price_unit_config: {price_unit: cr}"), "a FLAT_FEE price needs an amount"),
        (
            BASE.replace("amount: 1", "price_unit_type: CUSTOM, price_unit_config: {price_unit: cr, amount: -1}"),
            "amount cannot be negative",
        ),
    ],
)
def test_custom_prices_the_api_refuses(price: str, message: str) -> None:
    assert only_error(with_price(price) + UNIT).message == message


def test_a_fiat_price_has_no_price_unit() -> None:
    found = only_error(with_price(BASE + ", price_unit_config: {price_unit: cr}") + UNIT)
    assert found.message == "price_unit_config goes with price_unit_type CUSTOM"


def test_a_price_unit_has_a_worth() -> None:
    assert only_error("version: 1\n" + UNIT.replace("0.5", "0")).message == "must be above 0"


def test_a_closed_last_tier_is_worth_a_warning() -> None:
    tiers = ", billing_model: TIERED, tier_mode: {mode}, tiers: [{{up_to: 10, unit_amount: 1}}]"
    (slab,) = warnings(with_price(USAGE + tiers.format(mode="SLAB")))
    (volume,) = warnings(with_price(USAGE + tiers.format(mode="VOLUME")))
    assert "no open tier: usage above 10 is free" in slab
    assert "no open tier: usage above 10 costs the last tier's rate" in volume


def test_prices_that_one_subscription_gets_twice_are_worth_a_warning() -> None:
    twice = with_price(f"{USAGE}, amount: 1}}, {{{USAGE.replace('lookup_key: p', 'lookup_key: q')}, amount: 2")
    assert "bills the same usage again as p" in warnings(twice)[0]
    other_currency = twice.replace("usd, invoice_cadence: ARREAR, amount: 2", "eur, invoice_cadence: ARREAR, amount: 2")
    assert warnings(other_currency) == []


def test_trials_that_differ_are_worth_a_warning() -> None:
    text = with_price(f"{BASE}, trial_period_days: 7}}, {{{BASE.replace('lookup_key: p', 'lookup_key: q')}")
    assert "trial_period_days differ from p" in warnings(text)[0]
