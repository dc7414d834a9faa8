"""Writes the first revision's SQL from today's tables: `python -m flexprice_emulator.migrations.freeze`.

Only until the first release; after it, a change of tables is a revision of its own in versions/.
"""

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import MetaData
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.schema import CreateIndex, CreateTable

from flexprice_emulator.tables import load_tables
from flexprice_emulator.workspace.databases.postgres_tables import DIALECT, with_conditions
from flexprice_emulator.workspace.storage import RootTable, Table

FOLDER = Path(__file__).parent / "versions" / "v0001"


def files() -> dict[str, str]:
    """Content by file name: a statement a line."""
    load_tables()
    dialects: dict[str, Dialect] = {"sqlite": sqlite.dialect(), "postgresql": DIALECT}
    metadata = {"root": RootTable.metadata, "environment": Table.metadata}
    return {
        f"{kind}.{name}.sql": "".join(f"{line}\n" for line in _statements(with_conditions(tables), dialect))
        for kind, tables in metadata.items()
        for name, dialect in dialects.items()
    }


def _statements(metadata: MetaData, dialect: Dialect) -> Iterator[str]:
    for table in sorted(metadata.sorted_tables, key=lambda table: table.name):
        yield _line(CreateTable(table, if_not_exists=True), dialect)
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            yield _line(CreateIndex(index, if_not_exists=True), dialect)


def _line(statement: CreateTable | CreateIndex, dialect: Dialect) -> str:
    return " ".join(str(statement.compile(dialect=dialect)).split())


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, text in files().items():
        (FOLDER / name).write_text(text)
