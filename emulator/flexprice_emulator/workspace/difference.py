"""What two databases of workspaces hold differently, by table and object id.

Invariant: a database compared with a copy of itself shows nothing. What a workspace knows of itself (meta) is left out but for the
clock; usage is counted and not listed.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, Connection
from sqlalchemy import Table as SqlTable
from sqlalchemy.types import TypeDecorator

from flexprice_emulator.wire.json_text import plain
from flexprice_emulator.workspace import meta
from flexprice_emulator.workspace.raw_rows import Row, read_rows
from flexprice_emulator.workspace.storage import Meta, Table

USAGE = ("events", "meter_usage", "repeated_events")


@dataclass(frozen=True, slots=True)
class Change:
    """An object that both have; `fields` holds (value in a, value in b) of those that differ, as JSON values."""

    id: str
    fields: dict[str, tuple[Any, Any]]


@dataclass(slots=True)
class TableDifference:
    """`added`: ids that only b has; `removed`: that only a has. The lists end at a limit, the counts do not."""

    added: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)
    added_count: int = 0
    removed_count: int = 0
    changed_count: int = 0

    def __bool__(self) -> bool:
        return bool(self.added_count or self.removed_count or self.changed_count)


@dataclass(slots=True)
class Difference:
    """Tables that differ, and the clocks as they are stored (`mode`, `now`, `rate`) if they do."""

    tables: dict[str, TableDifference] = field(default_factory=dict)
    clock: tuple[dict[str, Any], dict[str, Any]] | None = None

    def __bool__(self) -> bool:
        return bool(self.tables or self.clock)


def compare(a: Connection, b: Connection, limit: int = 1000, environments: tuple[str, str] | None = None) -> Difference:
    """What is other in `b`. Nothing may write to either meanwhile. `environments`: their ids, which kept bodies of webhooks name."""
    own = None if environments is None else tuple(f'"environment_id":"{name}"' for name in environments)
    found = Difference(clock=_clocks(a, b))
    for table in Table.metadata.sorted_tables:
        if table is Meta.__table__:
            continue
        difference = _compare_table(a, b, table, 0 if table.name in USAGE else limit, own)
        if difference:
            found.tables[table.name] = difference
    return found


def _compare_table(a: Connection, b: Connection, table: SqlTable, limit: int, own: tuple[str, ...] | None) -> TableDifference:
    found = TableDifference()
    keys = [list(table.columns).index(column) for column in table.primary_key.columns]
    ours, theirs = iter(read_rows(a, table)), iter(read_rows(b, table))
    left, right = next(ours, None), next(theirs, None)
    while left is not None or right is not None:
        before, after = _key(left, keys), _key(right, keys)
        if right is None or (left is not None and before < after):
            found.removed_count += 1
            if found.removed_count <= limit:
                found.removed.append(_id(before))
            left = next(ours, None)
        elif left is None or after < before:
            found.added_count += 1
            if found.added_count <= limit:
                found.added.append(_id(after))
            right = next(theirs, None)
        else:
            if left != right and (own is None or left != (right := _in_place_of(right, *own))):
                found.changed_count += 1
                if found.changed_count <= limit:
                    found.changed.append(Change(_id(before), dict(_fields(table, left, right))))
            left, right = next(ours, None), next(theirs, None)
    return found


def _key(row: Row | None, keys: list[int]) -> Row:
    return () if row is None else tuple(row[index] for index in keys)


def _in_place_of(row: Row, ours: str, theirs: str) -> Row:
    """A row of `b` as it were in `a`."""
    return tuple(value.replace(theirs, ours) if isinstance(value, str) else value for value in row)


def _id(key: Row) -> str:
    return "/".join(map(str, key))


def _fields(table: SqlTable, before: Row, after: Row) -> Iterator[tuple[str, tuple[Any, Any]]]:
    for column, old, new in zip(table.columns, before, after, strict=True):
        if old != new:
            yield column.name, (_shown(column, old), _shown(column, new))


def _shown(column: Column[Any], stored: Any) -> Any:
    """A stored value as the API writes it."""
    if isinstance(stored, bytes):
        return stored.hex()
    if isinstance(column.type, TypeDecorator):
        # None: the stored form is one for every dialect.
        stored = column.type.process_result_value(stored, None)  # type: ignore[arg-type]
    return plain(stored)


def _clocks(a: Connection, b: Connection) -> tuple[dict[str, Any], dict[str, Any]] | None:
    first, second = (meta.read(connection, meta.CLOCK) or {"mode": "real"} for connection in (a, b))
    # A clock that runs shows another time in each moment: of it the mode and the rate are compared.
    compared = ("mode", "now", "rate") if first["mode"] == "frozen" else ("mode", "rate")
    if all(first.get(name) == second.get(name) for name in compared):
        return None
    return ({name: first.get(name) for name in ("mode", "now", "rate")}, {name: second.get(name) for name in ("mode", "now", "rate")})
