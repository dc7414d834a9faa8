import math
from typing import Any

import pytest

from flexprice_emulator.rating.metering.expression import ExpressionError, compile_expression, validate_expression

# As the language's specification lists them.
RESERVED = [
    "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop",
    "package", "namespace", "return", "var", "void", "while",
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "properties", "value"),
    [
        ("a + b", {"a": 0.1, "b": 0.2}, 0.30000000000000004),
        ("a / 2", {"a": 1}, 0.5),
        ("1 / 2 * a", {"a": 1}, 0.5),
        ("a * -3 + 0x10", {"a": 2}, 10.0),
        ("a / 3.0e0 + .5", {"a": 3}, 1.5),
        ("v > 0 ? v : w", {"v": 0, "w": "7"}, 7.0),
        ("v > 0.0 && w >= 1 || !(v == 2) ? v - 1 : w", {"v": 3}, 2.0),
        ("max(a, b) + min(a, b) // both", {"a": 3, "b": 5}, 8.0),
        ("pow(v, 2) / 1000", {"v": 20}, 0.4),
        ("abs(a) + ceil(b) + floor(b)", {"a": -1, "b": 1.5}, 4.0),
        ("round(a)", {"a": 2.5}, 3.0),
        ("round(a)", {"a": -2.5}, -3.0),
        ("round(a)", {"a": 0.49999999999999994}, 0.0),
        ("sqrt(a) + log(b)", {"a": 9, "b": 1}, 3.0),
        ("double(a)", {"a": " 5.5 "}, 5.5),
        ("double(int(a))", {"a": 5.9}, 5.0),
        ("a + missing", {"a": 1, "unused": {"x": 1}}, 1.0),
        ("1 / log(a) + 1", {"a": 0}, 1.0),
        ("max(a, log(b))", {"a": 1, "b": 0}, 1.0),
        ("max(a, pow(b, 1001))", {"a": 1, "b": -1e10}, 1.0),
        ("min(a, pow(b, 1000))", {"a": 1, "b": -1e10}, 1.0),
        ("ceil(1e300 * a)", {"a": 1}, 1e300),
    ],
)
def test_value(text: str, properties: dict[str, Any], value: float) -> None:
    assert compile_expression(text).evaluate(properties) == value


@pytest.mark.parametrize("value", [True, None, {}, [1], "x", "", "NaN", "1e999", math.nan, math.inf, 10**400])
def test_a_present_property_that_is_no_number_is_an_error(value: object) -> None:
    with pytest.raises(ExpressionError, match="property a"):
        compile_expression("a + 1").evaluate({"a": value})


@pytest.mark.parametrize(
    ("text", "properties"),
    [
        ("a / b", {"a": 1}),
        ("a / b", {}),
        ("sqrt(a)", {"a": -1}),
        ("log(a)", {"a": -1}),
        ("log(a)", {}),
        ("pow(a, 0 - 1)", {"a": 0}),
        ("pow(a, 0.5)", {"a": -1}),
        ("pow(a, 1001)", {"a": 1e10}),
        ("pow(a, 1001)", {"a": -1e10}),
        ("max(a, sqrt(b))", {"b": -1}),
        ("min(a, sqrt(b))", {"b": -1}),
        ("round(1 / a)", {}),
        ("int(a)", {"a": 1e300}),
    ],
)
def test_without_a_finite_result_there_is_an_error(text: str, properties: dict[str, Any]) -> None:
    expression = compile_expression(text)
    with pytest.raises(ExpressionError):
        expression.evaluate(properties)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("  // nothing", "empty"),
        ("5 + 5", "identifier"),
        ("a % 2", "%"),
        ("a +", "parse"),
        ("a > 5", "boolean"),
        ("'x'", "identifier"),
        ("a > 100 ? 'x' : a", "a string"),
        ("a < 0 ? null : a", "null"),
        ("[a]", "a list"),
        ("{'x': a}", "a map"),
        ("a in [1, 2]", "boolean"),
        ("has(a)", "macro"),
        ("a.b", "bare property"),
        ("[1].map(x, x * a)", "bare property"),
        ("sin(a)", "unknown function"),
        ("a > 1 ? a : sin(a)", "unknown function"),
        ("pow(a)", "not valid"),
        ("max(a, b, c)", "not valid"),
        ("a + 'x'", "not valid"),
        ("a + 1u", "not valid"),
        ("9223372036854775808 + a", "out of range"),
        *((f"{word} + a", "reserved") for word in RESERVED),
        ("a" + " + a" * 1000, "longer than 4000"),
    ],
)
def test_creation_refuses(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        validate_expression(text)


def test_a_literal_in_a_string_is_left_alone() -> None:
    assert compile_expression("double('10') + a").evaluate({"a": 1}) == 11.0


def test_an_expression_is_compiled_once() -> None:
    assert compile_expression("a + 41") is compile_expression("a + 41")
