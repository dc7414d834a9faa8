"""Exact decimal arithmetic as the reference does it (rating.md §0, §3).

Invariants: no result ever passes through a binary float; a quotient has at most 16 places after the
point; "half up" means half away from zero, for both signs.
"""

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal, localcontext
from typing import Final

ZERO: Final = Decimal(0)
ONE: Final = Decimal(1)

# Wide enough that add, subtract and multiply never round figures the API can carry.
CONTEXT: Final = Context(prec=120, rounding=ROUND_HALF_UP)
_DIVISION_QUANTUM: Final = Decimal(1).scaleb(-16)

# Codes that are not listed have two places, unknown ones included.
_CURRENCY_PLACES: Final = {"jpy": 0, "vnd": 0, "krw": 0, "clp": 0, "kwd": 3, "clf": 4}


def divide(numerator: Decimal, denominator: Decimal) -> Decimal:
    """Quotient to 16 decimal places, half away from zero. Raises ZeroDivisionError for a zero denominator."""
    if not denominator:
        raise ZeroDivisionError("division by zero")
    with localcontext(CONTEXT) as context:
        # A wider intermediate keeps the one rounding the only rounding.
        context.prec = CONTEXT.prec + 40 + max(numerator.adjusted() - denominator.adjusted(), 0)
        return (numerator / denominator).quantize(_DIVISION_QUANTUM, rounding=ROUND_HALF_UP)


def multiply(*factors: Decimal) -> Decimal:
    """Exact product."""
    product = ONE
    for factor in factors:
        product = CONTEXT.multiply(product, factor)
    return product


def add(*terms: Decimal) -> Decimal:
    """Exact sum."""
    total = ZERO
    for term in terms:
        total = CONTEXT.add(total, term)
    return total


def subtract(minuend: Decimal, subtrahend: Decimal) -> Decimal:
    """Exact difference."""
    return CONTEXT.subtract(minuend, subtrahend)


def round_places(value: Decimal, places: int) -> Decimal:
    """Half away from zero to `places` decimals."""
    context = CONTEXT
    if value.adjusted() + places + 2 > context.prec:
        context = Context(prec=value.adjusted() + places + 2, rounding=ROUND_HALF_UP)
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP, context=context)


def ceiling(value: Decimal) -> Decimal:
    """Smallest whole number not below `value`."""
    return value.to_integral_value(rounding=ROUND_CEILING, context=CONTEXT)


def floor(value: Decimal) -> Decimal:
    """Greatest whole number not above `value`."""
    return value.to_integral_value(rounding=ROUND_FLOOR, context=CONTEXT)


def currency_places(currency: str) -> int:
    """Decimal places of a currency code, in any case; 2 for codes that are not special."""
    return _CURRENCY_PLACES.get(currency.lower(), 2)


def round_currency(value: Decimal, currency: str) -> Decimal:
    """Half away from zero to the precision of `currency`."""
    return round_places(value, currency_places(currency))


def to_text(value: Decimal) -> str:
    """Plain notation without trailing fraction zeros: 10.50 -> "10.5", 1E+3 -> "1000", -0 -> "0"."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def from_float(value: float) -> Decimal:
    """The shortest decimal that round-trips the binary number, as JSON numbers of event properties are read."""
    return Decimal(repr(value))
