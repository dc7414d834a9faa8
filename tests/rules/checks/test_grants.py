"""Entitlements and credit grants."""

import pytest

from tests.rules.samples import USAGE, only_error, warnings, with_price


def test_an_unlimited_entitlement_beside_its_price_is_worth_a_warning() -> None:
    text = with_price(f"{USAGE}, amount: 1").replace("}]}]\n", "}], entitlements: [{feature_lookup_key: f}]}]\n")
    assert "no usage_limit is unlimited, so p never bills" in warnings(text)[0]
    assert warnings(text.replace("{feature_lookup_key: f}", "{feature_lookup_key: f, usage_limit: 5}")) == []


FEATURES = (
    "[{lookup_key: f, name: F, type: metered, meter: {event_name: e, aggregation: {type: SUM, field: n}}}, "
    "{lookup_key: b, name: B, type: boolean}, {lookup_key: s, name: S, type: static}, {lookup_key: c, name: C, type: config}, "
    "{lookup_key: m, name: M, type: metered, meter: {event_name: e, aggregation: {type: MAX, field: n, bucket_size: DAY}}}]"
)


def entitled(entitlement: str) -> str:
    return f"version: 1\nfeatures: {FEATURES}\nplans: [{{lookup_key: p, name: P, entitlements: [{{{entitlement}}}]}}]"


@pytest.mark.parametrize(
    ("entitlement", "message"),
    [
        ("feature_lookup_key: x", "no such feature"),
        ("feature_lookup_key: b, usage_limit: 5", "usage_limit goes with metered features, this one is boolean"),
        ("feature_lookup_key: f, usage_limit: -5", "cannot be negative"),
        ("feature_lookup_key: m, usage_limit: 5", "a feature measured by MAX with bucket_size cannot have entitlements"),
        ("feature_lookup_key: s", "a static feature needs a static_value"),
        ("feature_lookup_key: b, static_value: x", "static_value goes with static features"),
        ("feature_lookup_key: c", "a config feature needs a config_value"),
        ("feature_lookup_key: b, config_value: {a: 1}", "config_value goes with config features"),
        (
            "feature_lookup_key: f, grant_quota: 5, grant_measure: quantity, grant_duration_value: 1",
            "a grant needs grant_measure, grant_quota and grant_duration_unit",
        ),
        (
            "feature_lookup_key: f, grant_quota: 0, grant_measure: quantity, grant_duration_unit: day, grant_duration_value: 1",
            "must be above 0",
        ),
        ("feature_lookup_key: f, grant_quota: 5, grant_measure: quantity, grant_duration_unit: day", "must be 1 or more"),
    ],
)
def test_entitlements_the_api_refuses(entitlement: str, message: str) -> None:
    assert only_error(entitled(entitlement)).message == message


@pytest.mark.parametrize(
    "entitlement",
    [
        "feature_lookup_key: f, usage_limit: 5, usage_reset_period: NEVER, is_soft_limit: true",
        "feature_lookup_key: f, grant_quota: 5, grant_measure: amount, grant_duration_unit: subscription_period",
        "feature_lookup_key: b",
        "feature_lookup_key: s, static_value: gold",
        "feature_lookup_key: c, config_value: {a: 1}",
    ],
)
def test_entitlements_the_api_takes(entitlement: str) -> None:
    assert warnings(entitled(entitlement)) == []


@pytest.mark.parametrize(
    ("grant", "message"),
    [
        ("credits: 0, cadence: ONETIME, expiration_type: NEVER", "must be above 0"),
        ("credits: 1, cadence: ONETIME, expiration_type: NEVER, priority: -1", "cannot be negative"),
        ("credits: 1, cadence: ONETIME, expiration_type: NEVER, period: MONTHLY", "period and period_count go with RECURRING grants"),
        ("credits: 1, cadence: RECURRING, period_count: 1, expiration_type: NEVER", "a RECURRING grant needs a period"),
        ("credits: 1, cadence: RECURRING, period: MONTHLY, expiration_type: NEVER", "a RECURRING grant needs a period_count of 1 or more"),
        (
            "credits: 1, cadence: ONETIME, expiration_type: DURATION, expiration_duration: 1",
            "DURATION needs expiration_duration of 1 or more and expiration_duration_unit",
        ),
        (
            "credits: 1, cadence: ONETIME, expiration_type: NEVER, expiration_duration: 1",
            "expiration_duration goes with DURATION, not NEVER",
        ),
        ("credits: 1, cadence: ONETIME, expiration_type: NEVER, conversion_rate: 0", "must be above 0"),
    ],
)
def test_credit_grants_the_api_refuses(grant: str, message: str) -> None:
    assert only_error(f"version: 1\nplans: [{{lookup_key: p, name: P, credit_grants: [{{name: G, {grant}}}]}}]").message == message


def test_credit_grants_of_one_plan_share_their_rates() -> None:
    grant = "cadence: ONETIME, expiration_type: NEVER, credits: 1"
    text = (
        f"version: 1\nplans: [{{lookup_key: p, name: P, credit_grants: [{{name: A, {grant}}}, {{name: B, conversion_rate: 2, {grant}}}]}}]"
    )
    assert only_error(text).message == "all credit grants of one owner share their conversion rates; A has others"


def test_grants_on_other_aggregations_are_worth_a_warning() -> None:
    grant = "feature_lookup_key: m, grant_quota: 1, grant_measure: amount, grant_duration_unit: subscription_period"
    text = entitled(grant).replace("MAX, field: n, bucket_size: DAY", "AVG, field: n")
    assert "grants work with SUM" in warnings(text)[0]
