"""Parts of bodies, and what is near."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexprice_emulator.request_log.search import MISSING, differences

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


def mismatches(expected: Any, found: Any) -> list[tuple[str, Any, Any]]:
    return [(each.field, each.expected, each.found) for each in differences(expected, found, "body")]


@given(JSON)
def test_law_a_value_holds_itself(value: Any) -> None:
    assert mismatches(value, value) == []


@given(st.dictionaries(st.text(max_size=3), JSON, max_size=4), st.dictionaries(st.text(max_size=3), JSON, max_size=4))
def test_law_an_object_holds_each_part_of_it(part: dict[str, Any], rest: dict[str, Any]) -> None:
    assert mismatches(part, {**rest, **part}) == []


@given(st.lists(JSON, min_size=1, max_size=4), st.lists(JSON, max_size=3))
def test_law_a_list_holds_its_items_in_their_order(items: list[Any], more: list[Any]) -> None:
    assert mismatches(items, [*more, *items, *more]) == []


@pytest.mark.parametrize(
    ("expected", "found", "named"),
    [
        ({"a": 1}, {"a": 2, "b": 3}, [("body.a", 1, 2)]),
        ({"a": {"b": "x"}}, {"a": {}}, [("body.a.b", "x", MISSING)]),
        ({"a": None}, {}, [("body.a", None, MISSING)]),
        ({"a": [{"n": 1}, {"n": 3}]}, {"a": [{"n": 1}, {"n": 2}]}, [("body.a.1.n", 3, 2)]),
        ([3, 1], [1, 2, 3], [("body.1", 1, MISSING)]),
        ([], [1], [("body", [], [1])]),
        ({}, [], [("body", {}, [])]),
        ([1], {}, [("body", [1], {})]),
        (1, "1", [("body", 1, "1")]),
        (True, 1, [("body", True, 1)]),
        (0.1, Decimal("0.10"), []),
        (1, Decimal("1.0"), []),
        (Decimal("0.1"), Decimal("0.10000000000000001"), [("body", Decimal("0.1"), Decimal("0.10000000000000001"))]),
    ],
)
def test_each_difference_is_named(expected: Any, found: Any, named: Any) -> None:
    assert mismatches(expected, found) == named
