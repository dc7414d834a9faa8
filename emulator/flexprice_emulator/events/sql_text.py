"""SQL for one property of the stored JSON text, read as the reference's database reads it (events.md §8, rating.md §9)."""

import json
import math
import re
from collections.abc import Mapping, Sequence

from flexprice_emulator.rating.metering.gotext import property_text
from flexprice_emulator.rating.metering.values import float_quantity
from flexprice_emulator.workspace.context import Context

# A key that stands for itself in a JSON path; any other is read by a function in Python.
_PLAIN_KEY = re.compile(r"[A-Za-z0-9_.:/@ -]+\Z")
_INSTALLED = "events.sql_functions"


def install(ctx: Context) -> None:
    """Make the functions below known to the workspace's database."""
    if _INSTALLED in ctx.workspace.caches:
        return
    connection = ctx.workspace.connection
    connection.create_function("flexprice_number", 1, _number, deterministic=True)
    connection.create_function("flexprice_property_text", 2, _property_text, deterministic=True)
    connection.create_function("flexprice_property_number", 2, _property_number, deterministic=True)
    ctx.workspace.caches[_INSTALLED] = True


def text_of(key: str) -> tuple[str, list[str]]:
    """SQL and parameters for a property's text; "" for a missing one. A key is literal: `a.b` does not reach into objects."""
    if not _PLAIN_KEY.match(key):
        return "flexprice_property_text(properties, ?)", [key]
    path = f"'$.\"{key}\"'"
    found = (
        f"CASE json_type(properties, {path}) WHEN 'text' THEN json_extract(properties, {path}) "
        f"WHEN 'null' THEN '' ELSE properties -> {path} END"
    )
    return f"COALESCE({found}, '')", []


def number_of(key: str) -> tuple[str, list[str]]:
    """SQL and parameters for a property's number; 0 for what is none, NULL for a text that means no finite number."""
    if not _PLAIN_KEY.match(key):
        return "flexprice_property_number(properties, ?)", [key]
    path = f"'$.\"{key}\"'"
    found = (
        f"CASE json_type(properties, {path}) WHEN 'integer' THEN json_extract(properties, {path}) "
        f"WHEN 'real' THEN json_extract(properties, {path}) "
        f"WHEN 'text' THEN flexprice_number(json_extract(properties, {path})) ELSE 0 END"
    )
    return found, []


def property_clauses(filters: Mapping[str, Sequence[str]] | None) -> tuple[list[str], list[str]]:
    """Conditions and parameters: each property's text is one of the values."""
    clauses: list[str] = []
    parameters: list[str] = []
    for key, values in (filters or {}).items():
        text, more = text_of(key)
        clauses.append(f"{text} IN ({', '.join('?' * len(values))})")
        parameters += [*more, *values]
    return clauses, parameters


def _number(text: str) -> float | None:
    number = float_quantity(text)
    return number if math.isfinite(number) else None


def _property_text(properties: str, key: str) -> str:
    return property_text(json.loads(properties), key)


def _property_number(properties: str, key: str) -> float | None:
    held = json.loads(properties)
    return _finite(float_quantity(held.get(key))) if held else 0.0


def _finite(number: float) -> float | None:
    return number if math.isfinite(number) else None
