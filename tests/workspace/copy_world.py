"""A workspace with a past, and the body of a process that copies it and is killed in the middle."""

import os
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from flexprice_emulator.customers.tables import CustomerRow
from flexprice_emulator.workspace import copies
from flexprice_emulator.workspace.clock import ClockState
from flexprice_emulator.workspace.context import Context
from flexprice_emulator.workspace.databases.sqlite import SqliteDatabase
from flexprice_emulator.workspace.registry import Registry
from flexprice_emulator.workspace.workspace import Workspace

KEY = "sk_ws_world"
FORK = "env_fork"
NOW = datetime(2026, 1, 31, tzinfo=UTC)
PAGES = 8
ROWS = 200


def opened(folder: Path) -> Registry:
    return Registry(folder, seed="world", real_time=lambda: NOW, clock=ClockState("frozen", NOW, NOW))


def add(workspace: Workspace, name: str) -> None:
    """Rows of a few hundred pages."""
    with workspace.transaction() as session:
        ctx = Context(workspace, session, workspace.clock.now())
        for number in range(ROWS):
            row = CustomerRow(id=ctx.new_id("cust"), external_id=f"{name}{number}", name=name * 500, **ctx.stamp())
            session.add(row)


def begin(folder: Path) -> dict[str, bytes]:
    """`old` is the present, `kept` a snapshot, `file` an export lying in the folder. Answers their content."""
    registry = opened(folder)
    workspace = registry.for_key(KEY)
    add(workspace, "k")
    copies.take(registry, workspace, "kept")
    kept = copies.export(registry, workspace)
    add(workspace, "f")
    (folder / "file").write_bytes(copies.export(registry, workspace))
    add(workspace, "o")
    content = {"old": copies.export(registry, workspace), "kept": kept, "file": (folder / "file").read_bytes()}
    registry.close()
    return content


def restore(registry: Registry, workspace: Workspace, folder: Path) -> None:
    copies.restore(registry, workspace, "kept")


def import_(registry: Registry, workspace: Workspace, folder: Path) -> None:
    with closing(copies.unpack(registry, (folder / "file").read_bytes())) as imported:
        workspace.become(imported)


def reset(registry: Registry, workspace: Workspace, folder: Path) -> None:
    copies.reset(registry, workspace)


def take(registry: Registry, workspace: Workspace, folder: Path) -> None:
    copies.take(registry, workspace, "kept", replace=True)


def fork(registry: Registry, workspace: Workspace, folder: Path) -> None:
    copies.fork(registry, workspace, FORK, "fork", "workspace")


def delete(registry: Registry, workspace: Workspace, folder: Path) -> None:
    registry.delete(workspace.environment_id)


ACTS: dict[str, Callable[[Registry, Workspace, Path], None]] = {
    "restore": restore,
    "import": import_,
    "reset": reset,
    "take": take,
    "fork": fork,
    "delete": delete,
}


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main(folder: Path, act: str, step: int) -> None:
    """Do it, but die in the step-th group of pages that is copied to a file; with step 0 do it again and again."""
    left = step

    def count(*_: int) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            die()

    def copy_to(database: SqliteDatabase, target: sqlite3.Connection) -> None:
        to_file = target.execute("PRAGMA database_list").fetchone()[2]
        database.connection.backup(target, pages=PAGES, progress=count if to_file else None)

    registry = opened(folder)
    workspace = registry.for_key(KEY)
    if step:
        SqliteDatabase.copy_to = copy_to  # type: ignore[method-assign]
    (folder / "begun").touch()
    while True:
        ACTS[act](registry, workspace, folder)
        if step:
            break
        copies.take(registry, workspace, "other", replace=True)
    registry.close()


def delete_and_die(folder: Path, step: int) -> None:
    """Delete, and die before the step-th file goes."""
    left = step
    unlink = Path.unlink

    def counting(path: Path, missing_ok: bool = False) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            die()
        unlink(path, missing_ok)

    registry = opened(folder)
    workspace = registry.for_key(KEY)
    Path.unlink = counting  # type: ignore[method-assign]
    registry.delete(workspace.environment_id)
