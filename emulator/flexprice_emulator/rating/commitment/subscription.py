"""The subscription-level commitment within one period (rating.md §5.4).

Charges are walked in order against what remains; each becomes a normal half, an overage half, or both.
Invariants: units are conserved (normal + overage quantity = gross quantity); a factor of exactly 1 switches
the commitment off; a unit price above what remains makes everything overage and leaves the rest unspent.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from flexprice_emulator.rating.decimals import ONE, ZERO, add, divide, floor, multiply, round_currency, subtract
from flexprice_emulator.rating.derivation import SplitStep
from flexprice_emulator.rating.pricing.model import Price


@dataclass(frozen=True, slots=True)
class GrossCharge:
    """A usage charge before any entitlement; `amount` is rounded to the currency."""

    price: Price
    quantity: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class SplitHalf:
    """One half: `charge_index` into the charges given, unrounded figures in `step`, `amount` rounded."""

    charge_index: int
    is_overage: bool
    quantity: Decimal
    amount: Decimal
    step: SplitStep


@dataclass(frozen=True, slots=True)
class CommitmentSplit:
    """All halves in order; `utilized` counts what was covered, unrounded."""

    halves: tuple[SplitHalf, ...]
    utilized: Decimal

    @property
    def has_overage(self) -> bool:
        """Whether any charge went beyond the commitment."""
        return any(half.is_overage for half in self.halves)

    @property
    def overage_amount(self) -> Decimal:
        """Sum of the overage halves."""
        return add(*(half.amount for half in self.halves if half.is_overage))


def is_active(commitment_amount: Decimal | None, overage_factor: Decimal) -> bool:
    """Only a positive commitment with a factor strictly above 1 does anything."""
    return commitment_amount is not None and commitment_amount > ZERO and overage_factor > ONE


def split_charges(charges: Sequence[GrossCharge], commitment: Decimal, overage_factor: Decimal, currency: str) -> CommitmentSplit:
    """Walks the charges in the order given."""
    remaining, utilized = commitment, ZERO
    halves: list[SplitHalf] = []
    for index, charge in enumerate(charges):
        pieces = _split(charge, remaining, overage_factor)
        for piece in pieces:
            is_overage = piece.half == "overage"
            halves.append(SplitHalf(index, is_overage, piece.half_quantity, round_currency(piece.half_amount, currency), piece))
        after = pieces[-1].remaining_after
        utilized = add(utilized, subtract(remaining, after))
        remaining = after
    return CommitmentSplit(tuple(halves), utilized)


def true_up_amount(commitment: Decimal, utilized: Decimal, currency: str) -> Decimal:
    """What is still owed of the commitment, rounded; 0 when all of it was used."""
    return round_currency(max(subtract(commitment, utilized), ZERO), currency)


def _unit_amount(charge: GrossCharge) -> Decimal:
    if charge.price.billing_model == "FLAT_FEE":
        return charge.price.amount
    return divide(charge.amount, charge.quantity) if charge.quantity > ZERO else ZERO


def _split(charge: GrossCharge, remaining: Decimal, factor: Decimal) -> list[SplitStep]:
    unit = _unit_amount(charge)

    def step(half: str, quantity: Decimal, amount: Decimal, after: Decimal) -> SplitStep:
        return SplitStep(half, remaining, charge.amount, charge.quantity, unit, factor, quantity, amount, after)

    if charge.amount <= remaining:
        return [step("normal", charge.quantity, charge.amount, subtract(remaining, charge.amount))]
    if remaining <= ZERO:
        return [step("overage", charge.quantity, multiply(charge.amount, factor), remaining)]
    normal_quantity = floor(divide(remaining, unit)) if unit > ZERO else ZERO
    normal_amount = multiply(normal_quantity, unit)
    after = subtract(remaining, normal_amount)
    overage_quantity = subtract(charge.quantity, normal_quantity)
    pieces = [step("normal", normal_quantity, normal_amount, after)] if normal_quantity > ZERO else []
    pieces.append(step("overage", overage_quantity, multiply(overage_quantity, unit, factor), after))
    return pieces
