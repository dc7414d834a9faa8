"""One environment: a database, a lock that orders its transactions, a clock and an id source.

Invariants: at most one transaction of a workspace runs at a time, so no two requests ever see each other half done. Everything that
a workspace is, is in its database: a copy of it goes on as the original would have.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from flexprice_emulator.wire.errors import BareError
from flexprice_emulator.workspace import meta
from flexprice_emulator.workspace.clock import Clock, ClockState, RealTime
from flexprice_emulator.workspace.databases.protocol import Database, DatabaseGone
from flexprice_emulator.workspace.due_state import DueState
from flexprice_emulator.workspace.ids import IdSource


class WorkspaceGone(BareError):
    """It was deleted while a request waited for it."""

    def __init__(self) -> None:
        super().__init__(403, {"error": "Access denied", "message": "Invalid or inaccessible environment"})


class Workspace:
    """Opened by the registry. Use `transaction()`; nothing else touches the database.

    `seed` and `clock` are for a database that does not name its own; without a database it has an empty one in memory.
    """

    def __init__(
        self,
        environment_id: str,
        real_time: RealTime,
        database: Database | None = None,
        *,
        seed: int | str | None = None,
        clock: ClockState | None = None,
        has_meta: bool = True,
    ) -> None:
        if database is None:
            from flexprice_emulator.workspace.databases.sqlite import memory_database

            database = memory_database()
        self.environment_id = environment_id
        self.database = database
        self.lock = threading.RLock()
        self.ids = IdSource(seed)
        self.clock = Clock(real_time, clock)
        self.due = DueState(database)
        # Whose environment it is: the tenant of what happens without a request.
        self.tenant_id: str | None = None
        # Stands for the environment where something is derived from it: the same in all copies of one, and of one given seed.
        self.lineage = environment_id
        # What a domain derives from its tables and wants to keep between requests; emptied on rollback and restore.
        self.caches: dict[str, Any] = {}
        self._has_meta = has_meta
        self._gone = False
        if has_meta:
            self._load()

    @property
    def engine(self) -> Engine:
        return self.database.engine

    @property
    def connection(self) -> Any:
        """The driver's connection, for bulk reads; hold `lock` while using it."""
        return self.database.connection

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session under the workspace's lock; commits at the end, rolls back on any error. Raises WorkspaceGone."""
        with self.lock:
            if self._gone:
                raise WorkspaceGone
            with Session(self.engine, expire_on_commit=False, autoflush=True) as session:
                if self.database.shared:
                    self._catch_up(session)
                issued = self.ids.state
                try:
                    yield session
                    if self._has_meta and self.ids.state != issued:
                        # Without it ids of one instant could come twice or out of order after a restart.
                        meta.write(session.connection(), meta.IDS, meta.ids_value(self.ids))
                    session.commit()
                    touched, self.due.touched = self.due.touched, False
                except BaseException:
                    session.rollback()
                    self.caches.clear()
                    self.due.touched = False
                    self.ids.restore(issued)
                    raise
        if touched:
            self.due.changed()

    def check_there(self) -> None:
        """Be as the database is now; hold `lock`. Raises WorkspaceGone."""
        if self.database.shared:
            with self.transaction():
                pass
        elif self._gone:
            raise WorkspaceGone

    def refresh(self) -> None:
        """Be as the database is now: for who reads clock or caches without a transaction of its own. Raises WorkspaceGone."""
        if self.database.shared:
            with self.lock:
                self.check_there()

    def drop_stale(self) -> None:
        """Forget what is kept between requests where another process has written since; for who reads `caches` without a transaction."""
        if self.database.shared and self.database.is_behind():
            self.caches.clear()

    @property
    def gone(self) -> bool:
        """Whether it was deleted, as far as this process knows."""
        return self._gone

    def _catch_up(self, session: Session) -> None:
        """Take over what another process has written since the last transaction here."""
        try:
            connection = session.connection()
        except DatabaseGone:
            self._gone = self.due.closing = True
            raise WorkspaceGone from None
        news = self.database.news()
        if news is None:
            return
        self.caches.clear()
        if news == "replaced":
            self.due.replaced()
        self.due.recovered = False
        if self._has_meta:
            self._adopt(self._read(connection))

    def set_clock(self, mode: Any, now: datetime | None = None, rate: float = 1.0) -> ClockState:
        """Change the clock, durably."""
        with self.transaction() as session:
            state = self.clock.set(mode, now, rate)
            self.write_clock(session, state)
        self.due.changed()
        return state

    def write_clock(self, session: Session, state: ClockState) -> None:
        """Make a state of the clock durable, in a transaction that is under way."""
        self.write_meta(session, meta.CLOCK, meta.clock_value(state))

    @staticmethod
    def write_meta(session: Session, key: str, value: dict[str, Any]) -> None:
        """Set what the workspace knows of itself under a key."""
        meta.write(session.connection(), key, value)

    @staticmethod
    def read_meta(session: Session, key: str) -> dict[str, Any] | None:
        """What stands under a key."""
        return meta.read(session.connection(), key)

    def become(self, source: Database) -> None:
        """Replace all content, clock and ids by those of another database. Work under way is done or undone before; what of it
        is outside a transaction just then records nothing in the new content. Raises WorkspaceGone.
        """
        with self.lock:
            self.check_there()
            self.database.replace(source)
            self.caches.clear()
            self.due.replaced()
            self._load()
        self.due.changed()

    def rest(self, connection: Connection) -> None:
        """Prepare a copy of this workspace: its running clock stops at the present time until the copy is loaded. Hold `lock`."""
        state = self.clock.state
        if state.mode in ("shifted", "accelerated"):
            state = replace(state, now=self.clock.now())
        meta.write(connection, meta.CLOCK, meta.clock_value(state, at_rest=True))
        meta.write(connection, meta.IDS, meta.ids_value(self.ids))

    def _load(self) -> None:
        with self.transaction() as session:
            held = self._read(session.connection())
        self._adopt(held)

    def _read(self, connection: Connection) -> dict[str, Any]:
        """What the workspace knows of itself; a clock at rest goes on."""
        held = meta.read_all(connection)
        if held.get(meta.CLOCK):
            state = meta.clock_state(held[meta.CLOCK])
            if state.mode in ("shifted", "accelerated") and state.since is None:
                state = replace(state, since=self.clock.real_now())
                meta.write(connection, meta.CLOCK, meta.clock_value(state))
            self.clock.state = state
        return held

    def _adopt(self, held: dict[str, Any]) -> None:
        ids, origin = held.get(meta.IDS), held.get(meta.ORIGIN)
        if ids:
            last_ms, last, count = ids["state"]
            self.ids.become(ids.get("seed", self.ids.seed), (last_ms, last, count))
        self.lineage = origin["lineage"] if origin else self.environment_id

    def close(self, *, gone: bool = False) -> None:
        """`gone`: it is deleted, and requests that still wait for it are refused."""
        self.due.closing = True
        with self.lock:
            self._gone = self._gone or gone
            self.database.close()
