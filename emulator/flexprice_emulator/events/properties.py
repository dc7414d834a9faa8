"""Properties of events as JSON text: sorted keys, numbers as a 64-bit float prints them, so that equal values are equal texts."""

import math
from collections.abc import Mapping
from typing import cast

import orjson

from flexprice_emulator.rating.metering.gotext import json_text

_EXACT = 2**53


def properties_text(properties: Mapping[str, object] | None) -> str:
    """The stored text; `null` for none. Raises ValueError for a number that is no finite float64."""
    if properties is None:
        return "null"
    for value in properties.values():
        kind = value.__class__
        if kind is str or kind is bool or value is None:
            continue
        if kind is int and -_EXACT <= cast(int, value) <= _EXACT:
            continue
        if kind is float and 1e-4 <= abs(cast(float, value)) < 1e15 and not cast(float, value).is_integer():
            continue
        # Nested values and numbers that the encoder would print another way.
        _check(properties)
        return json_text(properties)
    try:
        return orjson.dumps(properties, option=orjson.OPT_SORT_KEYS).decode()
    except TypeError:
        # Half of a surrogate pair in a value that was not read from a body.
        return json_text(properties)


def _check(value: object) -> None:
    if isinstance(value, dict):
        for held in cast(dict[str, object], value).values():
            _check(held)
    elif isinstance(value, list):
        for held in value:
            _check(held)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        try:
            finite = math.isfinite(float(value))
        except OverflowError:
            finite = False
        if not finite:
            raise ValueError("number out of range")
