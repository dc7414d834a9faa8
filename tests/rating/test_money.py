"""Money as text."""

from decimal import Decimal

import pytest

from flexprice_emulator.rating.money import display_amount, display_rounded, smallest_unit


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [("0.015", "usd", "$0.015"), ("10.50", "EUR", "€10.5"), ("0.015", "kwd", "KD0.015"), ("1", "xxq", "XXQ1"), ("0", "jpy", "¥0")],
)
def test_a_display_amount_is_the_symbol_and_the_amount_as_given(amount: str, currency: str, shown: str) -> None:
    assert display_amount(Decimal(amount), currency) == shown


def test_a_charge_is_rounded_before_it_is_shown() -> None:
    assert display_rounded(Decimal("0.015"), "usd") == "$0.02"


@pytest.mark.parametrize(("amount", "currency", "units"), [("-3", "usd", 0), ("1.999", "jpy", 1), ("0.0019", "kwd", 1)])
def test_smallest_units_are_cut_and_never_negative(amount: str, currency: str, units: int) -> None:
    assert smallest_unit(Decimal(amount), currency) == units
