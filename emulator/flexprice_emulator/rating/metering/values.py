"""One property as a number: exact for metering, Float64 for reads of raw events (rating.md §1.2, §9)."""

import math
import re
from decimal import Decimal

from flexprice_emulator.rating.decimals import ZERO, from_float

PLAIN_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[+-]?(?:nan|inf|infinity)", re.IGNORECASE)
# Exponents of a text are 32-bit in the reference; anything beyond is not a number there.
_EXPONENT_LIMIT = 2**31
# Integers up to here are exact in float64.
_EXACT_INTEGER = 2**53


def field_quantity(value: object) -> Decimal:
    """The property as an exact decimal, sign kept; 0 for everything that is not a JSON number or a plain decimal string.

    A JSON number passes through float64; a string does not, and is not trimmed.
    """
    if isinstance(value, str):
        return _decimal_text(value)
    if isinstance(value, bool) or value is None:
        return ZERO
    if isinstance(value, int):
        return Decimal(value) if -_EXACT_INTEGER <= value <= _EXACT_INTEGER else _decimal_number(value)
    if isinstance(value, float | Decimal):
        return _decimal_number(value)
    return ZERO


def float_quantity(value: object) -> float:
    """The property as the raw-event reads extract it: numbers and whole numeric strings, 0.0 for everything else.

    The texts NaN and Inf are what they say (observed: one NaN empties a sum).
    """
    if isinstance(value, str):
        return float(value) if PLAIN_NUMBER.fullmatch(value) or _NOT_FINITE.fullmatch(value) else 0.0
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return 0.0
    return to_float(value)


def to_float(value: float | Decimal) -> float:
    """Nearest float64; infinite where the number does not fit."""
    try:
        return float(value)
    except OverflowError:
        return math.inf


def _decimal_number(value: float | Decimal) -> Decimal:
    number = to_float(value)
    return from_float(number) if math.isfinite(number) else ZERO


def _decimal_text(text: str) -> Decimal:
    if not PLAIN_NUMBER.fullmatch(text):
        return ZERO
    _, _, exponent = text.lower().partition("e")
    if exponent and not -_EXPONENT_LIMIT <= int(exponent) < _EXPONENT_LIMIT:
        return ZERO
    return Decimal(text)
