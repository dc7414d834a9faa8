"""Copies of a workspace: reset, snapshot, restore, fork, export, import.

Invariants: a copy is what the workspace was between two transactions, its clock and id source included, so that the same requests
give the same answers afterwards. Going back to a copy takes the clock back too; one that runs goes on from the time of the copy.
Each of these is all or nothing, whenever the process is killed (databases/protocol.py).
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from flexprice_client.models.base import parse_time
from flexprice_emulator.workspace import archive, meta
from flexprice_emulator.workspace.clock import ClockState
from flexprice_emulator.workspace.databases.protocol import Database
from flexprice_emulator.workspace.registry import Registry
from flexprice_emulator.workspace.workspace import Workspace


class NoSnapshot(LookupError):
    """The workspace has no snapshot of the name."""


class SnapshotExists(Exception):
    """The workspace has a snapshot of the name."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A kept copy; `now` is its own time, `created_at` the machine's when it was made."""

    name: str
    now: datetime
    created_at: datetime


def reset(registry: Registry, workspace: Workspace, *, clock: ClockState | None = None, seed: str | None = None) -> None:
    """Back to what new workspaces hold, with the clock and seed that this one began with, or others from now on."""
    with workspace.lock:
        with workspace.transaction() as session:
            origin = meta.read(session.connection(), meta.ORIGIN)
        lineage = seed
        if origin:
            clock = clock or meta.clock_state(origin["clock"])
            lineage, seed = seed or origin["lineage"], seed or origin["seed"]
        prepare = registry.beginning(workspace.environment_id, clock=clock, seed=seed, lineage=lineage)
        with closing(registry.databases.scratch(registry.databases.template, prepare)) as begun:
            workspace.become(begun)


def take(registry: Registry, workspace: Workspace, name: str, *, replace: bool = False) -> Snapshot:
    """Keep a copy under a name. Raises SnapshotExists unless it may `replace` one."""
    with workspace.lock:
        workspace.check_there()
        if not replace and name in registry.databases.saved(workspace.environment_id):
            raise SnapshotExists(name)
        snapshot = Snapshot(name, workspace.clock.now(), workspace.clock.real_now())

        def prepare(connection: Connection) -> None:
            workspace.rest(connection)
            meta.write(connection, meta.COPIED, {"now": snapshot.now, "at": snapshot.created_at})

        registry.databases.save(workspace.environment_id, name, workspace.database, prepare)
        return snapshot


def snapshots(registry: Registry, workspace: Workspace) -> list[Snapshot]:
    """Oldest first."""
    with workspace.lock:
        found = [_read(registry, workspace, name) for name in registry.databases.saved(workspace.environment_id)]
    return sorted(found, key=lambda snapshot: snapshot.created_at)


def drop(registry: Registry, workspace: Workspace, name: str) -> None:
    """Forget a snapshot. Raises NoSnapshot."""
    with workspace.lock:
        try:
            registry.databases.drop_saved(workspace.environment_id, name)
        except LookupError:
            raise NoSnapshot(name) from None


def restore(registry: Registry, workspace: Workspace, name: str) -> None:
    """Back to a snapshot. Raises NoSnapshot."""
    with content(registry, workspace, name) as kept:
        workspace.become(kept)


def fork(registry: Registry, workspace: Workspace, environment_id: str, name: str, kind: str, snapshot: str | None = None) -> Workspace:
    """A new workspace that goes on from the present, or from a snapshot. Raises NoSnapshot, EnvironmentExists."""
    tenant = {"tenant_id": workspace.tenant_id} if workspace.tenant_id else {}
    with content(registry, workspace, snapshot) as source:
        prepare = workspace.rest if snapshot is None else as_it_is
        return registry.add(environment_id, name, kind, source, prepare, **tenant)


def export(registry: Registry, workspace: Workspace, snapshot: str | None = None) -> bytes:
    """The present content, or a snapshot's, as a file (archive.py). Raises NoSnapshot, WorkspaceGone."""
    with content(registry, workspace, snapshot) as source:
        copy = registry.databases.scratch(source, workspace.rest if snapshot is None else as_it_is)
    # Requests need not wait for the writing.
    with closing(copy), copy.engine.begin() as connection:
        return archive.write(connection)


def unpack(registry: Registry, file: bytes) -> Database:
    """A scratch database with the content of a file; to become a workspace's, and to be closed. Raises BadArchive."""
    scratch = registry.databases.scratch(registry.databases.template)
    try:
        with scratch.engine.begin() as connection:
            archive.read(connection, file)
    except BaseException:
        scratch.close()
        raise
    return scratch


@contextmanager
def content(registry: Registry, workspace: Workspace, snapshot: str | None = None) -> Iterator[Database]:
    """The workspace's present database or that of a snapshot, under the workspace's lock. Raises NoSnapshot, WorkspaceGone."""
    with workspace.lock:
        workspace.check_there()
        if snapshot is None:
            yield workspace.database
            return
        try:
            kept = registry.databases.open_saved(workspace.environment_id, snapshot)
        except LookupError:
            raise NoSnapshot(snapshot) from None
        with closing(kept):
            yield kept


def _read(registry: Registry, workspace: Workspace, name: str) -> Snapshot:
    with content(registry, workspace, name) as kept, kept.engine.begin() as connection:
        copied = meta.read(connection, meta.COPIED) or {}
    return Snapshot(name, parse_time(copied["now"]), parse_time(copied["at"]))


def as_it_is(connection: Connection) -> None:
    """Prepares nothing: the clock of what is copied is at rest already."""
