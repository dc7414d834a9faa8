"""An invoice's totals from its rounded parts (invoices.md §6); sums are never rounded again."""

from dataclasses import dataclass
from decimal import Decimal

from flexprice_emulator.rating.decimals import ZERO, add, subtract


@dataclass(frozen=True, slots=True)
class Totals:
    """`total` = max(0, subtotal - total_discount - total_prepaid_credits_applied) + total_tax."""

    subtotal: Decimal
    total_discount: Decimal
    total_prepaid_credits_applied: Decimal
    total_tax: Decimal
    total: Decimal


def invoice_totals(subtotal: Decimal, total_discount: Decimal, prepaid: Decimal, tax: Decimal) -> Totals:
    """Discounts and credits never push the total below the tax; the total itself is never negative."""
    payable = max(subtract(subtract(subtotal, total_discount), prepaid), ZERO)
    return Totals(subtotal, total_discount, prepaid, tax, max(add(payable, tax), ZERO))


def amount_due(total: Decimal, adjustment_amount: Decimal = ZERO) -> Decimal:
    """Total less finalized ADJUSTMENT credit notes."""
    return subtract(total, adjustment_amount)


def amount_remaining(due: Decimal, amount_paid: Decimal) -> Decimal:
    """What is still to be paid, never negative."""
    return max(subtract(due, amount_paid), ZERO)
