"""Due work as time passes (workspace/runner.py), on a machine clock that the test moves."""

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from flexprice_emulator.workspace import due
from flexprice_emulator.workspace.clock import Clock
from flexprice_emulator.workspace.registry import SANDBOX_ID, Registry
from flexprice_emulator.workspace.runner import Runner, seconds_until
from flexprice_emulator.workspace.storage import OutboxRow
from flexprice_emulator.workspace.workspace import Workspace
from tests.workspace.due_world import HOUR, START, schedule


class Machine:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.fixture
def running(machine: Machine) -> Iterator[tuple[Workspace, Runner]]:
    registry = Registry(real_time=machine)
    runner = Runner(registry)
    runner.start()
    yield registry.for_key("sk_ws_a"), runner
    runner.stop()
    registry.close()


def _noted(workspace: Workspace) -> list[datetime]:
    with workspace.transaction() as session:
        return list(session.scalars(select(OutboxRow.created_at).order_by(OutboxRow.created_at)))


def _soon(wanted: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 10
    while not wanted() and time.monotonic() < deadline:
        time.sleep(0.005)
    return wanted()


def test_a_real_clock_performs_rows_when_their_time_comes(running: tuple[Workspace, Runner], machine: Machine) -> None:
    workspace, runner = running
    schedule(workspace, "toy.note", START, name="now")
    schedule(workspace, "toy.note", START + HOUR, name="later")
    assert _soon(lambda: _noted(workspace) == [START])
    machine.now += 2 * HOUR
    runner.changed(workspace)
    assert _soon(lambda: _noted(workspace) == [START, START + HOUR])


@pytest.mark.parametrize(("mode", "rate", "ahead"), [("real", 1, 0.15), ("shifted", 1, 0.15), ("accelerated", 36_000, 5400)])
def test_the_thread_wakes_by_itself(mode: str, rate: float, ahead: float) -> None:
    registry = Registry()
    runner = Runner(registry)
    runner.start()
    workspace = registry.for_key("sk_ws_a")
    workspace.set_clock(mode, None if mode == "real" else START, rate)
    due_at = workspace.clock.now() + timedelta(seconds=ahead)
    schedule(workspace, "toy.note", due_at, name="a")
    try:
        assert _noted(workspace) == []
        assert _soon(lambda: _noted(workspace) == [due_at])
    finally:
        runner.stop()
        registry.close()


def test_a_frozen_clock_lets_only_prompt_work_pass(running: tuple[Workspace, Runner]) -> None:
    workspace, _ = running
    workspace.set_clock("frozen", START)
    schedule(workspace, "toy.note", START, name="waits")
    schedule(workspace, "toy.call", START, customer="c")
    assert _soon(lambda: len(_noted(workspace)) == 1)
    workspace.set_clock("shifted", START)
    assert _soon(lambda: len(_noted(workspace)) == 2)


def test_a_pass_that_is_under_way_when_the_clock_is_frozen_takes_prompt_work_only(machine: Machine) -> None:
    registry = Registry(real_time=machine)
    workspace = registry.for_key("sk_ws_a")
    schedule(workspace, "toy.freeze", START, name="freezes")
    schedule(workspace, "toy.note", START, name="waits")
    due.keep_up(workspace, None)
    assert _noted(workspace) == []
    due.settle(workspace)
    assert _noted(workspace) == [START]
    registry.close()


def test_what_fell_due_while_the_server_was_down_is_caught_up_at_its_own_time(tmp_path: Path, machine: Machine) -> None:
    registry = Registry(tmp_path, real_time=machine)
    held = registry.get(SANDBOX_ID)
    assert held is not None
    schedule(held, "toy.note", START + HOUR, name="a")
    registry.close()

    machine.now += 72 * HOUR
    registry = Registry(tmp_path, real_time=machine)
    runner = Runner(registry)
    runner.start()
    assert registry.opened() == []
    workspace = registry.get(SANDBOX_ID)
    assert workspace is not None
    assert _soon(lambda: _noted(workspace) == [START + HOUR])
    runner.stop()
    registry.close()


def test_stopping_leaves_what_is_due(machine: Machine) -> None:
    registry = Registry(real_time=machine)
    runner = Runner(registry)
    runner.start()
    workspace = registry.for_key("sk_ws_a")
    runner.stop()
    schedule(workspace, "toy.note", START, name="a")
    assert _noted(workspace) == []
    registry.close()


def test_real_seconds_until_a_time() -> None:
    machine = Machine()
    clock = Clock(machine)
    assert seconds_until(clock, START + HOUR) == 3600
    assert seconds_until(clock, START - HOUR) == 0
    clock.set("accelerated", START, 60)
    assert seconds_until(clock, START + HOUR) == 60
    clock.set("frozen", START)
    assert seconds_until(clock, START + HOUR) is None
