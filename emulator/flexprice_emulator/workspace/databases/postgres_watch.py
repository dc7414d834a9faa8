"""What a process holds in the database for as long as it lives: turns at due work, and scratch databases.

Held by session locks of one connection: they end with the process, however it ends.
"""

import threading
from typing import Any

from flexprice_emulator.workspace.databases.postgres_url import Target, connect


class Watch:
    """Thread-safe. The connection is made when it is first needed, and again after a loss, with which all that was held is lost."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._mutex = threading.Lock()
        self._connection: Any = None
        self._held: set[int] = set()
        self._waited: dict[int, Any] = {}

    def take(self, key: int) -> bool:
        """Hold a key; False while another process does."""
        with self._mutex:
            taken = bool(self._ask("SELECT pg_try_advisory_lock(%s)", key)[0][0])
            if taken:
                self._held.add(key)
            return taken

    def wait(self, key: int) -> bool:
        """Stand in line for a key, with a connection of its own; False after a second."""
        from psycopg import Error
        from psycopg.errors import LockNotAvailable

        connection = connect(self._target)
        try:
            connection.execute("SET lock_timeout = '1s'")
            connection.execute("SELECT pg_advisory_lock(%s)", (key,))
        except Error as error:
            connection.close()
            if isinstance(error, LockNotAvailable):
                return False
            raise
        with self._mutex:
            self._waited[key] = connection
        return True

    def give_back(self, key: int) -> None:
        """Hold it no longer. No error when the connection was lost meanwhile."""
        with self._mutex:
            connection = self._waited.pop(key, None)
            if connection is not None:
                connection.close()
                return
            if key in self._held:
                self._held.discard(key)
                self._ask("SELECT pg_advisory_unlock(%s)", key)

    def ask(self, sql: str, *parameters: Any) -> list[Any]:
        """Rows of a query outside any transaction."""
        with self._mutex:
            return self._ask(sql, *parameters)

    def close(self) -> None:
        with self._mutex:
            for connection in (self._connection, *self._waited.values()):
                if connection is not None:
                    connection.close()
            self._waited.clear()

    def _ask(self, sql: str, *parameters: Any) -> list[Any]:
        from psycopg import OperationalError

        if self._connection is None:
            self._connection = connect(self._target)
        try:
            return self._fetch(sql, parameters)
        except OperationalError:
            if not self._connection.closed:
                raise
            self._held.clear()
            self._connection = connect(self._target)
            return self._fetch(sql, parameters)

    def _fetch(self, sql: str, parameters: Any) -> list[Any]:
        found: list[Any] = self._connection.execute(sql, parameters).fetchall()
        return found
