"""Expressions that each database spells its own way."""

from typing import Any

from sqlalchemy import Boolean, ColumnElement, Text, func, type_coerce
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import FunctionElement


class _HoldsText(FunctionElement[bool]):
    type = Boolean()
    inherit_cache = True


class _JsonText(FunctionElement[str]):
    type = Text()
    inherit_cache = True


def holds_text(column: Any, text: str) -> ColumnElement[bool]:
    """Whether a text column holds a text; the case of ASCII letters does not count."""
    return _HoldsText(func.lower(type_coerce(column, Text)), text.lower())


def json_text(column: Any, key: str) -> ColumnElement[str]:
    """The text under a key of a column that holds a JSON object of texts; NULL where it is missing."""
    return _JsonText(type_coerce(column, Text), key)


@compiles(_HoldsText)
def _holds_text(element: _HoldsText, compiler: SQLCompiler, **options: Any) -> str:
    return f"(instr({compiler.process(element.clauses, **options)}) > 0)"


@compiles(_HoldsText, "postgresql")
def _holds_text_postgresql(element: _HoldsText, compiler: SQLCompiler, **options: Any) -> str:
    return f"(strpos({compiler.process(element.clauses, **options)}) > 0)"


@compiles(_JsonText)
def _json_text(element: _JsonText, compiler: SQLCompiler, **options: Any) -> str:
    # Not by a path: a key may hold what means something in one.
    column, key = (compiler.process(part, **options) for part in element.clauses)
    return f"(SELECT value FROM json_each({column}) WHERE key = {key})"  # noqa: S608


@compiles(_JsonText, "postgresql")
def _json_text_postgresql(element: _JsonText, compiler: SQLCompiler, **options: Any) -> str:
    # PostgreSQL refuses to read U+0000 out of JSON.
    column, key = (compiler.process(part, **options) for part in element.clauses)
    return f"(replace({column}, '\\u0000', '\\ufffd')::json ->> {key})"
