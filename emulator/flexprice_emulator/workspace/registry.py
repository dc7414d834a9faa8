"""All workspaces of a server: opens, creates, finds and deletes them.

Data directory: `root.db` beside `environments/<id>.db`, held by one process at a time through `lock`.
"""

import fcntl
import hashlib
import os
import re
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import IO

from sqlalchemy import select
from sqlalchemy.orm import Session

from flexprice_emulator.platform.tables import EnvironmentRow, TenantRow, UserRow
from flexprice_emulator.workspace.clock import ClockState, RealTime, machine_time
from flexprice_emulator.workspace.context import ZERO_UUID
from flexprice_emulator.workspace.ids import ulid_text
from flexprice_emulator.workspace.storage import RootTable, Table
from flexprice_emulator.workspace.workspace import Workspace, sqlite_engine

SANDBOX_ID = ZERO_UUID
PRODUCTION_ID = "00000000-0000-0000-0000-000000000001"
WORKSPACE_KEY = re.compile(r"sk_ws_[A-Za-z0-9_.-]{1,128}\Z")


class DataDirectoryLocked(Exception):
    """Another process works in the data directory."""


class Registry:
    """Thread-safe. `root` holds tenants, users, environments and keys; every environment is a Workspace."""

    def __init__(
        self,
        data: Path | None = None,
        *,
        real_time: RealTime = machine_time,
        clock: ClockState | None = None,
        seed: int | str | None = None,
    ) -> None:
        """`clock` is what new workspaces start with (default: real); `seed` makes ids repeat from run to run."""
        self._data, self._real_time, self._clock, self._seed = data, real_time, clock, seed
        self._starting_clocks: dict[str, ClockState] = {}
        self._lock = threading.RLock()
        self._open: dict[str, Workspace] = {}
        self._listener: Callable[[Workspace], None] | None = None
        self._lock_file: IO[str] | None = None
        if data is not None:
            self._hold(data)
        engine, self._template = sqlite_engine(None)
        self._load_tables()
        Table.metadata.create_all(engine)
        self.root = Workspace(
            "", real_time, path=self._path("root"), metadata=RootTable.metadata, seed=None if seed is None else f"{seed}/root"
        )
        self._seed_root()

    # Every domain's tables must be known before the first database is made.
    @staticmethod
    def _load_tables() -> None:
        from flexprice_emulator.tables import load_tables

        load_tables()

    def _hold(self, data: Path) -> None:
        (data / "environments").mkdir(parents=True, exist_ok=True)
        self._lock_file = (data / "lock").open("a+")
        try:
            fcntl.flock(self._lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._lock_file.seek(0)
            holder = self._lock_file.read().strip()
            self._lock_file.close()
            raise DataDirectoryLocked(f"data directory {data} is in use by process {holder or 'unknown'}") from None
        self._lock_file.truncate(0)
        self._lock_file.write(str(os.getpid()))
        self._lock_file.flush()

    def _path(self, environment_id: str) -> Path | None:
        if self._data is None:
            return None
        return self._data / "root.db" if environment_id == "root" else self._data / "environments" / f"{environment_id}.db"

    def _seed_root(self) -> None:
        with self.root.transaction() as session:
            if session.get(TenantRow, ZERO_UUID) is not None:
                return
            now = self.root.clock.now()
            who = {"created_at": now, "updated_at": now, "created_by": ZERO_UUID, "updated_by": ZERO_UUID}
            session.add(TenantRow(id=ZERO_UUID, name="Default Tenant", created_at=now, updated_at=now))
            session.add(UserRow(id=ZERO_UUID, tenant_id=ZERO_UUID, email="admin@flexprice.dev", roles=["super_admin"], **who))
            for environment_id, name, kind in ((SANDBOX_ID, "Sandbox", "development"), (PRODUCTION_ID, "Production", "production")):
                session.add(EnvironmentRow(id=environment_id, tenant_id=ZERO_UUID, name=name, type=kind, **who))

    def get(self, environment_id: str) -> Workspace | None:
        """The workspace of a published environment, opened on first use; None if there is none."""
        workspace = self._open.get(environment_id)
        if workspace is not None:
            return workspace
        with self.root.transaction() as session:
            row = session.get(EnvironmentRow, environment_id)
            if row is None or row.status != "published":
                return None
            tenant_id = row.tenant_id
        with self._lock:
            if environment_id not in self._open:
                seed = None if self._seed is None else f"{self._seed}/{environment_id}"
                workspace = Workspace(
                    environment_id,
                    self._real_time,
                    path=self._path(environment_id),
                    template=self._template,
                    seed=seed,
                    clock=self._starting_clocks.pop(environment_id, self._clock),
                )
                workspace.tenant_id = tenant_id
                self._open[environment_id] = workspace
                self._tell(workspace)
            return self._open[environment_id]

    def listen(self, listener: Callable[[Workspace], None] | None) -> None:
        """Call `listener` for every open workspace, for each that is opened, and when a workspace's next due work may be another."""
        with self._lock:
            self._listener = listener
            for workspace in self._open.values():
                self._tell(workspace)

    def _tell(self, workspace: Workspace) -> None:
        listener = self._listener
        workspace.due.listener = None if listener is None else partial(listener, workspace)
        workspace.due.changed()

    def leave_due(self) -> None:
        """Have due work stop after the row under way, in every workspace; what is left is performed after the next start."""
        for workspace in list(self._open.values()):
            workspace.due.closing = True

    def opened(self) -> list[Workspace]:
        """The environments that are open."""
        with self._lock:
            return list(self._open.values())

    def create(
        self,
        session: Session,
        name: str,
        kind: str,
        environment_id: str | None = None,
        user_id: str = ZERO_UUID,
        tenant_id: str = ZERO_UUID,
        clock: ClockState | None = None,
    ) -> EnvironmentRow:
        """Add an environment in a root transaction; its database is made on first use, with a clock in the given state."""
        now = self.root.clock.now()
        row = EnvironmentRow(
            id=environment_id or self.root.ids.new("env", now),
            tenant_id=tenant_id,
            name=name,
            type=kind,
            created_at=now,
            updated_at=now,
            created_by=user_id,
            updated_by=user_id,
        )
        session.add(row)
        session.flush()
        if clock is not None:
            self._starting_clocks[row.id] = clock
        return row

    def for_key(self, key: str) -> Workspace:
        """The workspace that a key `sk_ws_…` names, made on first use."""
        environment_id = "env_" + ulid_text(int.from_bytes(hashlib.sha256(key.encode()).digest()[:16], "big") >> 1)
        with self._lock:
            with self.root.transaction() as session:
                if session.get(EnvironmentRow, environment_id) is None:
                    self.create(session, key, "development", environment_id)
            workspace = self.get(environment_id)
        if workspace is None:
            raise LookupError(environment_id)
        return workspace

    def seed_template(self, fill: Callable[[Workspace], object]) -> None:
        """Let `fill` write what every new workspace starts with."""
        seed = None if self._seed is None else f"{self._seed}/template"
        workspace = Workspace("", self._real_time, template=self._template, seed=seed, clock=self._clock)
        fill(workspace)
        with workspace.lock:
            workspace.connection.backup(self._template)
        workspace.close()

    def environment_ids(self) -> list[str]:
        """Published environments, oldest first."""
        with self.root.transaction() as session:
            rows = session.scalars(select(EnvironmentRow).where(EnvironmentRow.status == "published").order_by(EnvironmentRow.created_at))
            return [row.id for row in rows]

    def close(self) -> None:
        with self._lock:
            for workspace in self._open.values():
                workspace.close()
            self._open.clear()
            self.root.close()
            self._template.close()
            if self._lock_file is not None:
                self._lock_file.close()
