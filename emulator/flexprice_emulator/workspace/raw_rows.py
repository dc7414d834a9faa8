"""Rows as they are stored, the same in every kind of database: integers, texts, bytes, booleans (storage.py)."""

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Boolean, Column, Connection, LargeBinary, Table, TypeDecorator, column, insert, select, table
from sqlalchemy.types import Integer, TypeEngine

Row = tuple[Any, ...]
_BATCH = 1000


def read_rows(connection: Connection, source: Table) -> Iterator[Row]:
    """All rows in the order of their keys."""
    names = [held.name for held in source.columns]
    bare = table(source.name, *(column(name) for name in names))
    # The order is that of the typed columns: texts sort bytewise everywhere.
    statement = select(*(bare.c[name] for name in names)).order_by(*source.primary_key.columns)
    flags = [index for index, held in enumerate(source.columns) if kind_of(held) is bool]
    binary = [index for index, held in enumerate(source.columns) if kind_of(held) is bytes]
    rows = connection.execute(statement.select_from(bare)).yield_per(_BATCH)
    if not flags and not binary:
        yield from map(tuple, rows)
        return
    shapes: list[tuple[int, Callable[[Any], Any]]] = [(index, bool) for index in flags] + [(index, bytes) for index in binary]
    for row in rows:
        values = list(row)
        for index, shape in shapes:
            if values[index] is not None:
                values[index] = shape(values[index])
        yield tuple(values)


def write_rows(connection: Connection, target: Table, names: list[str], rows: list[Row]) -> None:
    """Insert rows of the named columns."""
    bare = table(target.name, *(column(name) for name in names))
    connection.execute(insert(bare), [dict(zip(names, row, strict=True)) for row in rows])


def kind_of(held: Column[Any]) -> type:
    """What a column stores: int, str, bytes or bool."""
    stored: TypeEngine[Any] = held.type.impl_instance if isinstance(held.type, TypeDecorator) else held.type
    if isinstance(stored, Boolean):
        return bool
    if isinstance(stored, LargeBinary):
        return bytes
    return int if isinstance(stored, Integer) else str
