"""What is planned: order, comparison by meaning, what can and cannot be changed in place."""

from datetime import UTC, datetime
from typing import Any

import pytest

from flexprice_rules import Change, apply, parse, plan
from flexprice_rules.changes.bodies import Figure, Moment
from flexprice_rules.changes.compare import same
from tests.rules.fake import NOW, FakeTarget
from tests.rules.samples import EVERYTHING


@pytest.fixture
def target() -> FakeTarget:
    """Holds the sample of everything."""
    filled = FakeTarget()
    apply(parse(EVERYTHING, "f.yaml").rules, filled)
    filled.calls.clear()
    return filled


def changes(old: str, new: str, target: FakeTarget, **options: Any) -> list[Change]:
    """The changes after `old` in the sample became `new`."""
    assert old in EVERYTHING
    return plan(parse(EVERYTHING.replace(old, new, 1), "f.yaml").rules, target, **options)


def only_change(old: str, new: str, target: FakeTarget, **options: Any) -> Change:
    (change,) = changes(old, new, target, **options)
    return change


def test_an_empty_target_gets_everything_in_the_order_of_what_refers_to_what() -> None:
    planned = plan(parse(EVERYTHING).rules, FakeTarget())
    assert {change.action for change in planned} == {"create"}
    kinds = [change.kind for change in planned]
    assert list(dict.fromkeys(kinds)) == [
        "price_unit",
        "group",
        "feature",
        "plan",
        "price",
        "entitlement",
        "credit_grant",
        "addon",
        "coupon",
        "tax_rate",
        "customer",
        "tax_association",
        "wallet",
        "subscription",
    ]


def test_planning_writes_nothing(target: FakeTarget) -> None:
    changes("name: Pro\n", "name: Professional\n", target)
    assert target.calls == []


def test_a_target_that_holds_the_rules_needs_nothing(target: FakeTarget) -> None:
    assert plan(parse(EVERYTHING).rules, target) == []


@pytest.mark.parametrize(
    ("old", "new", "kind", "fields"),
    [
        ("name: Credit,", "name: Credits,", "price_unit", ("name",)),
        ("name: Tokens\n", "name: Tokens!\n", "feature", ("name",)),
        ("values: [a, b]", "values: [a, c]", "feature", ("filters",)),
        ("metadata: {a: 007}", "metadata: {a: 7}", "feature", ("metadata",)),
        ("description: The plan", "description: A plan", "plan", ("description",)),
        ("display_order: 2", "display_order: 3", "plan", ("display_order",)),
        ("usage_limit: 0", "usage_limit: 100", "entitlement", ("usage_limit",)),
        ("is_enabled: false", "is_enabled: true", "entitlement", ("is_enabled",)),
        ("static_value: gold", "static_value: silver", "entitlement", ("static_value",)),
        ("config_value: {projects: 5,", "config_value: {projects: 6,", "entitlement", ("config_value",)),
        ("name: More\n    metadata: {n: 1}", "name: More\n    metadata: {n: 2}", "addon", ("metadata",)),
        ("name: Ten", "name: Ten %", "coupon", ("name",)),
        ("name: Fee,", "name: Fees,", "tax_rate", ("name",)),
        ("address_postal_code: 01067", "address_postal_code: 1067", "customer", ("address_postal_code",)),
        ("currency: EUR, priority: 1", "currency: EUR, priority: 2", "tax_association", ("priority",)),
        ("name: Main", "name: Side", "wallet", ("name",)),
        ("threshold: 10.0,", "threshold: 11,", "wallet", ("auto_topup",)),
        ("allowed_price_types: [ALL]", "allowed_price_types: [USAGE]", "wallet", ("config",)),
        ("trial_period_days: 7, min", "display_name: Fee, trial_period_days: 7, min", "price", ("display_name",)),
    ],
)
def test_what_the_api_changes_in_place_is_an_update_of_just_that(
    old: str, new: str, kind: str, fields: tuple[str, ...], target: FakeTarget
) -> None:
    change = only_change(old, new, target)
    assert (change.action, change.kind, change.fields) == ("update", kind, fields)
    assert [(call.method, set(call.body)) for call in change.calls] == [("PUT", set(fields))]


