"""The one commitment formula, and a line's commitment without windows (rating.md §5.1-5.2).

Invariants: charge >= usage when the factor is at least 1; utilized + true-up = commitment under true-up;
the computed parts are not rounded, only the charge is, afterwards.
"""

from decimal import Decimal

from flexprice_emulator.rating.commitment.model import CommitmentInfo, CommitmentTimeBucket, LineCommitment
from flexprice_emulator.rating.decimals import ZERO, add, multiply, subtract
from flexprice_emulator.rating.derivation import CommitmentStep, PriceStep
from flexprice_emulator.rating.pricing.cost import price_step
from flexprice_emulator.rating.pricing.model import Price


def commitment_step(
    usage: Decimal,
    commitment: Decimal,
    overage_factor: Decimal,
    *,
    true_up: bool,
    commitment_pricing: PriceStep | None = None,
) -> CommitmentStep:
    """All money, unrounded: C + (U - C) x factor at or above C; below it C with true-up, else U."""
    if usage >= commitment:
        overage = multiply(subtract(usage, commitment), overage_factor)
        utilized, shortfall, charge = commitment, ZERO, add(commitment, overage)
    elif true_up:
        overage, utilized, shortfall, charge = ZERO, usage, subtract(commitment, usage), commitment
    else:
        overage, utilized, shortfall, charge = ZERO, usage, ZERO, usage
    return CommitmentStep(usage, commitment, overage_factor, true_up, utilized, overage, shortfall, charge, commitment_pricing)


def commitment_as_amount(commitment: LineCommitment | CommitmentTimeBucket, price: Price) -> tuple[Decimal, PriceStep | None]:
    """The commitment in money; a quantity is priced through the price's tiers and packages."""
    if commitment.commitment_type == "quantity":
        step = price_step(price, commitment.commitment_quantity or ZERO)
        return step.cost, step
    return commitment.commitment_amount or ZERO, None


def has_commitment(commitment: LineCommitment) -> bool:
    """Whether the line itself commits to an amount or a quantity above 0."""
    committed = commitment.commitment_quantity if commitment.commitment_type == "quantity" else commitment.commitment_amount
    return committed is not None and committed > ZERO


def line_commitment_step(commitment: LineCommitment, price: Price, usage: Decimal) -> CommitmentStep:
    """A line's commitment on its charge after entitlement."""
    amount, pricing = commitment_as_amount(commitment, price)
    return commitment_step(usage, amount, commitment.overage_factor, true_up=commitment.enable_true_up, commitment_pricing=pricing)


def commitment_info(commitment: LineCommitment, *, utilized: Decimal, overage: Decimal, true_up: Decimal) -> CommitmentInfo:
    """What the invoice line reports: the terms as given and the computed parts."""
    by_quantity = commitment.commitment_type == "quantity"
    return CommitmentInfo(
        type=commitment.commitment_type,
        amount=ZERO if by_quantity else commitment.commitment_amount or ZERO,
        quantity=commitment.commitment_quantity or ZERO if by_quantity else ZERO,
        duration=commitment.commitment_duration,
        overage_factor=commitment.overage_factor,
        true_up_enabled=commitment.enable_true_up,
        is_windowed=commitment.is_window_commitment,
        computed_commitment_utilized_amount=utilized,
        computed_overage_amount=overage,
        computed_true_up_amount=true_up,
    )
