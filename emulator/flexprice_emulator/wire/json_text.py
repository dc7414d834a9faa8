"""JSON as the reference writes it: UTF-8, `<`, `>`, `&` and the line separators escaped, maps sorted, no trailing newline."""

import json
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from flexprice_client.models.base import decimal_text, time_text

_ESCAPES = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}


def plain(value: Any) -> Any:
    """Wire models, decimals and times as JSON-able values; mappings get sorted keys."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", by_alias=True)
    if isinstance(value, Decimal):
        return decimal_text(value)
    if isinstance(value, datetime):
        return time_text(value)
    if isinstance(value, Mapping):
        return {key: plain(value[key]) for key in sorted(value)}
    if isinstance(value, list | tuple):
        return [plain(entry) for entry in value]
    return value


def to_json(value: Any) -> bytes:
    """The body of an answer."""
    text = json.dumps(plain(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.translate(_ESCAPES).encode("utf-8", "replace")
