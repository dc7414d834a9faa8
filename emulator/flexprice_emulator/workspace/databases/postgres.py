"""PostgreSQL: a schema each, in one database that any number of processes share.

Schema NAME lists them in `databases`; NAME_root, NAME_<environment id> and NAME_<environment id>@<copy> hold tables. A new one is an
empty schema kept in stock that is renamed, filled and listed in one transaction: making 150 tables and indexes takes 0.2 s, this 10 ms.
Transactions of a schema exclude each other by an advisory lock (postgres_engine.py); turns and scratch databases are held by
session locks (postgres_watch.py).
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from typing import Any, Final, Literal, cast
from uuid import uuid4

from sqlalchemy import Connection, MetaData, create_engine, event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

from flexprice_emulator.migrations import bring_up_to_date, is_today
from flexprice_emulator.workspace.databases import postgres_tables as tables
from flexprice_emulator.workspace.databases.postgres_engine import BEGIN, PostgresDatabase, ScratchDatabase, run
from flexprice_emulator.workspace.databases.postgres_tables import literal, quoted
from flexprice_emulator.workspace.databases.postgres_url import DatabaseUnusable, Target, connect, one_line, parse
from flexprice_emulator.workspace.databases.postgres_watch import Watch
from flexprice_emulator.workspace.databases.protocol import Database, News, Prepare
from flexprice_emulator.workspace.storage import RootTable, Table

log = logging.getLogger("flexprice_emulator")

Kind = Literal["root", "environment", "saved", "scratch", "spare"]
OLDEST: Final = 130000
# Threads that work at once, each in its environment; the root's transactions come one after the other anyway.
CONNECTIONS: Final = 16
STOCK: Final = 2
_LONGEST_NAME: Final = 63


class PostgresDatabases:
    """See protocol.Databases. Raises DatabaseUnusable, NewerSchema."""

    def __init__(self, url: str) -> None:
        from flexprice_emulator.tables import load_tables

        load_tables()
        self.target: Target = parse(url)
        name = self.target.schema
        self.catalog, self.next_version = f"{quoted(name)}.databases", f"nextval({literal(f'{quoted(name)}.versions')})"
        self._make_catalog()
        self._environments, self._roots, self._admins = (self._pool(size) for size in (CONNECTIONS, 1, 2))
        event.listen(self._admins, "begin", lambda connection: connection.exec_driver_sql(BEGIN))
        self.watch = Watch(self.target)
        self._stocking: threading.Thread | None = None
        self._seen: dict[str, int] = {}
        try:
            self.root: Database = self._open_root()
            self._drop_lost_scratch()
            self.template: Database = _Template(self)
            self.touched()
        except Exception as error:
            self._disconnect()
            if not isinstance(error, SQLAlchemyError):
                raise
            raise DatabaseUnusable(f"{self.target.shown()}: {one_line(getattr(error, 'orig', None) or error)}") from None

    def exists(self, environment_id: str) -> bool:
        return self._schema("environment", environment_id) is not None

    def open(self, environment_id: str) -> PostgresDatabase:
        schema = self._schema("environment", environment_id)
        if schema is None:
            raise LookupError(environment_id)
        return self._opened(schema)

    def create(self, environment_id: str, source: Database, prepare: Prepare | None = None) -> PostgresDatabase:
        with self.admin() as connection:
            self._remove(connection, environment_id)
            schema = self._make(connection, "environment", environment_id, "", source, prepare)
        self._stock_up()
        return self._database(schema)

    def drop(self, environment_id: str) -> None:
        for name in self.saved(environment_id):
            self.drop_saved(environment_id, name)
        with self.admin() as connection:
            self._remove(connection, environment_id)

    def scratch(self, source: Database, prepare: Prepare | None = None) -> PostgresDatabase:
        name = uuid4().hex
        # Held for as long as it is in use: nobody else has the name yet.
        self.watch.take(self._life_key(self._name_of("scratch", name)))
        with self.admin() as connection:
            schema = self._make(connection, "scratch", name, "", source, prepare)
        self._stock_up()
        return ScratchDatabase(self, self._environments, schema, Table.metadata)

    def save(self, environment_id: str, name: str, source: Database, prepare: Prepare | None = None) -> None:
        with self.admin() as connection:
            self._remove(connection, environment_id, name)
            self._make(connection, "saved", environment_id, name, source, prepare)
        self._stock_up()

    def saved(self, environment_id: str) -> list[str]:
        sql = f"SELECT name FROM {self.catalog} WHERE kind = 'saved' AND environment_id = %s"  # noqa: S608
        return sorted(row[0] for row in self._ask(sql, environment_id))

    def open_saved(self, environment_id: str, name: str) -> PostgresDatabase:
        schema = self._schema("saved", environment_id, name)
        if schema is None:
            raise LookupError(name)
        return self._opened(schema)

    def drop_saved(self, environment_id: str, name: str) -> None:
        with self.admin() as connection:
            if not self._remove(connection, environment_id, name):
                raise LookupError(name)

    @contextmanager
    def founding(self) -> Iterator[None]:
        with self.admin() as connection:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({self.key('founding')})")
            yield

    def touched(self) -> list[str]:
        sql = f"SELECT environment_id, version FROM {self.catalog} WHERE kind = 'environment'"  # noqa: S608
        found = {row[0]: row[1] for row in self.watch.ask(sql)}
        changed = [environment_id for environment_id, version in found.items() if self._seen.get(environment_id) != version]
        self._seen = found
        return changed

    def close(self) -> None:
        if self._stocking is not None:
            self._stocking.join()
        self.template.close()
        self._disconnect()

    def _disconnect(self) -> None:
        for pool in (self._environments, self._roots, self._admins):
            pool.dispose()
        self.watch.close()

    def refill(self, target: PostgresDatabase, source: Database) -> None:
        """Replace all rows of a database by those of another, in one transaction."""
        with self.admin() as connection:
            self._lock(connection, target, source)
            large = {row[0] for row in connection.exec_driver_sql(tables.large_query(target.schema))}
            run(connection, tables.empty_script(target.metadata, target.schema, large))
            self._fill(connection, target.schema, source)
            number = f"version = {self.next_version}, content = {self.next_version}"
            sql = f"UPDATE {self.catalog} SET {number} WHERE schema = %s RETURNING version, content"  # noqa: S608
            version, content = connection.exec_driver_sql(sql, (target.schema,)).one()
        target.stands_at(version, content)

    def forget_scratch(self, database: PostgresDatabase) -> None:
        """Drop a scratch database."""
        with self.admin() as connection:
            self._discard(connection, database.schema)
        self.watch.give_back(self._life_key(database.schema))

    def _life_key(self, schema: str) -> int:
        return self.key(schema, "life")

    @contextmanager
    def admin(self) -> Iterator[Connection]:
        """A transaction outside all databases."""
        with self._admins.begin() as connection:
            yield connection

    def key(self, *parts: str) -> int:
        """The number of an advisory lock."""
        text = "\0".join((self.target.schema, *parts))
        return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big", signed=True)

    def _ask(self, sql: str, *parameters: Any) -> list[Any]:
        with self._admins.connect() as connection:
            return list(connection.exec_driver_sql(sql, parameters).all())

    def _make_catalog(self) -> None:
        connection = connect(self.target)
        with connection:
            if connection.info.server_version < OLDEST:
                raise DatabaseUnusable(f"{self.target.shown()}: PostgreSQL {OLDEST // 10000} or newer is needed")
            name = quoted(self.target.schema)
            if connection.execute("SELECT to_regclass(%s)", (self.catalog,)).fetchone()[0] is not None:
                return
            try:
                connection.execute(
                    f"{BEGIN}; SELECT pg_advisory_xact_lock({self.key('catalog')}); CREATE SCHEMA IF NOT EXISTS {name}; "
                    f"CREATE SEQUENCE IF NOT EXISTS {name}.versions; CREATE TABLE IF NOT EXISTS {self.catalog} ("
                    "schema text PRIMARY KEY, kind text NOT NULL, environment_id text NOT NULL, name text NOT NULL, tables text NOT NULL, "
                    f"version bigint NOT NULL DEFAULT {self.next_version}, content bigint NOT NULL DEFAULT {self.next_version}, "
                    "UNIQUE (kind, environment_id, name)); COMMIT"
                )
            except Exception as error:
                raise DatabaseUnusable(f"{self.target.shown()}: {one_line(error)}") from None

    def _pool(self, size: int) -> Engine:
        from flexprice_emulator.workspace.databases.postgres_text import take_any_text

        def settle(connection: Any, _: object) -> None:
            # Statements are short; compiling them costs more than running them.
            connection.execute("SET jit = off")
            take_any_text(connection)

        pool = create_engine(
            self.target.url,
            connect_args=self.target.connect_arguments(),
            pool_size=size,
            max_overflow=0 if size > 2 else 64,
            pool_timeout=60,
            pool_use_lifo=True,
            query_cache_size=2000,
            use_native_hstore=False,
        )
        event.listen(pool, "connect", settle)
        return pool

    def _open_root(self) -> PostgresDatabase:
        with self.founding():
            schema = self._schema("root", "")
            if schema is None:
                schema = self._name_of("root", "")
                with self.admin() as connection:
                    self._create_schema(connection, schema, RootTable.metadata)
                    self._list(connection, schema, "root")
                log.info("created the tables of schema %s", schema)
        root = PostgresDatabase(self, self._roots, schema, RootTable.metadata)
        if not is_today(root.engine):
            # The root last, so that a process that is killed meanwhile begins again.
            for (environment,) in self._ask(f"SELECT schema FROM {self.catalog} WHERE kind = 'environment' ORDER BY schema"):  # noqa: S608
                self._opened(environment)
            bring_up_to_date(root.engine, "root", schema)
        return root

    def _opened(self, schema: str) -> PostgresDatabase:
        database = self._database(schema)
        bring_up_to_date(database.engine, "environment", schema)
        return database

    def _database(self, schema: str) -> PostgresDatabase:
        return PostgresDatabase(self, self._environments, schema, Table.metadata)

    def _schema(self, kind: Kind, environment_id: str, name: str = "") -> str | None:
        sql = f"SELECT schema FROM {self.catalog} WHERE kind = %s AND environment_id = %s AND name = %s"  # noqa: S608
        found = self._ask(sql, kind, environment_id, name)
        return str(found[0][0]) if found else None

    def _name_of(self, kind: Kind, identity: str, name: str = "") -> str:
        """A schema's name; what is too long for one is told apart by a hash."""
        ending = {"environment": identity, "saved": f"{identity}@{name}", "root": "root"}.get(kind, f"{kind}_{identity}")
        text = f"{self.target.schema}_{ending}"
        if len(text.encode()) <= _LONGEST_NAME:
            return text
        return f"{self.target.schema}_{blake2b(text.encode(), digest_size=16).hexdigest()}"

    def _list(self, connection: Connection, schema: str, kind: Kind, environment_id: str = "", name: str = "") -> None:
        made = tables.fingerprint(RootTable.metadata if kind == "root" else Table.metadata)
        sql = f"INSERT INTO {self.catalog} (schema, kind, environment_id, name, tables) VALUES (%s, %s, %s, %s, %s)"  # noqa: S608
        connection.exec_driver_sql(sql, (schema, kind, environment_id, name, made))

    def _make(self, connection: Connection, kind: Kind, environment_id: str, name: str, source: Database, prepare: Prepare | None) -> str:
        """A listed schema with all rows of `source`."""
        schema = self._name_of(kind, environment_id, name)
        self._lock(connection, source)
        self._take_spare(connection, schema)
        self._list(connection, schema, kind, environment_id, name)
        self._fill(connection, schema, source)
        if prepare is not None:
            connection.exec_driver_sql(f"SET LOCAL search_path TO {quoted(schema)}")
            prepare(connection)
        run(connection, tables.number_script(Table.metadata, schema))
        return schema

    @staticmethod
    def _fill(connection: Connection, schema: str, source: Database) -> None:
        held = _held(source)
        if held is not None:
            run(connection, tables.fill_script(held.metadata, schema, held.schema))
            run(connection, tables.number_script(held.metadata, schema))

    @staticmethod
    def _lock(connection: Connection, *databases: Database) -> None:
        """Keep transactions of databases out, in one order, so that no two copies wait for each other."""
        for key in sorted({held.lock_key for held in map(_held, databases) if held is not None}):
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({key})")

    def _take_spare(self, connection: Connection, schema: str) -> None:
        sql = (
            f"DELETE FROM {self.catalog} WHERE schema = (SELECT schema FROM {self.catalog} "  # noqa: S608
            "WHERE kind = 'spare' AND tables = %s LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING schema"
        )
        spare = connection.exec_driver_sql(sql, (tables.fingerprint(Table.metadata),)).scalar()
        if spare is None:
            self._create_schema(connection, schema, Table.metadata)
        else:
            connection.exec_driver_sql(f"ALTER SCHEMA {quoted(spare)} RENAME TO {quoted(schema)}")

    @staticmethod
    def _create_schema(connection: Connection, schema: str, metadata: MetaData) -> None:
        name = quoted(schema)
        run(connection, f"CREATE SCHEMA {name}; SET LOCAL search_path TO {name}; {tables.create_script(metadata)}")

    def _remove(self, connection: Connection, environment_id: str, name: str | None = None) -> bool:
        """Forget an environment's database, or its saved copy; whether there was one."""
        kind: Kind = "environment" if name is None else "saved"
        schema = self._name_of(kind, environment_id, name or "")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({self.key(schema)})")
        sql = f"SELECT 1 FROM {self.catalog} WHERE schema = %s FOR UPDATE"  # noqa: S608
        if connection.exec_driver_sql(sql, (schema,)).first() is None:
            return False
        self._discard(connection, schema)
        return True

    def _discard(self, connection: Connection, schema: str) -> None:
        """Drop a listed schema; one of today's tables that holds little is emptied and kept in stock instead."""
        made = connection.exec_driver_sql(f"DELETE FROM {self.catalog} WHERE schema = %s RETURNING tables", (schema,)).scalar()  # noqa: S608
        usable = made == tables.fingerprint(Table.metadata) and self._spares(connection) < 4 * STOCK
        if not usable or list(connection.exec_driver_sql(tables.large_query(schema))):
            connection.exec_driver_sql(f"DROP SCHEMA {quoted(schema)} CASCADE")
            return
        run(connection, tables.empty_script(Table.metadata, schema, set()))
        spare = self._new_spare(connection)
        connection.exec_driver_sql(f"ALTER SCHEMA {quoted(schema)} RENAME TO {quoted(spare)}")

    def _new_spare(self, connection: Connection) -> str:
        """A listed name of an empty schema."""
        token = uuid4().hex
        schema = self._name_of("spare", token)
        self._list(connection, schema, "spare", token)
        return schema

    def _spares(self, connection: Connection) -> int:
        sql = f"SELECT count(*) FROM {self.catalog} WHERE kind = 'spare' AND tables = %s"  # noqa: S608
        return int(connection.exec_driver_sql(sql, (tables.fingerprint(Table.metadata),)).scalar_one())

    def _drop_lost_scratch(self) -> None:
        """What processes that ended have left."""
        for (schema,) in self._ask(f"SELECT schema FROM {self.catalog} WHERE kind = 'scratch'"):  # noqa: S608
            key = self._life_key(schema)
            if self.watch.take(key):
                with self.admin() as connection:
                    self._discard(connection, schema)
                self.watch.give_back(key)

    def _stock_up(self) -> None:
        """Make empty schemas in the background, so that the next workspace need not wait for its tables."""
        if self._stocking is None or not self._stocking.is_alive():
            self._stocking = threading.Thread(target=self._make_stock, name="schemas", daemon=True)
            self._stocking.start()

    def _make_stock(self) -> None:
        try:
            enough = False
            while not enough:
                with self.admin() as connection:
                    enough = self._spares(connection) >= STOCK
                    if not enough:
                        self._create_schema(connection, self._new_spare(connection), Table.metadata)
        except SQLAlchemyError:
            log.warning("no empty schemas could be prepared", exc_info=True)


class _Template:
    """What new databases are copied from: nothing, until it is filled by this process for itself."""

    shared = False
    connection = None

    def __init__(self, server: PostgresDatabases) -> None:
        self._server = server
        self.held: PostgresDatabase | None = None

    @property
    def engine(self) -> Engine:
        return self._made().engine

    def replace(self, source: Database) -> None:
        self._made().replace(source)

    def news(self) -> News | None:
        return None

    def is_behind(self) -> bool:
        return False

    def take_turn(self, *, wait: bool) -> bool:  # noqa: ARG002
        return True

    def end_turn(self) -> None: ...

    def close(self) -> None:
        if self.held is not None:
            self.held.close()
            self.held = None

    def _made(self) -> PostgresDatabase:
        if self.held is None:
            self.held = self._server.scratch(self)
        return self.held


def _held(database: Database) -> PostgresDatabase | None:
    """Where a database's rows are; None for an empty template."""
    return database.held if isinstance(database, _Template) else cast(PostgresDatabase, database)
