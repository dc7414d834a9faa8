"""The walk of charges against what remains of a subscription's commitment."""

from decimal import Decimal

import pytest

from flexprice_emulator.rating.commitment.subscription import GrossCharge, split_charges
from flexprice_emulator.rating.pricing.model import Price

PACKAGE = Price("p", "usd", "PACKAGE", Decimal(1))
CENT = Price("p", "usd", "FLAT_FEE", Decimal("0.3"))


def test_units_too_small_to_have_a_price_are_all_overage() -> None:
    split = split_charges([GrossCharge(PACKAGE, Decimal("1e20"), Decimal(10))], Decimal(5), Decimal(2), "usd")
    assert [(half.is_overage, half.quantity, half.amount) for half in split.halves] == [(True, Decimal("1e20"), 0)]
    assert split.utilized == 0


def test_part_of_a_unit_has_the_price_of_a_whole_one() -> None:
    split = split_charges([GrossCharge(PACKAGE, Decimal("0.5"), Decimal(10))], Decimal(5), Decimal(2), "usd")
    assert [(half.is_overage, half.quantity, half.amount) for half in split.halves] == [(True, Decimal("0.5"), 20)]


def test_an_amount_for_no_units_at_all_is_lost_beyond_the_commitment() -> None:
    split = split_charges([GrossCharge(PACKAGE, Decimal(0), Decimal(10))], Decimal(5), Decimal(2), "usd")
    assert [(half.is_overage, half.quantity, half.amount) for half in split.halves] == [(True, 0, 0)]


@pytest.mark.parametrize(
    ("amount", "halves"),
    [
        ("0.9", [(False, "3", "0.9")]),
        ("1.2", [(False, "3", "0.9"), (True, "1", "0.6")]),
    ],
)
def test_what_is_left_over_serves_the_next_charge(amount: str, halves: list[tuple[bool, str, str]]) -> None:
    charges = [GrossCharge(CENT, Decimal(amount) / Decimal("0.3"), Decimal(amount)), GrossCharge(CENT, Decimal(0), Decimal(0))]
    split = split_charges([*charges, GrossCharge(CENT, Decimal(1), Decimal("0.3"))], Decimal(1), Decimal(2), "usd")
    expected = [(is_overage, Decimal(quantity), Decimal(total)) for is_overage, quantity, total in halves]
    # A tenth remains: enough for nothing at 0.3 a unit, so the last charge is overage.
    assert [(half.is_overage, half.quantity, half.amount) for half in split.halves] == [*expected, (False, 0, 0), (True, 1, Decimal("0.6"))]
    assert split.utilized == Decimal("0.9")


def test_nothing_left_makes_a_whole_charge_overage() -> None:
    charges = [GrossCharge(CENT, Decimal(1), Decimal("0.3")), GrossCharge(PACKAGE, Decimal(3), Decimal("0.125"))]
    split = split_charges(charges, Decimal("0.3"), Decimal(2), "usd")
    assert [(half.is_overage, half.amount) for half in split.halves] == [(False, Decimal("0.30")), (True, Decimal("0.25"))]
    assert (split.has_overage, split.overage_amount) == (True, Decimal("0.25"))
