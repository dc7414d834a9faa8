"""The statements that make, fill and empty a schema's tables."""

from collections.abc import Iterator
from functools import cache
from hashlib import blake2b
from typing import Final

from sqlalchemy import Column, MetaData, Table
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.schema import CreateIndex, CreateTable

from flexprice_emulator.migrations import stamp_statements

DIALECT: Final = PGDialect_psycopg()  # type: ignore[no-untyped-call]
_QUOTED: Final = DIALECT.identifier_preparer
# Beyond so many bytes emptying a table row by row costs more than making its file anew.
_LARGE: Final = 1 << 20


def quoted(name: str) -> str:
    """An identifier."""
    return _QUOTED.quote_identifier(name)


def literal(text: str) -> str:
    """A text."""
    return "'" + text.replace("'", "''") + "'"


def with_conditions(metadata: MetaData) -> MetaData:
    """The same tables; partial indexes have their condition on PostgreSQL too (storage.Table)."""
    for table in metadata.tables.values():
        for index in table.indexes:
            index.dialect_options["postgresql"]["where"] = index.dialect_options["sqlite"]["where"]
    return metadata


@cache
def create_script(metadata: MetaData) -> str:
    """Makes all tables in the first schema of the search path, at the present revision."""
    statements: list[str] = []
    for table in with_conditions(metadata).sorted_tables:
        statements.append(str(CreateTable(table).compile(dialect=DIALECT)))
        statements += [
            str(CreateIndex(index).compile(dialect=DIALECT)) for index in sorted(table.indexes, key=lambda index: str(index.name))
        ]
    return ";\n".join([*statements, *stamp_statements()])


@cache
def fingerprint(metadata: MetaData) -> str:
    """What tells tables of one kind from those of another version."""
    return blake2b(create_script(metadata).encode(), digest_size=8).hexdigest()


def fill_script(metadata: MetaData, target: str, source: str) -> str:
    """Copies all rows of one schema's tables into those of another, which are empty."""
    return ";\n".join(_copies(metadata, quoted(target), quoted(source)))


def _copies(metadata: MetaData, target: str, source: str) -> Iterator[str]:
    for table in metadata.sorted_tables:
        name, columns = quoted(table.name), ", ".join(quoted(column.name) for column in table.columns)
        yield f"INSERT INTO {target}.{name} ({columns}) SELECT {columns} FROM {source}.{name}"  # noqa: S608


def number_script(metadata: MetaData, schema: str) -> str:
    """Has numbers that the database hands out go on after the highest row."""
    return ";\n".join(
        f"SELECT setval(pg_get_serial_sequence({literal(f'{quoted(schema)}.{quoted(table.name)}')}, {literal(column.name)}), "  # noqa: S608
        f"(SELECT coalesce(max({quoted(column.name)}), 0) + 1 FROM {quoted(schema)}.{quoted(table.name)}), false)"
        for table, column in _numbered(metadata)
    )


def _numbered(metadata: MetaData) -> Iterator[tuple[Table, Column[int]]]:
    for table in metadata.sorted_tables:
        if table.autoincrement_column is not None and "SERIAL" in create_line(table):
            yield table, table.autoincrement_column


def create_line(table: Table) -> str:
    """The statement that makes a table."""
    return str(CreateTable(table).compile(dialect=DIALECT))


def large_query(schema: str) -> str:
    """Names of the schema's tables that are better truncated."""
    return (
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "  # noqa: S608
        f"WHERE n.nspname = {literal(schema)} AND c.relkind = 'r' AND pg_relation_size(c.oid) > {_LARGE}"
    )


def empty_script(metadata: MetaData, schema: str, large: set[str]) -> str:
    """Removes all rows."""
    names = {table.name: f"{quoted(schema)}.{quoted(table.name)}" for table in metadata.sorted_tables}
    truncated = [names[name] for name in names if name in large]
    statements = [f"DELETE FROM {name}" for name in names.values() if name not in truncated]  # noqa: S608
    return ";\n".join(([f"TRUNCATE {', '.join(truncated)}"] if truncated else []) + statements)
