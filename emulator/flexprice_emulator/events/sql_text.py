"""SQL for one property of the stored JSON text, read as the reference's database reads it (events.md §8, rating.md §9)."""

import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Protocol

from flexprice_emulator.rating.metering.gotext import property_text
from flexprice_emulator.rating.metering.values import PLAIN_NUMBER, float_quantity
from flexprice_emulator.workspace.context import Context

# A key that stands for itself in a JSON path; any other is read by a function in Python.
_PLAIN_KEY = re.compile(r"[A-Za-z0-9_.:/@ -]+\Z")
_INSTALLED = "events.sql_functions"

Sql = tuple[str, list[str]]


class PropertySql(Protocol):
    """SQL and its parameters for a property. A key is literal: `a.b` does not reach into objects."""

    def text_of(self, key: str) -> Sql:
        """Its text; "" for a missing one."""

    def number_of(self, key: str) -> Sql:
        """Its number; 0 for what is none, NULL for a text that means no finite number, or where SQL cannot tell."""


def property_sql(ctx: Context) -> PropertySql:
    """As the workspace's database spells it."""
    if ctx.session.get_bind().dialect.name != "sqlite":
        return _POSTGRESQL
    if _INSTALLED not in ctx.workspace.caches:
        connection = ctx.workspace.connection
        connection.create_function("flexprice_number", 1, _number, deterministic=True)
        connection.create_function("flexprice_property_text", 2, _property_text, deterministic=True)
        connection.create_function("flexprice_property_number", 2, _property_number, deterministic=True)
        ctx.workspace.caches[_INSTALLED] = True
    return _SQLITE


def property_clauses(spelled: PropertySql, filters: Mapping[str, Sequence[str]] | None) -> tuple[list[str], list[str]]:
    """Conditions and parameters: each property's text is one of the values."""
    clauses: list[str] = []
    parameters: list[str] = []
    for key, values in (filters or {}).items():
        text, more = spelled.text_of(key)
        clauses.append(f"{text} IN ({', '.join('?' * len(values))})")
        parameters += [*more, *values]
    return clauses, parameters


class _Sqlite:
    def text_of(self, key: str) -> Sql:
        if not _PLAIN_KEY.match(key):
            return "flexprice_property_text(properties, ?)", [key]
        path = f"'$.\"{key}\"'"
        found = (
            f"CASE json_type(properties, {path}) WHEN 'text' THEN json_extract(properties, {path}) "
            f"WHEN 'null' THEN '' ELSE properties -> {path} END"
        )
        return f"COALESCE({found}, '')", []

    def number_of(self, key: str) -> Sql:
        if not _PLAIN_KEY.match(key):
            return "flexprice_property_number(properties, ?)", [key]
        path = f"'$.\"{key}\"'"
        found = (
            f"CASE json_type(properties, {path}) WHEN 'integer' THEN json_extract(properties, {path}) "
            f"WHEN 'real' THEN json_extract(properties, {path}) "
            f"WHEN 'text' THEN flexprice_number(json_extract(properties, {path})) ELSE 0 END"
        )
        return found, []


class _Postgresql:
    # It refuses to read U+0000 out of JSON.
    _HELD = "(SELECT replace(properties, '\\u0000', '\\ufffd')::json -> ?::text AS held) AS property"

    def text_of(self, key: str) -> Sql:
        shown = "CASE json_typeof(held) WHEN 'string' THEN held #>> '{}' WHEN 'null' THEN '' ELSE held::text END"
        return f"COALESCE((SELECT {shown} FROM {self._HELD}), '')", [key]  # noqa: S608

    def number_of(self, key: str) -> Sql:
        # To cast what a float64 cannot hold is an error: such texts are left to the caller.
        number = "CASE WHEN length(text) > 300 OR text ~ '[eE][+-]{0,1}[0-9]{3}' THEN NULL ELSE text::float8 END"
        plain = PLAIN_NUMBER.pattern.replace("?:", "").replace("?", "{0,1}")
        read = (
            f"CASE WHEN kind = 'number' THEN {number} WHEN kind <> 'string' OR kind IS NULL THEN 0 "
            f"WHEN text ~ '^({plain})$' THEN {number} WHEN text ~* '^[+-]{{0,1}}(nan|inf|infinity)$' THEN NULL ELSE 0 END"
        )
        text = f"(SELECT json_typeof(held) AS kind, held #>> '{{}}' AS text FROM {self._HELD}) AS read"  # noqa: S608
        return f"(SELECT {read} FROM {text})", [key]  # noqa: S608


_SQLITE, _POSTGRESQL = _Sqlite(), _Postgresql()


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
