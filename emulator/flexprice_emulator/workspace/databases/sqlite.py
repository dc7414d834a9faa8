"""SQLite: a file each below a folder, or all in memory.

Folder: `root.db` beside `environments/<id>.db` and `environments/<id>.snapshots/<name>.db`, held by one process at a time
through `lock`. Copies are made by SQLite's backup: onto a live database it is one transaction, a new file gets its name when it is whole.
"""

import fcntl
import os
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import IO, Any, cast

from sqlalchemy import Dialect, MetaData, create_engine, event
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.pool import StaticPool
from sqlalchemy.util import LRUCache

from flexprice_emulator.migrations import bring_up_to_date, is_today, stamp
from flexprice_emulator.workspace.databases.protocol import Database, DataDirectoryLocked, News, Prepare
from flexprice_emulator.workspace.storage import RootTable, Table

_BESIDE = ("-wal", "-shm", "-journal")
# Every table and index takes a page at least: with SQLite's usual 4 KiB an empty workspace in memory would be nearly 1 MiB.
_SMALL_PAGE = 1024


class SqliteDatabase:
    """One connection, shared by all threads under the workspace's lock. No other process has it open."""

    shared = False

    _begin = "BEGIN IMMEDIATE"

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self._copying = threading.Lock()
        self._engine: Engine | None = None

    @property
    def engine(self) -> Engine:
        if self._engine is None:
            self._engine = _engine(self.connection, self._begin)
        return self._engine

    def replace(self, source: Database) -> None:
        cast(SqliteDatabase, source).copy_to(self.connection)

    def news(self) -> News | None:
        return None

    def is_behind(self) -> bool:
        return False

    def take_turn(self, *, wait: bool) -> bool:  # noqa: ARG002
        return True

    def end_turn(self) -> None: ...

    def copy_to(self, target: sqlite3.Connection) -> None:
        """All pages, in one transaction of the target."""
        with self._copying:
            self.connection.backup(target)

    def close(self) -> None:
        with self._copying:
            if self._engine is not None:
                self._engine.dispose()
            self.connection.close()


class _ReadOnly(SqliteDatabase):
    """A saved copy in a file."""

    _begin = "BEGIN"


class _Kept(SqliteDatabase):
    """A saved copy in memory, which is there until it is dropped."""

    def close(self) -> None:
        """Others may read it."""


def memory_database(metadata: MetaData = Table.metadata, *, page: int | None = None) -> SqliteDatabase:
    """An empty database in memory, of the tables that are known; its copies have the same size of `page`, in bytes."""
    database = SqliteDatabase(_connect(None))
    if page is not None:
        database.connection.execute(f"PRAGMA page_size={page}")
    metadata.create_all(database.engine)
    with database.engine.begin() as connection:
        stamp(connection)
    return database


def file_database(path: Path, metadata: MetaData = Table.metadata) -> SqliteDatabase:
    """A database in a file, made when there is none."""
    if not path.exists():
        _write(path, memory_database(metadata))
    return SqliteDatabase(_connect(path))


class SqliteDatabases:
    """See protocol.Databases. Raises DataDirectoryLocked, OSError for the folder."""

    def __init__(self, folder: Path | None = None) -> None:
        from flexprice_emulator.tables import load_tables

        # Every domain's tables must be known before the first database is made.
        load_tables()
        self._folder = folder
        self._lock_file = None if folder is None else _hold(folder)
        self._kept: dict[str, dict[str, _Kept]] = {}
        self.root: Database = memory_database(RootTable.metadata) if folder is None else self._open_root(folder / "root.db")
        # Databases of a folder keep the usual size: what they are replaced by has to have it too.
        self.template: Database = memory_database(page=_SMALL_PAGE if folder is None else None)

    def exists(self, environment_id: str) -> bool:
        # A power cut may leave an empty file of an environment that was just made from the template.
        path = self._path(environment_id)
        return self._folder is not None and path.exists() and path.stat().st_size > 0

    def open(self, environment_id: str) -> SqliteDatabase:
        if not self.exists(environment_id):
            raise LookupError(environment_id)
        database = SqliteDatabase(_connect(self._path(environment_id)))
        bring_up_to_date(database.engine, "environment", str(self._path(environment_id)))
        return database

    def create(self, environment_id: str, source: Database, prepare: Prepare | None = None) -> SqliteDatabase:
        if self._folder is None:
            return self.scratch(source, prepare)
        _write(self._path(environment_id), source, prepare, sync=source is not self.template)
        return SqliteDatabase(_connect(self._path(environment_id)))

    def drop(self, environment_id: str) -> None:
        for name in self.saved(environment_id):
            self.drop_saved(environment_id, name)
        if self._folder is None:
            return
        shutil.rmtree(self._snapshots(environment_id), ignore_errors=True)
        _remove(self._path(environment_id))

    def scratch(self, source: Database, prepare: Prepare | None = None) -> SqliteDatabase:
        database = SqliteDatabase(_connect(None))
        _fill(database, source, prepare)
        return database

    def save(self, environment_id: str, name: str, source: Database, prepare: Prepare | None = None) -> None:
        if self._folder is None:
            copy = _Kept(_connect(None))
            _fill(copy, source, prepare)
            replaced = self._kept.setdefault(environment_id, {}).get(name)
            self._kept[environment_id][name] = copy
            if replaced is not None:
                SqliteDatabase.close(replaced)
            return
        folder = self._snapshots(environment_id)
        folder.mkdir(exist_ok=True)
        _write(folder / f"{name}.db", source, prepare)

    def saved(self, environment_id: str) -> list[str]:
        if self._folder is None:
            return sorted(self._kept.get(environment_id, ()))
        return sorted(path.stem for path in self._snapshots(environment_id).glob("*.db"))

    def open_saved(self, environment_id: str, name: str) -> SqliteDatabase:
        if name not in self.saved(environment_id):
            raise LookupError(name)
        if self._folder is None:
            return self._kept[environment_id][name]
        # Immutable: nothing is written beside a file that is only read.
        path = self._snapshots(environment_id) / f"{name}.db"
        uri = f"{path.resolve().as_uri()}?immutable=1"
        saved = _ReadOnly(sqlite3.connect(uri, uri=True, check_same_thread=False, isolation_level=None))
        if is_today(saved.engine):
            return saved
        with closing(saved):
            database = self.scratch(saved)
        bring_up_to_date(database.engine, "environment", str(path))
        return database

    def drop_saved(self, environment_id: str, name: str) -> None:
        if name not in self.saved(environment_id):
            raise LookupError(name)
        if self._folder is None:
            SqliteDatabase.close(self._kept[environment_id].pop(name))
        else:
            _remove(self._snapshots(environment_id) / f"{name}.db")

    @contextmanager
    def founding(self) -> Iterator[None]:
        yield

    def touched(self) -> list[str]:
        return []

    def close(self) -> None:
        self.root.close()
        self.template.close()
        for copies in self._kept.values():
            for copy in copies.values():
                SqliteDatabase.close(copy)
        self._kept.clear()
        if self._lock_file is not None:
            self._lock_file.close()

    def _open_root(self, path: Path) -> SqliteDatabase:
        """An older folder is brought up to date at once; the root last, so that a process that is killed meanwhile begins again."""
        root = file_database(path, RootTable.metadata)
        if not is_today(root.engine):
            for environment in sorted(self._environments.glob("*.db")):
                self.open(environment.stem).close()
            bring_up_to_date(root.engine, "root", str(path))
        return root

    def _path(self, environment_id: str) -> Path:
        return self._environments / f"{environment_id}.db"

    def _snapshots(self, environment_id: str) -> Path:
        return self._environments / f"{environment_id}.snapshots"

    @property
    def _environments(self) -> Path:
        return (self._folder or Path()) / "environments"


