"""A workspace as one file: gzip over lines of JSON, the same for every kind of database.

First line    {"flexprice_emulator_archive": 1, "version": "0.1.0"}
Each table    {"table": "customers", "columns": ["name", …]} and its rows in the order of their keys, an array each: values as they
              are stored (raw_rows.py), bytes as base64
Last line     {"rows": 1234, "sha256": "…"}, the digest over all before it

Invariants: equal content gives equal files; what is read is what was written, or it is refused.
"""

import base64
import binascii
import gzip
import hashlib
import io
import json
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version as installed
from typing import Any

from sqlalchemy import Column, Connection, delete
from sqlalchemy import Table as SqlTable
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from flexprice_emulator.workspace import meta
from flexprice_emulator.workspace.raw_rows import Row, kind_of, read_rows, write_rows
from flexprice_emulator.workspace.storage import Meta, Table

FORMAT = 1
MEDIA_TYPE = "application/gzip"
_STAMP = "flexprice_emulator_archive"
_BATCH = 1000


class BadArchive(ValueError):
    """Why a file cannot be read, in one line."""


class DamagedArchive(BadArchive):
    """It is not what was written."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the archive is damaged: {reason}")


class NewerArchive(BadArchive):
    """A later version of the emulator wrote it."""

    def __init__(self, version: object, what: str) -> None:
        super().__init__(f"the archive was written by flexprice-emulator {version}; this one, {installed('flexprice-emulator')}, {what}")


def write(connection: Connection) -> bytes:
    """The content of a database, whose clock is at rest."""
    digest, file, rows = hashlib.sha256(), io.BytesIO(), 0
    with gzip.GzipFile(fileobj=file, mode="wb", compresslevel=6, mtime=0) as packed:

        def put(value: Any) -> None:
            line = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
            digest.update(line)
            packed.write(line)

        put({_STAMP: FORMAT, "version": installed("flexprice-emulator")})
        for table in Table.metadata.sorted_tables:
            put({"table": table.name, "columns": [column.name for column in table.columns]})
            for row in read_rows(connection, table):
                if table is Meta.__table__ and row[0] == meta.COPIED:
                    # Of a snapshot, or of what was restored from one: nobody asks where the content was before.
                    continue
                put([base64.b64encode(value).decode() if isinstance(value, bytes) else value for value in row])
                rows += 1
        put({"rows": rows, "sha256": digest.hexdigest()})
    return file.getvalue()


def read(connection: Connection, content: bytes) -> None:
    """Replace all rows of a database by those of a file, in the caller's transaction. Raises BadArchive."""
    lines, version = _lines(content)
    for table in reversed(Table.metadata.sorted_tables):
        connection.execute(delete(table))
    shape: _Shape | None = None
    batch: list[Row] = []
    try:
        for line in lines:
            value = json.loads(line)
            if isinstance(value, dict):
                _flush(connection, shape, batch)
                shape = _shape(value, version)
            elif shape is None:
                raise DamagedArchive("a row belongs to no table")
            else:
                batch.append(shape.row(value))
                if len(batch) == _BATCH:
                    _flush(connection, shape, batch)
        _flush(connection, shape, batch)
        reason = meta.fault(meta.read_all(connection))
        if reason:
            raise DamagedArchive(reason)
    except (ValueError, OverflowError, RecursionError, DBAPIError) as error:
        raise error if isinstance(error, BadArchive) else DamagedArchive(str(error).splitlines()[0]) from None


@dataclass(frozen=True, slots=True)
class _Shape:
    """How rows of a file go into a table; `missing` are values of columns that are younger than the file."""

    table: SqlTable
    names: list[str]
    readers: Sequence[Callable[[Any], Any]]
    missing: Row

    def row(self, values: object) -> Row:
        if not isinstance(values, list) or len(values) != len(self.readers):
            raise DamagedArchive(f"a row of {self.table.name} has not {len(self.readers)} values")
        return (*(reader(value) for reader, value in zip(self.readers, values, strict=True)), *self.missing)


def _lines(content: bytes) -> tuple[list[bytes], object]:
    """The lines between the first and the last, and the version that wrote them."""
    try:
        text = gzip.decompress(content)
    except (OSError, EOFError, zlib.error) as error:
        raise DamagedArchive(str(error) or type(error).__name__) from None
    lines = text.splitlines(keepends=True)
    header, footer = (_object(line) for line in (lines[0], lines[-1])) if lines else ({}, {})
    if _STAMP not in header:
        raise BadArchive("the file is no export of a workspace")
    if header[_STAMP] != FORMAT:
        raise NewerArchive(header.get("version"), f"reads format {FORMAT} and not {header[_STAMP]}")
    if footer.get("sha256") != hashlib.sha256(text[: len(text) - len(lines[-1])]).hexdigest():
        raise DamagedArchive("its content is not what its last line says")
    return lines[1:-1], header.get("version")


def _object(line: bytes) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _shape(section: dict[str, Any], version: object) -> _Shape:
    named, names = section.get("table"), section.get("columns")
    if not isinstance(named, str) or not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise DamagedArchive("the head of a table names no table and columns")
    if len(set(names)) < len(names):
        raise DamagedArchive(f"columns of {named} come twice")
    table = Table.metadata.tables.get(named)
    if table is None:
        raise NewerArchive(version, f"knows no table {named!r}")
    unknown = [name for name in names if name not in table.columns]
    if unknown:
        raise NewerArchive(version, f"knows no column {unknown[0]!r} of {table.name}")
    missing = {column.name: _default(column) for column in table.columns if column.name not in names}
    readers = [_reader(table.columns[name]) for name in names]
    return _Shape(table, [*names, *missing], readers, tuple(missing.values()))


def _default(column: Column[Any]) -> Any:
    """What rows have that were written before there was such a column."""
    if isinstance(column.default, ScalarElementColumnDefault):
        return column.default.arg
    if column.nullable:
        return None
    return {int: 0, str: "", bytes: b"", bool: False}[kind_of(column)]


def _reader(column: Column[Any]) -> Callable[[Any], Any]:
    kind, nullable = kind_of(column), column.nullable

    def read(value: Any) -> Any:
        if value is None and nullable:
            return None
        if kind is bytes and type(value) is str:
            try:
                return base64.b64decode(value, validate=True)
            except binascii.Error:
                pass
        elif type(value) is kind:
            return value
        raise DamagedArchive(f"{column.table.name}.{column.name} cannot be {value!r}")

    return read


def _flush(connection: Connection, shape: _Shape | None, batch: list[Row]) -> None:
    if shape is not None and batch:
        write_rows(connection, shape.table, shape.names, batch)
        batch.clear()
