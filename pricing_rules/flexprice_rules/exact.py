"""Exact decimal arithmetic on amounts of a rules file; nothing is ever rounded."""

from decimal import Context, Decimal, Inexact, localcontext
from typing import Final

# The API stores prices with 25 digits, 15 of them after the point (wire.md §4).
AMOUNT_PLACES: Final = 15
AMOUNT_WHOLE_DIGITS: Final = 10
_EXACT: Final = Context(prec=200)


def multiply(left: Decimal, right: Decimal) -> Decimal:
    """Exact product."""
    return _EXACT.multiply(left, right)


def divide_exactly(amount: Decimal, by: int) -> Decimal | None:
    """The quotient when it is a finite decimal, else None. Raises ZeroDivisionError."""
    with localcontext(_EXACT) as context:
        context.clear_flags()
        context.traps[Inexact] = False
        quotient = amount / by
        return None if context.flags[Inexact] else quotient


def text(amount: Decimal) -> str:
    """Plain notation without trailing fraction zeros, as the API writes decimals."""
    plain = format(amount, "f")
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    return "0" if plain in ("-0", "") else plain


def fits(amount: Decimal) -> bool:
    """Whether the API stores the amount without rounding it."""
    whole, _, fraction = text(abs(amount)).partition(".")
    return len(fraction) <= AMOUNT_PLACES and len(whole) <= AMOUNT_WHOLE_DIGITS
