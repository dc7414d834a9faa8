"""New workspaces, forks, snapshots and restores, against SQLite's backup of the same database alone."""

import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.measure import Figure, milliseconds
from flexprice_emulator.customers.tables import CustomerRow
from flexprice_emulator.events.tables import EventRow
from flexprice_emulator.workspace import copies
from flexprice_emulator.workspace.context import Context
from flexprice_emulator.workspace.registry import Registry
from flexprice_emulator.workspace.storage import to_micros
from flexprice_emulator.workspace.workspace import Workspace

REPEAT = 30
OBJECTS = 10_000


def run() -> list[Figure]:
    figures = list(_measure(Registry(), "in memory"))
    with tempfile.TemporaryDirectory() as folder:
        figures += _measure(Registry(Path(folder)), "in a folder")
    return figures


def _measure(registry: Registry, where: str) -> Iterator[Figure]:
    try:
        yield _new(registry, where)
        workspace = registry.for_key("sk_ws_full")
        _fill(workspace)
        bare = _time(lambda _: _backup(workspace))
        baseline = f"{milliseconds(bare)}, SQLite's backup of the same database into memory"
        copies.take(registry, workspace, "s")
        acts: dict[str, Callable[[int], object]] = {
            f"fork of {OBJECTS:,} objects, {where}": lambda turn: copies.fork(registry, workspace, f"env_{turn}", "fork", "workspace"),
            f"restore of {OBJECTS:,} objects, {where}": lambda _: copies.restore(registry, workspace, "s"),
            f"snapshot of {OBJECTS:,} objects, {where}": lambda turn: copies.take(registry, workspace, f"s{turn}"),
        }
        for what, act in acts.items():
            value = _time(act)
            yield Figure(what, milliseconds(value), "≤ 30 ms", baseline, value <= 0.030)
    finally:
        registry.close()


def _new(registry: Registry, where: str) -> Figure:
    ours: list[Workspace] = []

    def use(turn: int) -> None:
        ours.append(registry.for_key(f"sk_ws_bench_{turn}"))
        with ours[-1].transaction():
            pass

    value, bare = _time(use), _time(lambda _: _backup(ours[0]))
    baseline = f"{milliseconds(bare)}, SQLite's backup of the same tables into memory"
    return Figure(f"a new isolated workspace, {where}", milliseconds(value), "≤ 10 ms", baseline, value <= 0.010)


def _fill(workspace: Workspace) -> None:
    with workspace.transaction() as session:
        ctx = Context(workspace, session, workspace.clock.now())
        for number in range(OBJECTS // 2):
            name = f"customer-{number}"
            address = {"email": f"{name}@example.com", "address_line1": "1 Main Street", "address_country": "US"}
            session.add(CustomerRow(id=ctx.new_id("cust"), external_id=name, name=name, **address, **ctx.stamp()))
            event = {"event_name": "tokens", "external_customer_id": name, "customer_id": name, "source": "bench"}
            moment = to_micros(ctx.now) + number
            session.add(EventRow(id=ctx.new_id("event"), timestamp=moment, properties='{"model":"large","tokens":12345}', **event))


def _time(act: Callable[[int], object]) -> float:
    """The median of some calls in seconds."""
    taken = []
    for turn in range(REPEAT):
        start = time.perf_counter()
        act(turn)
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def _backup(workspace: Workspace) -> None:
    target = sqlite3.connect(":memory:")
    with workspace.lock:
        workspace.connection.backup(target)
    target.close()
