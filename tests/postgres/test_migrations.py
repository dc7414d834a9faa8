"""Revisions and models agree, an older database is brought up to date, one of a later version is refused."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, MetaData, text
from sqlalchemy.engine import Engine

from flexprice_emulator.customers.tables import CustomerRow
from flexprice_emulator.migrations import HEAD, Kind, bring_up_to_date
from flexprice_emulator.migrations.freeze import FOLDER, files
from flexprice_emulator.migrations.upgrade import script_directory
from flexprice_emulator.workspace.databases.postgres import PostgresDatabases
from flexprice_emulator.workspace.databases.postgres_tables import with_conditions
from flexprice_emulator.workspace.databases.protocol import NewerSchema
from flexprice_emulator.workspace.databases.sqlite import SqliteDatabases, memory_database
from flexprice_emulator.workspace.registry import Registry
from flexprice_emulator.workspace.storage import RootTable, Table
from tests.postgres_server import Server
from tests.workspace.test_copies import add, names

KINDS: list[tuple[Kind, MetaData]] = [("root", RootTable.metadata), ("environment", Table.metadata)]


@contextmanager
def fresh(postgresql: Server, target: str, kind: Kind) -> Iterator[Engine]:
    """A database of today's tables, made without Alembic."""
    if target == "sqlite":
        yield memory_database(dict(KINDS)[kind]).engine
        return
    databases = PostgresDatabases(postgresql.fresh_url())
    yield databases.root.engine if kind == "root" else databases.create("env", databases.template).engine
    databases.close()


def empty(connection: Connection) -> None:
    """Drop all tables."""
    sqlite = connection.dialect.name == "sqlite"
    found = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    for (name,) in connection.execute(
        text(found if sqlite else "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
    ).all():
        connection.execute(text(f'DROP TABLE "{name}"'))


def differences(engine: Engine, metadata: MetaData) -> list[Any]:
    with engine.begin() as connection:
        return list(compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), with_conditions(metadata)))


@pytest.mark.parametrize("target", ["sqlite", "postgresql"])
@pytest.mark.parametrize(("kind", "metadata"), KINDS)
def test_revisions_make_the_tables_of_the_models(postgresql: Server, target: str, kind: Kind, metadata: MetaData) -> None:
    with fresh(postgresql, target, kind) as engine:
        assert not bring_up_to_date(engine, kind, "it")
        assert differences(engine, metadata) == []
        with engine.begin() as connection:
            empty(connection)
        assert len(differences(engine, metadata)) >= len(metadata.tables)
        assert bring_up_to_date(engine, kind, "it")
        assert differences(engine, metadata) == [], "python -m flexprice_emulator.migrations.freeze"


def test_the_frozen_tables_are_those_of_the_models() -> None:
    held = {path.name: path.read_text() for path in FOLDER.iterdir()}
    assert held == files(), "python -m flexprice_emulator.migrations.freeze"


def test_the_head_is_the_last_revision() -> None:
    assert script_directory().get_heads() == [HEAD]


@pytest.mark.parametrize("target", ["sqlite", "postgresql"])
def test_a_database_of_a_later_version_is_refused(postgresql: Server, target: str) -> None:
    with fresh(postgresql, target, "environment") as engine:
        with engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        with pytest.raises(
            NewerSchema, match=f"it was written by a later version: its schema is 9999, this version knows those up to {HEAD}"
        ):
            bring_up_to_date(engine, "environment", "it")


def older(engine: Engine) -> None:
    """As a version before revisions may have left it: without the mark, a table and a column."""
    with engine.begin() as connection:
        for statement in ("DROP TABLE alembic_version", "DROP TABLE tasks", "ALTER TABLE customers DROP COLUMN timezone"):
            connection.execute(text(statement))


def test_an_older_folder_is_brought_up_to_date_before_anything_is_read(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    first = Registry(tmp_path)
    for key in ("sk_ws_a", "sk_ws_b"):
        add(first.for_key(key), key)
    first.close()
    databases = SqliteDatabases(tmp_path)
    paths = sorted((tmp_path / "environments").glob("*.db"))
    for path in paths:
        database = databases.open(path.stem)
        older(database.engine)
        database.close()
    with databases.root.engine.begin() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
    databases.close()
    with caplog.at_level(logging.WARNING, "flexprice_emulator"):
        again = Registry(tmp_path)
    assert caplog.messages == [f"upgraded {path} from schema 0000 to {HEAD}" for path in (*paths, tmp_path / "root.db")]
    workspace = again.for_key("sk_ws_a")
    assert names(workspace) == ["sk_ws_a"]
    with workspace.transaction() as session:
        assert session.query(CustomerRow).one().timezone == ""
    assert differences(workspace.engine, Table.metadata) == []
    again.close()


def test_an_older_snapshot_is_read_as_one_of_today(tmp_path: Path) -> None:
    databases = SqliteDatabases(tmp_path)
    database = databases.create("env", databases.template)
    older(database.engine)
    databases.save("env", "old", database)
    database.close()
    kept = databases.open_saved("env", "old")
    assert differences(kept.engine, Table.metadata) == []
    kept.close()
    databases.close()


def test_an_upgrade_that_fails_leaves_what_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from flexprice_emulator.migrations import upgrade

    databases = SqliteDatabases(tmp_path)
    database = databases.create("env", databases.template)
    older(database.engine)
    before = [repr(found) for found in differences(database.engine, Table.metadata)]
    monkeypatch.setattr(upgrade.log, "warning", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        bring_up_to_date(database.engine, "environment", "it")
    assert len(before) > 1
    assert [repr(found) for found in differences(database.engine, Table.metadata)] == before
    database.close()
    databases.close()


def test_two_processes_that_open_an_older_schema_upgrade_it_once(url: str, process: Callable[..., Registry]) -> None:
    registry = process()
    add(registry.for_key("sk_ws_a"), "a")
    with registry.for_key("sk_ws_a").engine.begin() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
        connection.execute(text("DROP TABLE tasks"))
    again = [process().for_key("sk_ws_a") for _ in range(2)]
    assert [names(workspace) for workspace in again] == [["a"], ["a"]]
    assert differences(again[0].engine, Table.metadata) == []
