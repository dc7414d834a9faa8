"""Reset, snapshot, restore, fork, in memory and in a folder."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from flexprice_emulator.customers.tables import CustomerRow
from flexprice_emulator.workspace import copies, due
from flexprice_emulator.workspace.clock import ClockState
from flexprice_emulator.workspace.context import Context
from flexprice_emulator.workspace.difference import Difference, compare
from flexprice_emulator.workspace.due_kinds import due_kind
from flexprice_emulator.workspace.due_state import ContentReplaced
from flexprice_emulator.workspace.registry import EnvironmentExists, Registry
from flexprice_emulator.workspace.workspace import Workspace, WorkspaceGone

START = datetime(2026, 1, 31, tzinfo=UTC)
FROZEN = ClockState("frozen", START, START)


class Machine:
    """The machine's time, moved by hand."""

    now = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.fixture(params=["memory", "folder"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path | None:
    return tmp_path if request.param == "folder" else None


@pytest.fixture
def registry(folder: Path | None, machine: Machine) -> Iterator[Registry]:
    registry = Registry(folder, real_time=machine, clock=FROZEN)
    registry.seed_template(lambda workspace: add(workspace, "seeded"))
    yield registry
    registry.close()


class Outside:
    """What happens while due work is outside its transaction."""

    @staticmethod
    def call(day: int) -> None: ...


@due_kind("copies.call")
def call(ctx: Context, subject: dict[str, Any]) -> Any:
    def outside() -> Any:
        Outside.call(subject["day"])
        name = f"called {subject['day']}"
        return lambda ctx: ctx.add(CustomerRow(id=ctx.new_id("cust"), external_id=name, name=name, **ctx.stamp()))

    return outside


def add(workspace: Workspace, name: str) -> str:
    with workspace.transaction() as session:
        ctx = Context(workspace, session, workspace.clock.now())
        row = CustomerRow(id=ctx.new_id("cust"), external_id=name, name=name, **ctx.stamp())
        return ctx.add(row).id


def names(workspace: Workspace) -> list[str]:
    with workspace.transaction() as session:
        return list(session.scalars(select(CustomerRow.name).order_by(CustomerRow.name)))


def difference(registry: Registry, a: Workspace, b: Workspace, *, a_snapshot: str | None = None) -> Difference:
    with ExitStack() as held:
        databases = held.enter_context(copies.content(registry, a, a_snapshot)), held.enter_context(copies.content(registry, b))
        return compare(*(held.enter_context(database.engine.begin()) for database in databases))


def test_a_restore_brings_back_rows_ids_and_clock(registry: Registry) -> None:
    workspace = registry.for_key("sk_ws_a")
    add(workspace, "before")
    copies.take(registry, workspace, "s")
    first = add(workspace, "after")
    workspace.set_clock("frozen", START + timedelta(days=40))
    copies.restore(registry, workspace, "s")
    assert names(workspace) == ["before", "seeded"]
    assert workspace.clock.now() == START
    assert not difference(registry, workspace, workspace, a_snapshot="s")
    assert add(workspace, "after") == first
    workspace.caches["x"] = 1
    copies.restore(registry, workspace, "s")
    assert workspace.caches == {}


@pytest.mark.parametrize("mode", ["shifted", "accelerated"])
def test_a_running_clock_goes_on_from_the_time_of_the_snapshot(registry: Registry, machine: Machine, mode: str) -> None:
    workspace = registry.for_key("sk_ws_a")
    workspace.set_clock(mode, START + timedelta(days=10), 2.0)
    machine.now += timedelta(hours=1)
    then = workspace.clock.now()
    copies.take(registry, workspace, "s")
    machine.now += timedelta(days=5)
    copies.restore(registry, workspace, "s")
    assert workspace.clock.now() == then
    machine.now += timedelta(hours=1)
    assert workspace.clock.now() == then + timedelta(hours=2 if mode == "accelerated" else 1)


def test_a_real_clock_stays_the_machine_s(registry: Registry, machine: Machine) -> None:
    workspace = registry.for_key("sk_ws_a")
    workspace.set_clock("real")
    copies.take(registry, workspace, "s")
    machine.now += timedelta(days=5)
    copies.restore(registry, workspace, "s")
    assert workspace.clock.now() == machine.now


def test_a_reset_returns_to_the_rules_the_clock_and_the_seed_of_the_beginning(registry: Registry) -> None:
    workspace = registry.for_key("sk_ws_a")
    first = add(workspace, "mine")
    workspace.set_clock("real")
    copies.take(registry, workspace, "kept")
    copies.reset(registry, workspace)
    assert names(workspace) == ["seeded"]
    assert (workspace.clock.state.mode, workspace.clock.now()) == ("frozen", START)
    assert add(workspace, "mine") == first
    assert [snapshot.name for snapshot in copies.snapshots(registry, workspace)] == ["kept"]
    later = ClockState("frozen", START + timedelta(days=1), START)
    copies.reset(registry, workspace, clock=later, seed="other")
    second = add(workspace, "mine")
    assert second != first
    copies.reset(registry, workspace)
    assert (workspace.clock.now(), add(workspace, "mine")) == (later.now, second)


def test_a_fork_goes_on_as_the_original_and_neither_sees_the_other(registry: Registry) -> None:
    original = registry.for_key("sk_ws_a")
    add(original, "both")
    copies.take(registry, original, "s")
    add(original, "late")
    fork = copies.fork(registry, original, "env_fork", "fork", "workspace")
    early = copies.fork(registry, original, "env_early", "early", "workspace", "s")
    assert not difference(registry, original, fork)
    assert add(original, "x") == add(fork, "x")
    add(fork, "own")
    assert names(original) == ["both", "late", "seeded", "x"]
    assert names(early) == ["both", "seeded"]
    assert (fork.lineage, fork.tenant_id) == (original.environment_id, original.tenant_id)
    assert copies.snapshots(registry, fork) == []
    with pytest.raises(EnvironmentExists):
        copies.fork(registry, original, "env_fork", "again", "workspace")


def test_two_workspaces_of_one_seed_make_the_same_ids(registry: Registry) -> None:
    first, second = (
        registry.add(name, name, "workspace", registry.databases.template, registry.beginning(name, seed="s")) for name in ("a", "b")
    )
    assert [add(first, "x"), add(first, "y")] == [add(second, "x"), add(second, "y")]
    assert first.lineage == second.lineage


def test_snapshots_have_names_times_and_an_end(registry: Registry, machine: Machine) -> None:
    workspace = registry.for_key("sk_ws_a")
    for name in ("b", "a"):
        machine.now += timedelta(seconds=1)
        copies.take(registry, workspace, name)
    assert [(held.name, held.now, held.created_at) for held in copies.snapshots(registry, workspace)] == [
        ("b", START, START + timedelta(seconds=1)),
        ("a", START, START + timedelta(seconds=2)),
    ]
    add(workspace, "x")
    with pytest.raises(copies.SnapshotExists):
        copies.take(registry, workspace, "a")
    copies.take(registry, workspace, "a", replace=True)
    copies.reset(registry, workspace)
    copies.restore(registry, workspace, "a")
    assert names(workspace) == ["seeded", "x"]
    copies.drop(registry, workspace, "a")
    for gone in (copies.drop, copies.restore):
        with pytest.raises(copies.NoSnapshot):
            gone(registry, workspace, "a")


def test_a_deleted_workspace_is_gone_with_its_snapshots_and_its_key_makes_a_new_one(registry: Registry, folder: Path | None) -> None:
    workspace = registry.for_key("sk_ws_a")
    copies.take(registry, workspace, "s")
    add(workspace, "x")
    assert registry.delete(workspace.environment_id)
    assert not registry.delete(workspace.environment_id)
    assert registry.get(workspace.environment_id) is None
    with pytest.raises(WorkspaceGone), workspace.transaction():
        pass
    if folder is not None:
        assert list((folder / "environments").iterdir()) == []
    again = registry.for_key("sk_ws_a")
    assert again is not workspace
    assert names(again) == ["seeded"]
    assert copies.snapshots(registry, again) == []


def test_everything_survives_a_restart(tmp_path: Path, machine: Machine) -> None:
    registry = Registry(tmp_path, real_time=machine, clock=FROZEN)
    workspace = registry.for_key("sk_ws_a")
    add(workspace, "x")
    copies.take(registry, workspace, "s")
    following = add(workspace, "y")
    fork = copies.fork(registry, workspace, "env_fork", "fork", "workspace", "s")
    registry.close()

    again = Registry(tmp_path, real_time=machine)
    workspace = again.for_key("sk_ws_a")
    assert (workspace.clock.now(), names(workspace)) == (START, ["x", "y"])
    copies.restore(again, workspace, "s")
    held = again.get(fork.environment_id)
    assert held is not None
    assert held.lineage == workspace.environment_id
    assert add(workspace, "y") == add(held, "y") == following
    copies.reset(again, workspace)
    assert (workspace.clock.now(), names(workspace)) == (START, [])
    again.close()


def test_an_advance_under_way_ends_at_a_restore_and_records_nothing_in_what_was_restored(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = registry.for_key("sk_ws_a")
    with workspace.transaction() as session:
        ctx = Context(workspace, session, START)
        for day in range(1, 4):
            ctx.schedule("copies.call", START + timedelta(days=day), day=day)
    copies.take(registry, workspace, "s")

    def restore(day: int) -> None:
        if day == 2:
            copies.restore(registry, workspace, "s")

    monkeypatch.setattr(Outside, "call", restore)
    with pytest.raises(ContentReplaced):
        due.advance(workspace, START + timedelta(days=10))
    assert workspace.clock.now() == START
    assert names(workspace) == ["seeded"]
    assert not difference(registry, workspace, workspace, a_snapshot="s")
    monkeypatch.undo()
    assert due.advance(workspace, START + timedelta(days=10)).performed_count == 3
    assert names(workspace) == ["called 1", "called 2", "called 3", "seeded"]


def test_what_ran_outside_when_a_snapshot_was_taken_is_done_again_after_its_restore(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = registry.for_key("sk_ws_a")
    with workspace.transaction() as session:
        Context(workspace, session, START).schedule("copies.call", START, day=1)
    monkeypatch.setattr(Outside, "call", lambda _: copies.take(registry, workspace, "s", replace=True))
    due.settle(workspace)
    monkeypatch.undo()
    assert names(workspace) == ["called 1", "seeded"]
    copies.restore(registry, workspace, "s")
    assert names(workspace) == ["seeded"]
    assert due.settle(workspace).performed_count == 1
    assert names(workspace) == ["called 1", "seeded"]
