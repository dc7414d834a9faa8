"""All workspaces of a server: opens, creates, finds and deletes them.

Locks: a workspace's own may be held when the registry's is taken, and that when a root transaction begins; never the other way round.
"""

import hashlib
import re
import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from flexprice_emulator.platform.tables import EnvironmentRow, SecretRow, TenantRow, UserRow
from flexprice_emulator.workspace import meta
from flexprice_emulator.workspace.clock import Clock, ClockState, RealTime, machine_time
from flexprice_emulator.workspace.context import ZERO_UUID
from flexprice_emulator.workspace.databases.protocol import Database, Databases, DataDirectoryLocked, Prepare
from flexprice_emulator.workspace.databases.sqlite import SqliteDatabases
from flexprice_emulator.workspace.ids import IdSource, ulid_text
from flexprice_emulator.workspace.workspace import Workspace

__all__ = ["PRODUCTION_ID", "SANDBOX_ID", "WORKSPACE_KEY", "DataDirectoryLocked", "EnvironmentExists", "Registry", "environment_of_key"]

SANDBOX_ID = ZERO_UUID
PRODUCTION_ID = "00000000-0000-0000-0000-000000000001"
WORKSPACE_KEY = re.compile(r"sk_ws_[A-Za-z0-9_.-]{1,128}\Z")
# The status of an environment whose databases are being removed.
_LEAVING = "leaving"


class EnvironmentExists(Exception):
    """The id of a new environment is another's."""


def environment_of_key(key: str) -> str:
    """The id of the environment that a key `sk_ws_…` names."""
    return "env_" + ulid_text(int.from_bytes(hashlib.sha256(key.encode()).digest()[:16], "big") >> 1)


