import math
from decimal import Decimal

import pytest

from flexprice_emulator.rating.metering.values import field_quantity, float_quantity


@pytest.mark.parametrize(
    ("value", "quantity"),
    [
        (0.1, "0.1"),
        (5, "5"),
        (2**53 + 1, "9007199254740992"),
        (10**400, "0"),
        (Decimal("0.5"), "0.5"),
        ("5", "5"),
        ("5.", "5"),
        (".5", "0.5"),
        ("+5.5", "5.5"),
        ("1e3", "1000"),
        ("1E-2", "0.01"),
        ("-3", "-3"),
        ("00012.500", "12.5"),
        ("9007199254740993", "9007199254740993"),
        ("1e9999999999", "0"),
        ("1e2147483647", "1e2147483647"),
        ("1e2147483648", "0"),
        ("1e-2147483648", "1e-2147483648"),
        ("1e-2147483649", "0"),
        (" 5", "0"),
        ("", "0"),
        (".", "0"),
        ("abc", "0"),
        ("1,000", "0"),
        ("1_000", "0"),
        ("NaN", "0"),
        ("0x10", "0"),
        ("٣", "0"),
        (True, "0"),
        (None, "0"),
        ({"a": 1}, "0"),
        ([1], "0"),
    ],
)
def test_field_quantity(value: object, quantity: str) -> None:
    assert field_quantity(value) == Decimal(quantity)


@pytest.mark.parametrize(
    ("value", "number"),
    [(-4, -4.0), ("1e3", 1000.0), ("-0.5", -0.5), (" 5 ", 0.0), ("x", 0.0), (True, 0.0), (None, 0.0), ([1], 0.0), ("-Inf", -math.inf)],
)
def test_float_quantity(value: object, number: float) -> None:
    assert float_quantity(value) == number


def test_the_text_nan_is_no_number_to_a_raw_read() -> None:
    assert math.isnan(float_quantity("NaN"))


def test_an_integer_beyond_float64_is_infinite_to_a_raw_read() -> None:
    assert float_quantity(10**400) == math.inf
