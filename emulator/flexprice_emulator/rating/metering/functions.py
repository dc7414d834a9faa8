"""The functions of meter expressions with Go's float64 results: no exceptions, NaN and infinities instead (rating.md §1.3)."""

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

# From here on every float64 is a whole number.
_WHOLE = 2.0**52


def _maximum(left: float, right: float) -> float:
    if math.isnan(left) or math.isnan(right):
        return math.nan
    return max(left, right)


def _minimum(left: float, right: float) -> float:
    if math.isnan(left) or math.isnan(right):
        return math.nan
    return min(left, right)


def _power(base: float, exponent: float) -> float:
    try:
        return math.pow(base, exponent)
    except OverflowError:
        return -math.inf if base < 0 and exponent % 2 == 1 else math.inf
    except ValueError:
        # 0 to a negative power is infinite; a negative base to a fraction is no number.
        return math.inf if base == 0 else math.nan


def _square_root(value: float) -> float:
    return math.sqrt(value) if value >= 0 else math.nan


def _logarithm(value: float) -> float:
    if value > 0:
        return math.log(value)
    return -math.inf if value == 0 else math.nan


def _whole(value: float) -> bool:
    return not math.isfinite(value) or abs(value) >= _WHOLE


def _ceiling(value: float) -> float:
    return value if _whole(value) else float(math.ceil(value))


def _floor(value: float) -> float:
    return value if _whole(value) else float(math.floor(value))


def _round(value: float) -> float:
    """Half away from zero; adding 0.5 first would round 0.49999999999999994 up."""
    if _whole(value):
        return value
    whole = math.trunc(value)
    if abs(value - whole) >= 0.5:
        whole += 1 if value > 0 else -1
    return float(whole)


FUNCTIONS: Final[Mapping[str, Callable[..., float]]] = MappingProxyType(
    {
        "max": _maximum,
        "min": _minimum,
        "pow": _power,
        "abs": math.fabs,
        "ceil": _ceiling,
        "floor": _floor,
        "round": _round,
        "sqrt": _square_root,
        "log": _logarithm,
    }
)
