"""Margin and markup of a cost sheet (rating.md §8)."""

from decimal import Decimal

from flexprice_emulator.rating.decimals import ZERO, divide, multiply, subtract

_HUNDRED = Decimal(100)


def margin(revenue: Decimal, cost: Decimal) -> Decimal:
    """(revenue - cost) / revenue in percent; 0 without revenue."""
    return multiply(divide(subtract(revenue, cost), revenue), _HUNDRED) if revenue else ZERO


def markup(revenue: Decimal, cost: Decimal) -> Decimal:
    """(revenue - cost) / cost in percent; 0 without cost."""
    return multiply(divide(subtract(revenue, cost), cost), _HUNDRED) if cost else ZERO
