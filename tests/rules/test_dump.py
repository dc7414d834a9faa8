"""Rules written out load to the same rules."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexprice_rules import Rules, pack_names, pack_path, parse, to_yaml
from flexprice_rules.loader import load, read_rules
from tests.rules.samples import EVERYTHING


def again(rules: Rules) -> Rules:
    back, issues = read_rules(to_yaml(rules))
    assert issues == []
    assert back is not None
    return back


def test_everything_comes_back() -> None:
    rules = parse(EVERYTHING).rules
    assert again(rules).model_dump() == rules.model_dump()


def test_rate_cards_come_back_unexpanded() -> None:
    rules, _ = read_rules(EVERYTHING)
    assert rules is not None
    assert again(rules).model_dump() == rules.model_dump()


@pytest.mark.parametrize("name", pack_names())
def test_packs_come_back(name: str) -> None:
    rules = load([pack_path(name)]).rules
    assert again(rules).model_dump() == rules.model_dump()


# What YAML cannot hold at all, and so no file can say.
characters = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="\ufeff\ufffe\uffff")
texts = st.text(characters, min_size=1, max_size=20)
words = texts.filter(lambda text: bool(text.strip()))
free: st.SearchStrategy[Any] = st.recursive(
    st.booleans() | st.integers(-(2**62), 2**62) | texts,
    lambda inner: st.lists(inner, min_size=1, max_size=3) | st.dictionaries(texts, inner, min_size=1, max_size=3),
    max_leaves=5,
)


@given(
    key=words,
    name=words,
    amount=st.decimals(0, 10**9, places=12),
    metadata=st.dictionaries(texts, texts, max_size=3),
    config=st.dictionaries(texts, free, max_size=3),
)
def test_any_rules_come_back(key: str, name: str, amount: Decimal, metadata: dict[str, str], config: dict[str, Any]) -> None:
    """Invariant: read(write(rules)) = rules, texts and amounts digit by digit."""
    price = {"lookup_key": key, "type": "FIXED", "currency": "usd", "amount": amount, "invoice_cadence": "ADVANCE"}
    plan = {"lookup_key": key, "name": name, "prices": [price], "metadata": metadata}
    addon = {"lookup_key": key, "name": name, "metadata": config}
    rules = Rules.model_validate({"version": 1, "plans": [plan], "addons": [addon]})
    back = again(rules)
    assert back.model_dump() == rules.model_dump()
    held = back.plans[0].prices[0].amount
    assert held is not None
    assert held.as_tuple() == amount.as_tuple()
