"""One schema as a Database: its transactions exclude each other, in this process and in any other.

Each begins with the schema's lock and reads whether another process has written since; each that wrote gives the schema a new version.
Both cost no round trip of their own.
"""

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Connection, MetaData, event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError

from flexprice_emulator.workspace.databases.postgres_tables import literal, quoted
from flexprice_emulator.workspace.databases.protocol import Database, DatabaseGone, News

if TYPE_CHECKING:
    from flexprice_emulator.workspace.databases.postgres import PostgresDatabases

BEGIN: Final = "BEGIN ISOLATION LEVEL READ COMMITTED"


class PostgresDatabase:
    """See protocol.Database. `schema` is where its tables are."""

    shared = True
    connection = None

    def __init__(self, server: "PostgresDatabases", engine: Engine, schema: str, metadata: MetaData) -> None:
        self.schema, self.metadata = schema, metadata
        self._server = server
        self._version = self._content = 0
        self._news: News | None = None
        self.engine: Engine = engine.execution_options()
        self.lock_key, self.turn_key = server.key(schema), server.key(schema, "turn")
        self._look = f"SELECT version, content FROM {server.catalog} WHERE schema = {literal(schema)}"  # noqa: S608
        place, lock = f"SET LOCAL search_path TO {quoted(schema)}", f"SELECT pg_advisory_xact_lock({self.lock_key})"
        self._begin = f"{BEGIN}; {place}; {lock}; {self._look}"
        self._commit = (
            f"UPDATE {server.catalog} SET version = {server.next_version} WHERE schema = {literal(schema)} "  # noqa: S608
            "AND pg_current_xact_id_if_assigned() IS NOT NULL RETURNING version; COMMIT"
        )
        event.listen(self.engine, "begin", self._begun)
        event.listen(self.engine, "commit", self._committing)

    def replace(self, source: Database) -> None:
        self._server.refill(self, source)

    def news(self) -> News | None:
        found, self._news = self._news, None
        return found

    def is_behind(self) -> bool:
        found = self._server.watch.ask(self._look)
        return not found or found[0][0] != self._version

    def take_turn(self, *, wait: bool) -> bool:
        watch = self._server.watch
        return watch.take(self.turn_key) or (wait and watch.wait(self.turn_key))

    def end_turn(self) -> None:
        self._server.watch.give_back(self.turn_key)

    def close(self) -> None:
        """Its connections belong to all."""

    def stands_at(self, version: int, content: int) -> None:
        """What this process has just written itself."""
        self._version, self._content = version, content

    def _begun(self, connection: Connection) -> None:
        try:
            row = run(connection, self._begin)
        except OperationalError:
            # The server was restarted, or has closed an idle connection: that is no error of this transaction.
            connection.invalidate()
            row = run(connection, self._begin)
        self._see(row)

    def _see(self, row: Any) -> None:
        if row is None:
            raise DatabaseGone(self.schema)
        version, content = row
        if version != self._version:
            replaced = content != self._content or self._news == "replaced"
            self._news = None if self._version == 0 else "replaced" if replaced else "written"
            self._version, self._content = version, content

    def _committing(self, connection: Connection) -> None:
        row = run(connection, self._commit, result=0)
        if row is not None:
            self._version = row[0]


class ScratchDatabase(PostgresDatabase):
    """It has no name and is gone when closed; until then its owner is known to live."""

    def close(self) -> None:
        self._server.forget_scratch(self)


def run(connection: Connection, script: str, *, result: int = -1) -> Any:
    """Run several statements in one round trip; the first row of one of them. Raises the driver's errors as SQLAlchemy's."""
    driver = connection.connection.driver_connection
    errors = connection.dialect.loaded_dbapi
    assert driver is not None
    try:
        with driver.cursor() as cursor:
            cursor.execute(script, prepare=False)
            if result < 0:
                while cursor.nextset():
                    pass
            return cursor.fetchone() if cursor.description else None
    except errors.OperationalError as error:
        if driver.closed:
            raise OperationalError(script, None, error, connection_invalidated=True) from error
        raise
