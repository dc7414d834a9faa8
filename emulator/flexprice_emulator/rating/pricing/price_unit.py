"""Custom price units (rating.md §2.3): converted to fiat unrounded when a price is made, back for display only."""

from decimal import Decimal

from flexprice_emulator.rating.decimals import ZERO, divide, multiply, round_currency
from flexprice_emulator.rating.pricing.model import PriceTier


def to_fiat(price_unit_amount: Decimal, conversion_rate: Decimal) -> Decimal:
    """Fiat amount of a unit amount; not rounded."""
    return multiply(price_unit_amount, conversion_rate)


def tiers_to_fiat(tiers: tuple[PriceTier, ...], conversion_rate: Decimal) -> tuple[PriceTier, ...]:
    """Unit and flat amounts of every tier in fiat."""
    return tuple(PriceTier(t.up_to, to_fiat(t.unit_amount, conversion_rate), to_fiat(t.flat_amount, conversion_rate)) for t in tiers)


def to_price_unit(amount: Decimal, conversion_rate: Decimal, base_currency: str) -> Decimal:
    """A fiat amount in units, rounded to the base currency's precision; 0 for a rate of 0."""
    if not conversion_rate:
        return ZERO
    return round_currency(divide(amount, conversion_rate), base_currency)
