"""Loading: exact values, errors at their places, all of them at once."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexprice_rules import Issue, Loaded, Rules, RulesError, load, parse
from tests.rules.samples import BASE, EVERYTHING, errors, only_error, with_price

SECTIONS = ", ".join(Rules.model_fields)
PERIODS = "MONTHLY, ANNUAL, WEEKLY, DAILY, QUARTERLY, HALF_YEARLY, ONETIME"


def test_amounts_come_from_the_literal_text() -> None:
    rules = parse(with_price(BASE.replace("amount: 1", "amount: 0.10"))).rules
    amount = rules.plans[0].prices[0].amount
    assert amount is not None
    assert (str(amount), amount) == ("0.10", Decimal("0.10"))


def test_words_that_other_loaders_take_for_booleans_stay_words() -> None:
    rules = parse("version: 1\nplans: [{lookup_key: on, name: yes, metadata: {a: no, b: 2025-01-01, c: 1.0, d: true}}]").rules
    plan = rules.plans[0]
    assert (plan.lookup_key, plan.name) == ("on", "yes")
    assert plan.metadata == {"a": "no", "b": "2025-01-01", "c": "1.0", "d": "true"}


def test_free_form_values_have_their_plain_types() -> None:
    text = "version: 1\naddons: [{lookup_key: a, name: A, metadata: {n: 5, t: true, q: '5', f: 0.50, w: on, l: [1, x]}}]"
    assert parse(text).rules.addons[0].metadata == {"n": 5, "t": True, "q": "5", "f": "0.50", "w": "on", "l": [1, "x"]}


def test_times_keep_their_zone() -> None:
    rules = parse(with_price(f"{BASE}, start_date: 2026-01-01T01:00:00+01:00")).rules
    assert rules.plans[0].prices[0].start_date == datetime(2026, 1, 1, tzinfo=UTC)


def test_a_field_with_nothing_after_it_is_left_out() -> None:
    plan = parse("version: 1\nplans:\n  - lookup_key: p\n    name: P\n    prices:\n    metadata: ~").rules.plans[0]
    assert (plan.prices, plan.metadata) == ((), None)


def test_currencies_are_lower_case() -> None:
    assert parse(with_price(BASE.replace("usd", "EUR"))).rules.plans[0].prices[0].currency == "eur"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plans: []", "f.yaml:1:1: required field is missing: version"),
        ("version: 2", "f.yaml:1:10: not an allowed version: 2; allowed: 1"),
        ("version: 1\nplan: []", f"f.yaml:2:1: unknown field: plan; allowed: {SECTIONS}; did you mean plans?"),
        ("version: 1\nplans: {}", "f.yaml:2:8: expected a list: {}"),
        ("version: 1\nplans: [x]", "f.yaml:2:9: expected a mapping of fields: x"),
        ("version: 1\nplans:\n  - name: P", "f.yaml:3:5: required field is missing: lookup_key"),
        ("version: 1\nplans:\n  - {name: [a], lookup_key: p}", "f.yaml:3:12: expected a single value for name: [1 items]"),
        ("version: 1\nplans:\n  - {name: '', lookup_key: p}", "f.yaml:3:12: cannot be empty: "),
        ("- 1", "f.yaml:1:1: rules are a mapping that begins with version: 1"),
        ("text", "f.yaml:1:1: rules are a mapping that begins with version: 1"),
        ("~", "f.yaml:1:1: the file holds no rules"),
    ],
)
def test_wrong_shapes_are_named_with_their_place(text: str, expected: str) -> None:
    assert str(only_error(text)) == expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("amount: 1", "amount: 1e3", "not a plain decimal number such as 10 or 0.025: 1e3"),
        ("amount: 1", "amount: 1_000", "not a plain decimal number such as 10 or 0.025: 1_000"),
        ("amount: 1", "amount: .5", "not a plain decimal number such as 10 or 0.025: .5"),
        ("amount: 1", "amount: ٣", "not a plain decimal number such as 10 or 0.025: ٣"),
        ("currency: usd", "currency: dollar", "a currency is three letters: dollar"),
        ("type: FIXED", "type: fixed", "not an allowed type: fixed; allowed: USAGE, FIXED; did you mean FIXED?"),
        (
            "usd,",
            "usd, billing_period: MONTHY,",
            f"not an allowed billing_period: MONTHY; allowed: {PERIODS}; did you mean MONTHLY?",
        ),
        ("usd,", "usd, min_quantity: 1.5,", "not a whole number: 1.5"),
        ("usd,", "usd, min_quantity: 99999999999999999999,", "not a whole number: 99999999999999999999"),
        ("usd,", "usd, start_date: 2025-01-01,", "not an RFC 3339 time with zone such as 2025-01-31T00:00:00Z: 2025-01-01"),
        ("usd,", "usd, start_date: 2025-02-30T00:00:00Z,", "no such time: 2025-02-30T00:00:00Z"),
    ],
)
def test_wrong_values_are_named_with_their_place(old: str, new: str, expected: str) -> None:
    text = with_price(BASE.replace(old, new, 1))
    issue = only_error(text)
    assert str(issue).partition(": ")[2] == expected
    assert issue.found is not None
    line = text.splitlines()[issue.place.line - 1]
    assert line[issue.place.column - 1 :].startswith(issue.found)


def test_booleans_are_true_and_false_only() -> None:
    text = "version: 1\nplans: [{lookup_key: p, name: P, entitlements: [{feature_lookup_key: f, is_enabled: yes}]}]"
    assert only_error(text).message == "only true and false are booleans"


def test_a_misspelt_empty_field_is_not_overlooked() -> None:
    assert only_error("version: 1\nplans:\n  - {lookup_key: p, name: P, pricse: }").suggestion == "prices"


def test_all_errors_come_at_once_and_in_file_order() -> None:
    found = errors("version: 1\nplan: []\nplans:\n  - name: P\n  - {lookup_key: q, name: Q, nmae: x}\nplans: []\n")
    assert [str(issue.place) for issue in found] == ["f.yaml:2:1", "f.yaml:4:5", "f.yaml:5:30", "f.yaml:6:1"]


def test_files_are_one_set_and_each_names_its_own_errors(tmp_path: Path) -> None:
    features, plans = tmp_path / "features.yaml", tmp_path / "plans.yaml"
    features.write_text("version: 1\nfeatures: [{lookup_key: sso, name: SSO, type: boolean}]\n", encoding="utf-8-sig")
    plans.write_text("version: 1\nplans: [{lookup_key: p, name: P, entitlements: [{feature_lookup_key: sso}]}]\n", encoding="utf-8")
    rules = load([features, plans]).rules
    assert (len(rules.features), len(rules.plans)) == (1, 1)
    plans.write_text("version: 1\nplans: [{lookup_key: p, name: P, entitlements: [{feature_lookup_key: soo}]}]\n", encoding="utf-8")
    with pytest.raises(RulesError, match=r"plans\.yaml:2:70: no such feature: soo; allowed: sso; did you mean sso\?"):
        load([features, plans])


def test_files_that_cannot_be_read_are_reported_beside_the_others(tmp_path: Path) -> None:
    latin, broken = tmp_path / "latin.yaml", tmp_path / "broken.yaml"
    latin.write_bytes(b"version: 1\n# caf\xe9\n")
    broken.write_text("version: one\n", encoding="utf-8")
    with pytest.raises(RulesError) as caught:
        load([tmp_path / "none.yaml", latin, broken])
    assert {(Path(issue.place.file).name, issue.place.line) for issue in caught.value.issues} == {
        ("none.yaml", 1),
        ("latin.yaml", 2),
        ("broken.yaml", 1),
    }


def test_rules_built_in_python_refuse_floats() -> None:
    with pytest.raises(ValueError, match="amounts are exact"):
        Rules.model_validate(
            {
                "version": 1,
                "plans": [
                    {
                        "lookup_key": "p",
                        "name": "P",
                        "prices": [{"lookup_key": "x", "type": "FIXED", "currency": "usd", "amount": 0.1, "invoice_cadence": "ADVANCE"}],
                    }
                ],
            }
        )


@given(st.text(max_size=300))
def test_any_text_gives_rules_or_rules_errors(text: str) -> None:
    """Invariant: no input crashes the loader."""
    _loads_or_explains(text)


@given(
    st.integers(0, len(EVERYTHING)),
    st.integers(0, 12),
    st.sampled_from(["", "x", ": ", "- ", "{", "]", "\n", "  ", "-1", "&a ", "*a", "'"]),
)
def test_any_damage_to_good_rules_gives_rules_or_rules_errors(at: int, cut: int, put: str) -> None:
    """Invariant: no input crashes the loader."""
    _loads_or_explains(EVERYTHING[:at] + put + EVERYTHING[at + cut :])


def _loads_or_explains(text: str) -> None:
    found: tuple[Issue, ...] = ()
    try:
        loaded: Loaded | None = parse(text)
    except RulesError as error:
        loaded, found = None, error.issues
    assert (loaded is not None) == (found == ())
    assert all(issue.place.line >= 1 and issue.place.column >= 1 and issue.message for issue in found)