@pytest.mark.parametrize(
    ("old", "new", "fields"),
    [
        ("amount: 20.00", "amount: 25", ("amount",)),
        ("unit_amount: 0.05", "unit_amount: 0.06", ("tiers",)),
        ("unit_amount: 0.10, flat_amount: 1.0", "unit_amount: 0.10", ("tiers",)),
        ("{up_to: 1000,", "{up_to: 2000,", ("tiers",)),
        ("tier_mode: SLAB", "tier_mode: VOLUME", ("tier_mode",)),
        ("divide_by: 10}", "divide_by: 20}", ("transform_quantity",)),
        ("price_unit: cr, amount: 3.0", "price_unit: cr, amount: 4.0", ("price_unit_amount",)),
        ("{at: {size: L, hd: true}, amount: 0.40}", "{at: {size: L, hd: true}, amount: 0.50}", ("amount",)),
    ],
)
def test_changed_money_terms_make_a_new_version_of_the_price(old: str, new: str, fields: tuple[str, ...], target: FakeTarget) -> None:
    change = only_change(old, new, target)
    assert (change.action, change.kind, change.fields) == ("version", "price", fields)
    assert [call.method for call in change.calls] == ["PUT"]


def test_a_new_version_may_begin_later(target: FakeTarget) -> None:
    start = datetime(2026, 3, 1, tzinfo=UTC)
    change = only_change("amount: 20.00", "amount: 25", target, effective_from=start)
    assert change.calls[0].body["effective_from"] == "2026-03-01T00:00:00Z"
    assert change.calls[0].body["amount"] == "25"


def test_a_later_version_is_not_held_to_the_first_start_date(target: FakeTarget) -> None:
    text = EVERYTHING.replace("transform_quantity: {divide_by: 10}", "transform_quantity: {divide_by: 20}")
    apply(parse(text).rules, target)
    assert plan(parse(text).rules, target) == []


def test_an_end_date_ends_the_price_and_stays_ended(target: FakeTarget) -> None:
    old, new = "amount: 20.00,", "amount: 20.00, end_date: 2026-06-01T00:00:00Z,"
    change = only_change(old, new, target)
    assert (change.action, change.calls[0].method, change.calls[0].body) == ("end", "DELETE", {"end_date": "2026-06-01T00:00:00Z"})
    apply(parse(EVERYTHING.replace(old, new, 1)).rules, target)
    assert changes(old, new, target) == []
    other = only_change(old, new.replace("06-01", "07-01"), target)
    assert (other.action, other.reason) == ("blocked", "the price has another end_date already")


def test_an_end_that_is_still_to_come_cannot_be_forgotten(target: FakeTarget) -> None:
    ended = EVERYTHING.replace("amount: 20.00,", "amount: 20.00, end_date: 2026-06-01T00:00:00Z,", 1)
    apply(parse(ended).rules, target)
    (change,) = plan(parse(EVERYTHING).rules, target)
    assert change.action == "blocked"
    assert change.reason.startswith("the price ends at 2026-06-01T00:00:00Z")


def test_terms_and_end_do_not_change_at_once(target: FakeTarget) -> None:
    change = only_change("amount: 20.00,", "amount: 21, end_date: 2026-06-01T00:00:00Z,", target)
    assert (change.action, change.reason) == ("blocked", "change the terms and the end_date one after the other")


def test_a_price_that_ended_in_the_past_is_known_by_its_end(target: FakeTarget) -> None:
    old, new = "amount: 20.00,", "amount: 20.00, end_date: 2026-01-10T00:00:00Z,"
    apply(parse(EVERYTHING.replace(old, new, 1)).rules, target)
    assert changes(old, new, target) == []


@pytest.mark.parametrize(
    ("old", "new", "at", "reason"),
    [
        (
            "conversion_rate: 0.010}",
            "conversion_rate: 0.02}",
            "0.02",
            "the API cannot change conversion_rate",
        ),
        ("name: Prices,", "name: Price,", "Price,", "the API cannot change name of an existing group"),
        (
            "aggregation: {type: SUM, field: n}",
            "aggregation: {type: MAX, field: n}",
            "event_name",
            "a meter's aggregation cannot",
        ),
        ("event_name: llm", "event_name: llm2", "event_name", "a meter's event_name cannot be changed"),
        ("filters: [{key: model, values: [a, b]}]", "filters: []", "event_name", "the last filter of a meter cannot be removed"),
        (
            "amount: 20.00, invoice_cadence: ADVANCE",
            "amount: 20.00, invoice_cadence: ARREAR",
            "ARREAR",
            "the API cannot change invoice_cadence",
        ),
        ("min_quantity: 2", "min_quantity: 3", "3}", "the API cannot change min_quantity of a price"),
        (
            "start_date: 2026-01-01T00:00:00+01:00",
            "start_date: 2026-01-02T00:00:00+01:00",
            "2026-01-02",
            "the API cannot change start_date",
        ),
        ("usage_limit: 0, ", "", "{feature_lookup_key: tokens", "the API cannot make a limited entitlement unlimited"),
        ("credits: 50.0", "credits: 60", "60", "the API changes only the metadata of a credit grant"),
        ("percentage_off: 10.0", "percentage_off: 11", "11", "the API cannot change percentage_off of an existing coupon"),
        (
            "percentage_value: 19.0",
            "percentage_value: 20",
            "20",
            "the API cannot change percentage_value",
        ),
        (
            "billing_period: MONTHLY\n    start_date: 2026-01-01T00:00:00Z",
            "billing_period: MONTHLY\n    start_date: 2026-01-02T00:00:00Z",
            "2026-01-02",
            "a subscription is changed by its own operations",
        ),
    ],
)
def test_what_the_api_cannot_change_is_blocked_with_its_place(old: str, new: str, at: str, reason: str, target: FakeTarget) -> None:
    change = only_change(old, new, target)
    assert change.action == "blocked"
    assert change.reason.startswith(reason)
    line = EVERYTHING.replace(old, new, 1).splitlines()[change.place.line - 1]
    assert line[change.place.column - 1 :].startswith(at)
    assert change.calls == ()