def _connect(path: Path | None) -> sqlite3.Connection:
    connection = sqlite3.connect(path or ":memory:", check_same_thread=False, isolation_level=None, cached_statements=512)
    if path is not None:
        # To become a database with a write-ahead log it need not be synced.
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("PRAGMA journal_mode=WAL")
        # In WAL mode NORMAL survives the end of the process at any point; only a power cut may lose the last commits.
        connection.execute("PRAGMA synchronous=NORMAL")
        # Moving the log into the file costs two syncs: seldom and much is cheaper than often and little (32 MB of log).
        connection.execute("PRAGMA wal_autocheckpoint=8000")
    connection.execute("PRAGMA cache_size=-65536")
    connection.execute("PRAGMA temp_store=MEMORY")
    return connection


@cache
def _common() -> tuple[Dialect, LRUCache[Any, Any]]:
    """What all engines share, so that a statement is compiled once and not once in each of many workspaces."""
    first = create_engine("sqlite://", poolclass=StaticPool)
    # The dialect learns at its first connection what this SQLite can do.
    first.connect().close()
    first.dispose()
    return first.dialect, LRUCache(2000)


def _engine(connection: sqlite3.Connection, begin: str) -> Engine:
    dialect, compiled = _common()
    pool = StaticPool(lambda: cast(Any, connection), dialect=dialect)
    engine = Engine(pool, dialect, make_url("sqlite://"), execution_options={"compiled_cache": compiled})

    # The driver's own transaction handling is switched off (isolation_level None): SQLAlchemy begins explicitly.
    @event.listens_for(engine, "begin")
    def _begin(conn: Any) -> None:
        conn.exec_driver_sql(begin)

    return engine


def _fill(target: SqliteDatabase, source: Database, prepare: Prepare | None) -> None:
    target.replace(source)
    if prepare is not None:
        with target.engine.begin() as connection:
            prepare(connection)


def _write(path: Path, source: Database, prepare: Prepare | None = None, *, sync: bool = True) -> None:
    """A file that is whole as soon as it has its name, in place of one that has it; with `sync` also after a power cut."""
    unfinished = path.with_name(f"{path.name}.new")
    _remove(unfinished)
    database = SqliteDatabase(sqlite3.connect(unfinished, check_same_thread=False, isolation_level=None))
    # What is cut off is thrown away: it needs no way back.
    database.connection.execute("PRAGMA synchronous=OFF")
    database.connection.execute("PRAGMA journal_mode=OFF")
    _fill(database, source, prepare)
    # The copy of a database with a write-ahead log says that it has one too; it is to be one file.
    database.connection.execute("PRAGMA journal_mode=DELETE")
    database.close()
    if sync:
        with unfinished.open("rb") as written:
            os.fsync(written.fileno())
    _remove_beside(path)
    unfinished.replace(path)


def _remove(path: Path) -> None:
    _remove_beside(path)
    path.unlink(missing_ok=True)


# A log without its file would be taken for the log of the next file of that name, so it goes first.
def _remove_beside(path: Path) -> None:
    for ending in _BESIDE:
        path.with_name(path.name + ending).unlink(missing_ok=True)


def _hold(folder: Path) -> IO[str]:
    (folder / "environments").mkdir(parents=True, exist_ok=True)
    lock_file = (folder / "lock").open("a+")
    try:
        fcntl.flock(lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock_file.seek(0)
        holder = lock_file.read().strip()
        lock_file.close()
        raise DataDirectoryLocked(f"data directory {folder} is in use by process {holder or 'unknown'}") from None
    lock_file.truncate(0)
    lock_file.write(str(os.getpid()))
    lock_file.flush()
    return lock_file
