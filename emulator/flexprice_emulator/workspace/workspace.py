"""One environment: a database, a lock that orders its transactions, a clock and an id source.

Invariant: at most one transaction of a workspace runs at a time, so no two requests ever see each other half done.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from sqlalchemy import MetaData, bindparam, create_engine, event, select, update
from sqlalchemy import Table as SqlTable
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from flexprice_client.models.base import parse_time
from flexprice_emulator.workspace.clock import Clock, ClockState, RealTime
from flexprice_emulator.workspace.due_state import DueState
from flexprice_emulator.workspace.ids import IdSource
from flexprice_emulator.workspace.storage import Meta, Table

_META = cast(SqlTable, Meta.__table__)
_UPDATE_META = update(_META).where(_META.c.key == bindparam("of")).values(value=bindparam("value")).returning(_META.c.key)


def _connect(path: Path | None) -> sqlite3.Connection:
    connection = sqlite3.connect(path or ":memory:", check_same_thread=False, isolation_level=None, cached_statements=512)
    if path is not None:
        connection.execute("PRAGMA journal_mode=WAL")
        # In WAL mode NORMAL survives the end of the process at any point; only a power cut may lose the last commits.
        connection.execute("PRAGMA synchronous=NORMAL")
        # Moving the log into the file costs two syncs: seldom and much is cheaper than often and little (32 MB of log).
        connection.execute("PRAGMA wal_autocheckpoint=8000")
    connection.execute("PRAGMA cache_size=-65536")
    connection.execute("PRAGMA temp_store=MEMORY")
    return connection


def sqlite_engine(path: Path | None) -> tuple[Engine, sqlite3.Connection]:
    """An engine over one connection, to a file or to memory."""
    connection = _connect(path)
    engine = create_engine("sqlite://", creator=lambda: connection, poolclass=StaticPool)

    # The driver's own transaction handling is switched off (isolation_level None): SQLAlchemy begins explicitly.
    @event.listens_for(engine, "begin")
    def _begin(conn: Any) -> None:
        conn.exec_driver_sql("BEGIN IMMEDIATE")

    return engine, connection


class Workspace:
    """Opened by the registry. Use `transaction()`; nothing else touches the database."""

    def __init__(
        self,
        environment_id: str,
        real_time: RealTime,
        *,
        path: Path | None = None,
        template: sqlite3.Connection | None = None,
        metadata: MetaData = Table.metadata,
        seed: int | str | None = None,
        clock: ClockState | None = None,
    ) -> None:
        self.environment_id = environment_id
        self.path = path
        self.lock = threading.RLock()
        self.ids = IdSource(seed)
        self.due = DueState()
        # Whose environment it is: the tenant of what happens without a request.
        self.tenant_id: str | None = None
        # What a domain derives from its tables and wants to keep between requests; emptied on rollback and restore.
        self.caches: dict[str, Any] = {}
        fresh = path is None or not path.exists()
        self.engine, self._connection = sqlite_engine(path)
        if fresh and template is not None:
            template.backup(self._connection)
        elif fresh:
            metadata.create_all(self.engine)
        self._has_meta = metadata is Table.metadata
        self.clock = Clock(real_time, (self._stored_clock() if self._has_meta and not fresh else None) or clock)
        if self._has_meta and not fresh:
            self._go_on_with_ids()

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session under the workspace's lock; commits at the end, rolls back on any error."""
        with self.lock, Session(self.engine, expire_on_commit=False, autoflush=True) as session:
            issued = self.ids.state
            try:
                yield session
                if self.ids.state != issued:
                    self._remember_ids(session)
                session.commit()
                touched, self.due.touched = self.due.touched, False
            except BaseException:
                session.rollback()
                self.caches.clear()
                self.due.touched = False
                if self.ids.seeded:
                    self.ids.restore(issued)
                raise
        if touched:
            self.due.changed()

    def set_clock(self, mode: Any, now: datetime | None = None, rate: float = 1.0) -> ClockState:
        """Change the clock, durably."""
        with self.transaction() as session:
            state = self.clock.set(mode, now, rate)
            self.write_clock(session, state)
        self.due.changed()
        return state

    def write_clock(self, session: Session, state: ClockState) -> None:
        """Make a state of the clock durable, in a transaction that is under way."""
        self.write_meta(session, "clock", {"mode": state.mode, "now": state.now, "since": state.since, "rate": repr(state.rate)})

    @staticmethod
    def write_meta(session: Session, key: str, value: dict[str, Any]) -> None:
        """Set what the workspace knows of itself under a key."""
        if session.connection().execute(_UPDATE_META, {"of": key, "value": value}).first() is None:
            session.add(Meta(key=key, value=value))
            session.flush()

    @staticmethod
    def read_meta(session: Session, key: str) -> dict[str, Any] | None:
        """What stands under a key."""
        return session.scalar(select(Meta.value).where(Meta.key == key))

    def _stored_clock(self) -> ClockState | None:
        with self.transaction() as session:
            value = self.read_meta(session, "clock")
        if not value:
            return None
        now, since = (parse_time(value[key]) if value.get(key) else None for key in ("now", "since"))
        return ClockState(value["mode"], now, since, float(value["rate"]))

    # Without it ids of one instant could come twice (with a seed) or out of order (clock at rest) after a restart.
    def _remember_ids(self, session: Session) -> None:
        if self._has_meta and (self.ids.seeded or self.clock.state.mode == "frozen"):
            self.write_meta(session, "ids", {"state": list(self.ids.state)})

    def _go_on_with_ids(self) -> None:
        with self.transaction() as session:
            value = self.read_meta(session, "ids")
        if value:
            last_ms, last, count = value["state"]
            self.ids.restore((last_ms, last, count))

    @property
    def connection(self) -> sqlite3.Connection:
        """The raw connection, for backups and bulk reads; hold `lock` while using it."""
        return self._connection

    def close(self) -> None:
        self.due.closing = True
        with self.lock:
            self.engine.dispose()
            self._connection.close()
