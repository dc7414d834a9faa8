"""Tiered prices (rating.md §2). Tiers count in order of `up_to`, open end last; `up_to` is inclusive.

Invariants: VOLUME prices the whole quantity at one tier; SLAB charges a tier's flat amount once it is entered, so
never at the exact boundary below it; units above a last closed tier are free in SLAB and priced by it in VOLUME.
"""

from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache

from flexprice_emulator.rating.decimals import ZERO, add, multiply, subtract
from flexprice_emulator.rating.derivation import TierStep
from flexprice_emulator.rating.pricing.model import PriceTier


@lru_cache(maxsize=4096)
def ordered(tiers: tuple[PriceTier, ...]) -> tuple[PriceTier, ...]:
    """Ascending by `up_to`, open-ended last, equal ones as given."""
    return tuple(sorted(tiers, key=lambda tier: (tier.up_to is None, tier.up_to or 0)))


def tier_steps(tiers: Sequence[PriceTier], tier_mode: str, quantity: Decimal) -> tuple[TierStep, ...]:
    """The tiers a quantity is priced in; empty without tiers or for an unknown mode. Zero enters the first tier."""
    sorted_tiers = ordered(tuple(tiers))
    if not sorted_tiers:
        return ()
    if tier_mode == "VOLUME":
        return (_volume(sorted_tiers, quantity),)
    if tier_mode == "SLAB":
        return _slab(sorted_tiers, quantity)
    return ()


def _volume(tiers: tuple[PriceTier, ...], quantity: Decimal) -> TierStep:
    for index, tier in enumerate(tiers):
        if tier.up_to is None or quantity <= tier.up_to:
            return _step(index, tier, quantity)
    return _step(len(tiers) - 1, tiers[-1], quantity)


def _slab(tiers: tuple[PriceTier, ...], quantity: Decimal) -> tuple[TierStep, ...]:
    steps: list[TierStep] = []
    remaining, below = quantity, 0
    for index, tier in enumerate(tiers):
        units = remaining if tier.up_to is None else min(remaining, Decimal(tier.up_to - below))
        steps.append(_step(index, tier, units))
        remaining = subtract(remaining, units)
        if remaining <= ZERO:
            break
        below = tier.up_to or below
    return tuple(steps)


def _step(index: int, tier: PriceTier, units: Decimal) -> TierStep:
    cost = add(multiply(tier.unit_amount, units), tier.flat_amount)
    return TierStep(index, tier.up_to, units, tier.unit_amount, tier.flat_amount, cost)