def test_what_the_rules_leave_out_is_left_alone(target: FakeTarget) -> None:
    assert changes("    description: The plan\n    display_order: 2\n    metadata: {tier: 1}\n", "", target) == []


def test_what_the_target_has_beyond_the_rules_is_reported_and_kept(target: FakeTarget) -> None:
    planned = changes("      - {name: Welcome, credits", "      - {name: Hello, credits", target)
    assert [(change.action, change.kind, change.key) for change in planned] == [
        ("create", "credit_grant", "pro/Hello"),
        ("extra", "credit_grant", "Welcome"),
    ]
    planned = changes("lookup_key: more.packages", "lookup_key: more.boxes", target)
    assert ("extra", "more.packages") in [(change.action, change.key) for change in planned]
    planned = changes("      - {feature_lookup_key: level, static_value: gold}\n", "", target)
    assert [(change.action, change.kind) for change in planned] == [("extra", "entitlement")]


def test_ended_and_archived_things_do_not_count(target: FakeTarget) -> None:
    target.one("/prices", lookup_key="more.packages")["end_date"] = NOW
    target.one("/plans", lookup_key="pro")["status"] = "archived"
    actions = [
        (change.action, change.kind, change.key) for change in plan(parse(EVERYTHING).rules, target) if change.kind in ("plan", "price")
    ]
    assert ("create", "plan", "pro") in actions
    assert ("create", "price", "more.packages") in actions
    assert ("create", "price", "more.tokens") not in actions


def test_long_lists_are_read_to_the_end() -> None:
    prices = "\n".join(
        f"      - {{lookup_key: p{number}, type: FIXED, currency: usd, amount: 1, invoice_cadence: ADVANCE}}" for number in range(1005)
    )
    rules = parse(f"version: 1\nplans:\n  - lookup_key: big\n    name: Big\n    prices:\n{prices}").rules
    target = FakeTarget()
    apply(rules, target)
    assert plan(rules, target) == []


@pytest.mark.parametrize(
    ("wanted", "found", "name"),
    [
        (Figure("0.10"), "0.1", "amount"),
        (Figure("0"), None, "amount"),
        (3, "3", "min_quantity"),
        ("usd", "USD", "currency"),
        (Moment("2026-01-01T00:00:00Z"), "2026-01-01T01:00:00.000999999+01:00", "start_date"),
        (False, None, "auto_apply"),
        ("", None, "description"),
        ([], None, "filters"),
        ({"a": "1"}, {"a": 1}, "metadata"),
        ([{"up_to": 5, "unit_amount": Figure("1")}], [{"up_to": 5, "unit_amount": "1.0", "flat_amount": "0"}], "tiers"),
    ],
)
def test_values_are_compared_by_meaning(wanted: Any, found: Any, name: str) -> None:
    assert same(wanted, found, name=name)


@pytest.mark.parametrize(
    ("wanted", "found", "name"),
    [
        (Figure("0.10"), "0.11", "amount"),
        (Figure("1"), "x", "amount"),
        ("01067", "1067", "address_postal_code"),
        (Moment("2026-01-01T00:00:00Z"), "soon", "start_date"),
        ("007", "7", "name"),
        (True, None, "auto_apply"),
        (True, "true", "auto_apply"),
        ({"a": "1"}, {"a": "1", "b": "2"}, "metadata"),
        ({"a": "1"}, None, "metadata"),
        ([{"unit_amount": "1"}], [{"up_to": 5, "unit_amount": "1"}], "tiers"),
        ([{"unit_amount": "1"}], [{"unit_amount": "1"}, {"unit_amount": "1"}], "tiers"),
        (Moment("2026-01-01T00:00:00Z"), "2026-01-01T00:00:01Z", "start_date"),
    ],
)
def test_values_that_differ_in_meaning_differ(wanted: Any, found: Any, name: str) -> None:
    assert not same(wanted, found, name=name)
