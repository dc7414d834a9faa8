from collections.abc import Callable
from decimal import Decimal

import pytest

from flexprice_emulator.rating.metering.gotext import go_text, json_text, property_text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("7", "7"),
        (7, "7"),
        (7.0, "7"),
        (Decimal("7.0"), "7"),
        (-3.5, "-3.5"),
        (0, "0"),
        (-0.0, "-0"),
        (100000, "100000"),
        (999999, "999999"),
        (999999.5, "999999.5"),
        (1000000, "1e+06"),
        (-1000000, "-1e+06"),
        (1234567, "1.234567e+06"),
        (12345678, "1.2345678e+07"),
        (1e100, "1e+100"),
        (0.0001, "0.0001"),
        (0.00001, "1e-05"),
        (0.000012345, "1.2345e-05"),
        (2**53 + 1, "9.007199254740992e+15"),
        (True, "true"),
        (False, "false"),
        (None, "<nil>"),
        ([1, "x", None], "[1 x <nil>]"),
        ({"b": 1000000, "a": {"c": True}}, "map[a:map[c:true] b:1e+06]"),
    ],
)
def test_go_text(value: object, text: str) -> None:
    assert go_text(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a", "a"),
        (None, ""),
        (True, "true"),
        (1, "1"),
        (1.0, "1"),
        (1.5, "1.5"),
        (1000000, "1000000"),
        (0.000001, "0.000001"),
        (0.00000012, "1.2e-7"),
        (1e21, "1e+21"),
        (-2.5e30, "-2.5e+30"),
        (0, "0"),
        (-0.0, "-0"),
        ([1, None, "x"], '[1,null,"x"]'),
        ({"b": "z", "a": [False]}, '{"a":[false],"b":"z"}'),
    ],
)
def test_json_text(value: object, text: str) -> None:
    assert json_text(value) == text


def test_a_dotted_key_is_literal_and_a_missing_one_is_empty() -> None:
    assert property_text({"a": {"b": "z"}}, "a.b") == ""
    assert property_text({"a.b": "q"}, "a.b") == "q"
    assert property_text(None, "a") == ""


@pytest.mark.parametrize("text_of", [go_text, json_text])
def test_what_json_cannot_say_is_refused(text_of: Callable[[object], str]) -> None:
    with pytest.raises(TypeError, match="JSON"):
        text_of({"a": object()})
