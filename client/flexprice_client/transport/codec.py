"""JSON without loss (wire.md §4): decimals leave as strings, numbers with a fraction arrive as Decimal.

Invariants: decode(encode(x)) gives every Decimal's exact value; NaN and infinities are refused both ways.
"""

import json
import math
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any, NoReturn

from pydantic import BaseModel

from flexprice_client.models.base import WireModel, WireRequest, decimal_text, time_text


def encode_json(value: Any) -> bytes:
    """UTF-8 JSON. Raises ValueError for a number that is not finite or a time without a zone, TypeError for unknown types."""
    return json.dumps(to_plain(value), ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def decode_json(content: bytes) -> Any:
    """The JSON value; numbers with a fraction or exponent as Decimal. Raises ValueError."""
    try:
        return json.loads(content, parse_float=Decimal, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("JSON nested too deep") from None


def to_plain(value: Any) -> Any:
    """`value` in JSON's own types: models as objects, decimals and times as text."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, Enum):
        return to_plain(value.value)
    if isinstance(value, str | int):
        return value
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise ValueError(f"{value} has no place in JSON")
        return decimal_text(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"{value} has no place in JSON")
        return value
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError(f"{value.isoformat()} has no zone; give a time such as 2026-01-01T00:00:00Z")
        return time_text(value)
    if isinstance(value, WireRequest):
        # Only what the caller set: the service's own defaults stay its own.
        return to_plain(value.model_dump(mode="json", by_alias=True, exclude_unset=True))
    if isinstance(value, WireModel):
        return to_plain(value.to_wire())
    if isinstance(value, BaseModel):
        return to_plain(value.model_dump(by_alias=True, exclude_none=True))
    if isinstance(value, Mapping):
        return {str(key): to_plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [to_plain(item) for item in value]
    raise TypeError(f"{type(value).__name__} cannot be sent as JSON")


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")