class Registry:
    """Thread-safe. `root` holds tenants, users, environments and keys; every environment is a Workspace."""

    def __init__(
        self,
        data: Path | None = None,
        *,
        databases: Databases | None = None,
        real_time: RealTime = machine_time,
        clock: ClockState | None = None,
        seed: int | str | None = None,
    ) -> None:
        """`clock` is what new workspaces start with (default: real); `seed` makes ids repeat from run to run.

        `data` is a folder of SQLite files; without it and `databases` everything is in memory. Raises DataDirectoryLocked, OSError.
        """
        self._real_time, self._clock, self._seed = real_time, clock or ClockState(), seed
        self._starting_clocks: dict[str, ClockState] = {}
        self._lock = threading.RLock()
        self._open: dict[str, Workspace] = {}
        self._listener: Callable[[Workspace], None] | None = None
        self.databases: Databases = databases or SqliteDatabases(data)
        root_seed = None if seed is None else f"{seed}/root"
        self.root = Workspace("", real_time, self.databases.root, seed=root_seed, has_meta=False)
        self._seed_root()
        self._finish_deletions()

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
        workspace = self._found(environment_id)
        if workspace is not None:
            return workspace
        with self._lock:
            workspace = self._found(environment_id)
            if workspace is not None:
                return workspace
            with self.root.transaction() as session:
                row = session.get(EnvironmentRow, environment_id)
                if row is None or row.status != "published":
                    return None
                tenant_id = row.tenant_id
            return self._enter(environment_id, tenant_id, self._database(environment_id))

    def _found(self, environment_id: str) -> Workspace | None:
        """An open workspace, unless another process has deleted it."""
        workspace = self._open.get(environment_id)
        return None if workspace is None or (workspace.gone and workspace.database.shared) else workspace

    def _database(self, environment_id: str) -> Database:
        """The database of a listed environment, made on first use."""
        if not self.databases.exists(environment_id):
            with self.databases.founding():
                if not self.databases.exists(environment_id):
                    clock = self._starting_clocks.pop(environment_id, self._clock)
                    prepare = self.beginning(environment_id, clock=clock)
                    return self.databases.create(environment_id, self.databases.template, prepare)
        return self.databases.open(environment_id)

    def beginning(
        self, environment_id: str, *, clock: ClockState | None = None, seed: str | None = None, lineage: str | None = None
    ) -> Prepare:
        """Makes a copy of the template the start of a workspace; clock and seed default to the server's."""
        lineage = lineage or seed or environment_id
        if seed is None:
            seed = IdSource().seed if self._seed is None else f"{self._seed}/{environment_id}"
        start = clock or self._clock
        if start.mode != "real":
            start = replace(start, now=Clock(self._real_time, start).now())
        return lambda connection: meta.begin(connection, lineage, seed, start)

    def _enter(self, environment_id: str, tenant_id: str, database: Database) -> Workspace:
        workspace = Workspace(environment_id, self._real_time, database)
        workspace.tenant_id = tenant_id
        self._open[environment_id] = workspace
        self._tell(workspace)
        return workspace

    def add(self, environment_id: str, name: str, kind: str, source: Database, prepare: Prepare, tenant_id: str = ZERO_UUID) -> Workspace:
        """A new environment that starts as a copy; hold the lock of the workspace it is copied from. Raises EnvironmentExists."""
        with self._lock, self.databases.founding():
            with self.root.transaction() as session:
                if session.get(EnvironmentRow, environment_id) is not None:
                    raise EnvironmentExists(environment_id)
            # The database first: an environment that is listed is whole.
            database = self.databases.create(environment_id, source, prepare)
            try:
                with self.root.transaction() as session:
                    self._row(session, environment_id, name, kind, ZERO_UUID, tenant_id)
            except BaseException:
                database.close()
                self.databases.drop(environment_id)
                raise
            return self._enter(environment_id, tenant_id, database)

    def delete(self, environment_id: str) -> bool:
        """Remove an environment, its snapshots and its keys for good; False when there is none. Waits for its transaction."""
        while True:
            workspace = self._open.get(environment_id)
            if workspace is not None:
                workspace.close(gone=True)
            with self._lock, self.databases.founding():
                if self._open.get(environment_id) is not workspace:
                    # Opened meanwhile.
                    continue
                with self.root.transaction() as session:
                    row = session.get(EnvironmentRow, environment_id)
                    if row is None:
                        return False
                    row.status = _LEAVING
                self._remove(environment_id)
                self._open.pop(environment_id, None)
                return True

    # Killed in between, it is finished at the next start.
    def _remove(self, environment_id: str) -> None:
        self.databases.drop(environment_id)
        self._starting_clocks.pop(environment_id, None)
        with self.root.transaction() as session:
            session.execute(delete(SecretRow).where(SecretRow.environment_id == environment_id))
            session.execute(delete(EnvironmentRow).where(EnvironmentRow.id == environment_id))
        self.root.caches.clear()

    def _finish_deletions(self) -> None:
        with self.root.transaction() as session:
            leaving = list(session.scalars(select(EnvironmentRow.id).where(EnvironmentRow.status == _LEAVING)))
        for environment_id in leaving:
            self._remove(environment_id)

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
        environment_id = environment_id or self.root.ids.new("env", self.root.clock.now())
        row = self._row(session, environment_id, name, kind, user_id, tenant_id)
        if self.databases.exists(environment_id):
            # What a process left that was killed before it could list the environment.
            self.databases.drop(environment_id)
        if clock is not None:
            self._starting_clocks[row.id] = clock
        return row

    def _row(self, session: Session, environment_id: str, name: str, kind: str, user_id: str, tenant_id: str) -> EnvironmentRow:
        now = self.root.clock.now()
        row = EnvironmentRow(id=environment_id, tenant_id=tenant_id, name=name, type=kind)
        row.created_at = row.updated_at = now
        row.created_by = row.updated_by = user_id
        session.add(row)
        session.flush()
        return row

    def for_key(self, key: str) -> Workspace:
        """The workspace that a key `sk_ws_…` names, made on first use."""
        environment_id = environment_of_key(key)
        workspace = self._found(environment_id)
        if workspace is not None:
            return workspace
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
        scratch = self.databases.scratch(self.databases.template)
        workspace = Workspace("", self._real_time, scratch, seed=seed, clock=self._clock)
        fill(workspace)
        self.databases.template.replace(scratch)
        workspace.close()

    def touched(self) -> list[Workspace]:
        """Environments that a process has written to since the last call, opened."""
        found = (self.get(environment_id) for environment_id in self.databases.touched())
        return [workspace for workspace in found if workspace is not None]

    def environment_ids(self) -> list[str]:
        """Published environments, oldest first."""
        with self.root.transaction() as session:
            rows = session.scalars(select(EnvironmentRow).where(EnvironmentRow.status == "published").order_by(EnvironmentRow.created_at))
            return [row.id for row in rows]

    def close(self) -> None:
        """Waits for the transactions under way."""
        with self._lock:
            workspaces = list(self._open.values())
            self._open.clear()
        # Without the lock: a transaction that is waited for may ask for another workspace.
        for workspace in workspaces:
            workspace.close()
        self.root.close()
        self.databases.close()
