"""Rate cards: what they expand to, and that nothing is left out, priced twice or rounded."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexprice_rules import parse
from tests.rules.samples import errors, only_error

CARD = """\
version: 1
rate_card:
  - lookup_key: vid
    name: Video
    event_name: video.generated
    aggregation: {type: SUM, field: seconds}
    where: {provider: acme}
    dimensions:
      model: [Fast One, big]
      audio: [true, false]
    cells:
      - {at: {model: Fast One}, amount: 0.10}
      - {at: {model: big, audio: true}, amount: 0.40}
      - {at: {model: big, audio: false}, skip: true}
    price: {currency: usd, invoice_cadence: ARREAR}
    on:
      - {plan_lookup_key: pro, multiply_by: 1.25}
      - {addon_lookup_key: extra}
plans: [{lookup_key: pro, name: Pro}]
addons: [{lookup_key: extra, name: Extra}]
"""


def test_each_combination_is_a_feature_with_its_filters() -> None:
    features = {feature.lookup_key: feature for feature in parse(CARD).rules.features}
    assert list(features) == ["vid.fast_one.true", "vid.fast_one.false", "vid.big.true"]
    meter = features["vid.fast_one.false"].meter
    assert meter is not None
    assert features["vid.fast_one.false"].name == "Video: Fast One, false"
    assert [(item.key, item.values) for item in meter.filters] == [("provider", ("acme",)), ("model", ("Fast One",)), ("audio", ("false",))]
    assert (meter.event_name, meter.aggregation.type, meter.aggregation.field) == ("video.generated", "SUM", "seconds")


def test_each_home_gets_each_price_multiplied_exactly() -> None:
    rules = parse(CARD).rules
    assert [(price.lookup_key, price.amount) for price in rules.plans[0].prices] == [
        ("pro.vid.fast_one.true", Decimal("0.125")),
        ("pro.vid.fast_one.false", Decimal("0.125")),
        ("pro.vid.big.true", Decimal("0.5")),
    ]
    assert [price.amount for price in rules.addons[0].prices] == [Decimal("0.10"), Decimal("0.10"), Decimal("0.40")]
    assert {(price.type, price.invoice_cadence, price.billing_model) for price in rules.plans[0].prices} == {
        ("USAGE", "ARREAR", "FLAT_FEE")
    }
    assert rules.rate_card == ()


def test_amounts_are_for_per_units() -> None:
    text = CARD.replace("    cells:", "    per: 1000000\n    cells:")
    assert [price.amount for price in parse(text).rules.addons[0].prices] == [Decimal("1E-7"), Decimal("1E-7"), Decimal("4E-7")]


def test_measures_are_one_more_dimension() -> None:
    text = CARD.replace(
        "    aggregation: {type: SUM, field: seconds}\n", "    measures: {in: {type: SUM, field: i}, out: {type: MAX, field: o}}\n"
    )
    features = parse(text).rules.features
    assert [feature.lookup_key for feature in features[:2]] == ["vid.fast_one.true.in", "vid.fast_one.true.out"]
    meters = [feature.meter for feature in features[:2] if feature.meter is not None]
    assert [meter.aggregation.field for meter in meters] == ["i", "o"]
    assert all(item.key != "measure" for meter in meters for item in meter.filters)


def test_aliases_are_further_values_of_the_filter() -> None:
    text = CARD.replace("    cells:", "    aliases: {model: {big: [big-1, big-2]}}\n    cells:")
    meter = parse(text).rules.features[-1].meter
    assert meter is not None
    assert meter.filters[1].values == ("big", "big-1", "big-2")


def test_custom_prices_take_the_amount_in_their_unit() -> None:
    unit = "price_units: [{code: cr, name: C, symbol: C, base_currency: usd, conversion_rate: 0.01}]\n"
    text = (
        CARD.replace("invoice_cadence: ARREAR}", "invoice_cadence: ARREAR, price_unit_type: CUSTOM, price_unit_config: {price_unit: cr}}")
        + unit
    )
    price = parse(text).rules.plans[0].prices[0]
    assert price.amount is None
    assert price.price_unit_config is not None
    assert price.price_unit_config.amount == Decimal("0.125")


def test_tiers_are_multiplied_and_divided_too() -> None:
    text = CARD.replace("amount: 0.10", "tiers: [{up_to: 10, unit_amount: 8, flat_amount: 4}, {unit_amount: 2}]")
    text = text.replace("amount: 0.40", "tiers: [{unit_amount: 1}]").replace("    cells:", "    per: 10\n    cells:")
    text = text.replace("{currency: usd,", "{currency: usd, billing_model: TIERED, tier_mode: SLAB,")
    tiers = parse(text).rules.plans[0].prices[0].tiers
    assert [(tier.up_to, tier.unit_amount, tier.flat_amount) for tier in tiers] == [
        (10, Decimal(1), Decimal(5)),
        (None, Decimal("0.25"), None),
    ]


def test_missing_combinations_may_be_skipped_as_a_whole() -> None:
    text = CARD.replace("      - {at: {model: big, audio: false}, skip: true}\n", "").replace("    cells:", "    missing: skip\n    cells:")
    assert len(parse(text).rules.features) == 3


def test_errors_of_generated_prices_stand_at_their_cell() -> None:
    issues = errors(CARD.replace("amount: 0.40", "amount: -0.40"))
    assert {issue.place.line for issue in issues} == {13}
    assert {issue.message for issue in issues} == {"amount cannot be negative"}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("      - {at: {model: big, audio: false}, skip: true}\n", "", "12:7"),
        ("amount: 0.10}", "amount: 0.10}\n      - {at: {audio: false, model: Fast One}, amount: 1}", "13:9"),
        ("{model: big, audio: true}", "{modle: big, audio: true}", "13:14"),
        ("{model: big, audio: true}", "{model: bgi, audio: true}", "13:14"),
        ("amount: 0.40", "amount: 0.40, skip: true", "13:9"),
        (", amount: 0.40", "", "13:9"),
        ("    aggregation: {type: SUM, field: seconds}\n", "", "3:5"),
        ("audio: [true, false]", "audio: [true, true]", "9:7"),
        ("audio: [true, false]", "provider: [a]", "7:12"),
        ("    cells:", "    per: 0\n    cells:", "11:10"),
        ("    cells:", "    per: 3\n    cells:", "13:9"),
        ("    cells:", "    aliases: {size: {S: s}}\n    cells:", "11:14"),
        ("    cells:", "    aliases: {model: {huge: s}}\n    cells:", "11:14"),
        ("    cells:", "    aliases: {model: {big: Fast One}}\n    cells:", "11:14"),
        ("{currency: usd, invoice", "{currency: usd, amount: 1, invoice", "15:12"),
        ("plan_lookup_key: pro, m", "plan_lookup_key: por, m", "17:27"),
        ("{addon_lookup_key: extra}", "{addon_lookup_key: extra, plan_lookup_key: pro}", "18:9"),
        ("multiply_by: 1.25", "multiply_by: -1", "17:45"),
    ],
)
def test_cards_that_cannot_be_expanded(old: str, new: str, expected: str) -> None:
    assert old in CARD
    places = [f"{issue.place.line}:{issue.place.column}" for issue in errors(CARD.replace(old, new, 1))]
    assert expected in places


def test_a_missing_combination_is_named() -> None:
    issue = only_error(CARD.replace("      - {at: {model: big, audio: false}, skip: true}\n", ""))
    assert issue.message == "no rate for model=big, audio=false; give one, a cell with skip: true, or missing: skip"


def test_a_second_rate_names_the_first() -> None:
    text = CARD.replace("amount: 0.10}", "amount: 0.10}\n      - {at: {model: Fast One, audio: true}, amount: 1}")
    assert only_error(text).message == "a second rate for model=Fast One, audio=true; the first is at 12:9"


def test_values_that_differ_only_in_spelling_may_not_share_a_key() -> None:
    text = CARD.replace("[Fast One, big]", "[Fast One, big, fast_one]").replace("{model: Fast One}", "{model: [Fast One, fast_one]}")
    assert "give the same lookup_key" in errors(text)[0].message


def test_a_card_has_a_bounded_size() -> None:
    values = ", ".join(f"v{number}" for number in range(101))
    text = CARD.replace("[Fast One, big]", f"[{values}]").replace("[true, false]", f"[{values}]")
    assert [issue.message for issue in errors(text)] == ["more than 10000 combinations"]


@given(
    sizes=st.lists(st.integers(1, 4), min_size=1, max_size=3),
    amount=st.decimals(0, 1000, places=4),
    factor=st.decimals(0, 10, places=2),
    order=st.randoms(use_true_random=False),
)
def test_expansion_is_complete_exact_and_independent_of_cell_order(
    sizes: list[int], amount: Decimal, factor: Decimal, order: object
) -> None:
    """Invariant: one feature and one price a combination, amount × factor exactly, whatever order the cells stand in."""
    dimensions = {f"d{index}": [f"v{value}" for value in range(size)] for index, size in enumerate(sizes)}
    cells = [{"at": {"d0": value}, "amount": str(amount)} for value in dimensions["d0"]]
    order.shuffle(cells)  # type: ignore[attr-defined]
    lines = [
        "version: 1",
        "plans: [{lookup_key: p, name: P}]",
        "rate_card:",
        "  - {lookup_key: c, name: C, event_name: e, aggregation: {type: COUNT}, price: {currency: usd, invoice_cadence: ARREAR},",
        f"     on: [{{plan_lookup_key: p, multiply_by: {factor}}}], dimensions: {dimensions}, cells: {cells}}}",
    ]
    rules = parse("\n".join(lines)).rules
    expected = 1
    for size in sizes:
        expected *= size
    assert len({feature.lookup_key for feature in rules.features}) == expected
    assert [price.feature_lookup_key for price in rules.plans[0].prices] == [feature.lookup_key for feature in rules.features]
    assert [feature.lookup_key for feature in rules.features] == sorted(feature.lookup_key for feature in rules.features)
    assert {price.amount for price in rules.plans[0].prices} == {amount * factor}
