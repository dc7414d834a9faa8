"""One environment: a database, a lock that orders its transactions, a clock and an id source.

Invariant: at most one transaction of a workspace runs at a time, so no two requests ever see each other half done.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import MetaData, create_engine, event, select
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from flexprice_client.models.base import parse_time
from flexprice_emulator.workspace.clock import Clock, ClockState, RealTime
from flexprice_emulator.workspace.ids import IdSource
from flexprice_emulator.workspace.storage import Meta, Table


def _connect(path: Path | None) -> sqlite3.Connection:
    connection = sqlite3.connect(path or ":memory:", check_same_thread=False, isolation_level=None, cached_statements=512)
    if path is not None:
        connection.execute("PRAGMA journal_mode=WAL")
        # In WAL mode NORMAL survives the end of the process at any point; only a power cut may lose the last commits.
        connection.execute("PRAGMA synchronous=NORMAL")
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
        # What a domain derives from its tables and wants to keep between requests; emptied on rollback and restore.
        self.caches: dict[str, Any] = {}
        fresh = path is None or not path.exists()
        self.engine, self._connection = sqlite_engine(path)
        if fresh and template is not None:
            template.backup(self._connection)
        elif fresh:
            metadata.create_all(self.engine)
        self.clock = Clock(real_time, (self._stored_clock() if metadata is Table.metadata and not fresh else None) or clock)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session under the workspace's lock; commits at the end, rolls back on any error."""
        with self.lock, Session(self.engine, expire_on_commit=False, autoflush=True) as session:
            try:
                yield session
                session.commit()
            except BaseException:
                session.rollback()
                self.caches.clear()
                raise

    def set_clock(self, mode: Any, now: datetime | None = None, rate: float = 1.0) -> ClockState:
        """Change the clock, durably."""
        with self.transaction() as session:
            state = self.clock.set(mode, now, rate)
            session.merge(Meta(key="clock", value={"mode": state.mode, "now": state.now, "since": state.since, "rate": repr(state.rate)}))
        return state

    def _stored_clock(self) -> ClockState | None:
        with self.transaction() as session:
            value = session.scalar(select(Meta.value).where(Meta.key == "clock"))
        if not value:
            return None
        now, since = (parse_time(value[key]) if value.get(key) else None for key in ("now", "since"))
        return ClockState(value["mode"], now, since, float(value["rate"]))

    @property
    def connection(self) -> sqlite3.Connection:
        """The raw connection, for backups and bulk reads; hold `lock` while using it."""
        return self._connection

    def close(self) -> None:
        with self.lock:
            self.engine.dispose()
            self._connection.close()
