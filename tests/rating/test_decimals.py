"""Exact arithmetic: places, halves, text."""

from decimal import Decimal

import pytest

from flexprice_emulator.rating.decimals import divide, from_float, round_places, to_text


def test_division_by_zero_is_an_error() -> None:
    with pytest.raises(ZeroDivisionError):
        divide(Decimal(1), Decimal(0))


@pytest.mark.parametrize(("value", "rounded"), [("0.5", "1"), ("-0.5", "-1"), ("2.5", "3"), ("-2.5", "-3"), ("0.49", "0")])
def test_halves_go_away_from_zero(value: str, rounded: str) -> None:
    assert round_places(Decimal(value), 0) == Decimal(rounded)


@pytest.mark.parametrize(("value", "text"), [("10.50", "10.5"), ("1E+3", "1000"), ("-0.0", "0"), ("1e-7", "0.0000001"), ("100", "100")])
def test_text_is_plain_without_trailing_zeros(value: str, text: str) -> None:
    assert to_text(Decimal(value)) == text


@pytest.mark.parametrize("exponent", [60, 118, 200, 400])
def test_figures_of_any_size_are_rounded_and_divided(exponent: int) -> None:
    huge = Decimal(f"1.5e{exponent}")
    assert round_places(huge, 2) == huge
    assert divide(huge, Decimal(3)) == Decimal(f"5e{exponent - 1}")


def test_floats_read_as_their_shortest_text() -> None:
    assert from_float(0.1) == Decimal("0.1")
