"""Exclusive taxes on an invoice (invoices.md §8): each rate alone on subtotal - discounts, rounded alone, never compounding."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from flexprice_emulator.rating.decimals import ZERO, add, multiply, round_currency, subtract

_PERCENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class TaxRate:
    """`tax_rate_type` percentage uses `percentage_value` (0-100), fixed uses `fixed_value`."""

    id: str
    tax_rate_type: str
    percentage_value: Decimal | None = None
    fixed_value: Decimal | None = None
    code: str = ""


@dataclass(frozen=True, slots=True)
class TaxApplied:
    """One rate's tax: `tax_amount` of `taxable_amount`; `unrounded` is the amount before rounding."""

    tax_rate_id: str
    taxable_amount: Decimal
    tax_amount: Decimal
    unrounded: Decimal
    tax_rate_type: str
    value: Decimal


def tax_base(subtotal: Decimal, total_discount: Decimal) -> Decimal:
    """Subtotal less discounts, never below 0; prepaid credits do not shrink it."""
    return max(subtract(subtotal, total_discount), ZERO)


def apply_taxes(base: Decimal, rates: Sequence[TaxRate], currency: str) -> tuple[TaxApplied, ...]:
    """Every rate on the same base; a fixed rate counts once, even when the base is 0."""
    return tuple(_apply(base, rate, currency) for rate in rates)


def total_tax(taxes: Sequence[TaxApplied]) -> Decimal:
    """Sum of the rounded taxes."""
    return add(*(tax.tax_amount for tax in taxes))


def _apply(base: Decimal, rate: TaxRate, currency: str) -> TaxApplied:
    if rate.tax_rate_type == "percentage":
        value = rate.percentage_value or ZERO
        unrounded = multiply(base, value, _PERCENT)
    else:
        value = rate.fixed_value or ZERO
        unrounded = value
    return TaxApplied(rate.id, base, round_currency(unrounded, currency), unrounded, rate.tax_rate_type, value)
