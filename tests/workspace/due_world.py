"""A small world of toy due work, and the body of a process that advances it and can be killed at any point."""

import json
import os
import signal
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from flexprice_emulator.customers.tables import CustomerRow
from flexprice_emulator.workspace import due
from flexprice_emulator.workspace.clock import ClockState
from flexprice_emulator.workspace.context import Context
from flexprice_emulator.workspace.due_kinds import Outside, Retry, due_kind
from flexprice_emulator.workspace.registry import SANDBOX_ID, Registry
from flexprice_emulator.workspace.workspace import Workspace

START = datetime(2026, 1, 31, tzinfo=UTC)
YEAR = timedelta(days=365)
HOUR = timedelta(hours=1)


class Countdown:
    """Kills this process at a point."""

    left = 0

    def point(self, *_: Any) -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


countdown = Countdown()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@due_kind("toy.note")
def note(ctx: Context, subject: dict[str, Any]) -> None:
    """Leaves a trace with the time it saw."""
    ctx.emit("toy.noted", **subject)


@due_kind("toy.freeze")
def freeze(ctx: Context, subject: dict[str, Any]) -> None:
    """Stops the clock of its workspace."""
    ctx.workspace.clock.set("frozen", ctx.now)


@due_kind("toy.renewal", retry=Retry((HOUR, 24 * HOUR), forever=True))
def renew(ctx: Context, subject: dict[str, Any]) -> None:
    """Writes a row and a note, and comes again; an `ill` one recovers in June."""
    row = CustomerRow(id=ctx.new_id("cust"), external_id=f"{subject['name']}-{ctx.now:%Y%m%d%H}", name=subject["name"], **ctx.stamp())
    ctx.add(row)
    countdown.point()
    if subject.get("ill") and ctx.now < START + timedelta(days=120):
        raise RuntimeError("not before June")
    ctx.schedule("toy.renewal", ctx.now + timedelta(days=30), key=f"renewal/{subject['name']}", **subject)
    ctx.schedule("toy.note", ctx.now + 6 * HOUR, renewed=row.id)
    ctx.schedule("toy.call", ctx.now, customer=row.id)


@due_kind("toy.broken", retry=Retry((HOUR, 2 * HOUR)))
def broken(ctx: Context, subject: dict[str, Any]) -> None:
    ctx.emit("toy.never", **subject)
    raise ValueError(f"cannot {subject['what']}")


@due_kind("toy.call", prompt=True)
def call(ctx: Context, subject: dict[str, Any]) -> Outside:
    """Leaves the transaction for a call, and records what came of it."""
    countdown.point()

    def send() -> Any:
        countdown.point()
        return lambda ctx: ctx.emit("toy.called", **subject)

    return send


def schedule(workspace: Workspace, kind: str, due_at: datetime, **subject: Any) -> None:
    """One row, in a transaction of its own."""
    with workspace.transaction() as session:
        Context(workspace, session, workspace.clock.now()).schedule(kind, due_at, **subject)


def begin(workspace: Workspace) -> None:
    """What the world starts with."""
    with workspace.transaction() as session:
        ctx = Context(workspace, session, workspace.clock.now())
        for index in range(4):
            ctx.schedule("toy.renewal", START + index * HOUR, key=f"renewal/{index}", name=str(index), ill=index == 3)
        ctx.schedule("toy.broken", START + timedelta(days=3), what="fly")


def dump(connection: sqlite3.Connection) -> str:
    """All rows of all tables."""
    names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    return json.dumps({name: sorted(map(repr, connection.execute(f"SELECT * FROM {name}"))) for name in names}, indent=1)


def main(folder: Path, point: int) -> None:
    """Advance the world in a folder by a year, or go on where it was cut off.

    Kills its own process at the point-th point: handlers half way, commits about to happen, commits that have happened.
    """
    event.listen(Session, "before_commit", countdown.point)
    event.listen(Session, "after_commit", countdown.point)
    registry = Registry(folder, seed="world", real_time=lambda: START, clock=ClockState("frozen", START, START))
    workspace = registry.get(SANDBOX_ID)
    assert workspace is not None
    with workspace.transaction() as session:
        begun = workspace.read_meta(session, "begun") is not None
    if not begun:
        begin(workspace)
        with workspace.transaction() as session:
            workspace.write_meta(session, "begun", {})
    (folder / "begun").touch()
    countdown.left = point
    due.settle(workspace)
    if workspace.clock.now() < START + YEAR:
        due.advance(workspace, START + YEAR)
    registry.close()
