"""Many deliveries to a slow receiver hold nothing else up (workspace/due.py, keep_up)."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from flexprice_emulator.workspace import due
from flexprice_emulator.workspace.context import Context
from flexprice_emulator.workspace.due_kinds import Outside, due_kind
from flexprice_emulator.workspace.registry import Registry
from flexprice_emulator.workspace.workspace import Workspace
from tests.webhooks.receiver import Receiver, Told

START = datetime(2026, 1, 31, tzinfo=UTC)
done: list[str] = []


@due_kind("busy.call", prompt=True)
def _call(ctx: Context, subject: dict[str, Any]) -> Outside:
    """Waits for somebody outside."""

    def outside() -> Any:
        time.sleep(2 * due.SLOW)
        return lambda later: done.append(subject["name"])

    return outside


@due_kind("busy.work")
def _work(ctx: Context, subject: dict[str, Any]) -> None:
    done.append(subject["name"])


@pytest.fixture
def workspace() -> Iterator[Workspace]:
    done.clear()
    registry = Registry(real_time=lambda: START)
    yield registry.for_key("sk_ws_busy")
    registry.close()


def _schedule(workspace: Workspace, kind: str, *names: str) -> None:
    with workspace.transaction() as session:
        ctx = Context(workspace, session, START)
        for name in names:
            ctx.schedule(kind, START, name=name)


def _keep_up(workspace: Workspace) -> int:
    """The server's turns until nothing is due."""
    told: list[int] = []
    workspace.due.listener = lambda: told.append(1)
    turns = 0
    while not turns or told:
        told.clear()
        due.keep_up(workspace)
        turns += 1
    return turns


def test_what_waits_for_nobody_is_done_between_two_slow_calls(workspace: Workspace) -> None:
    _schedule(workspace, "busy.call", *(f"call {number}" for number in range(4)))
    _schedule(workspace, "busy.work", "renewal", "expiry")
    _keep_up(workspace)
    assert done == ["call 0", "renewal", "expiry", "call 1", "call 2", "call 3"]


def test_settling_keeps_the_order(workspace: Workspace) -> None:
    _schedule(workspace, "busy.call", "call 0", "call 1")
    _schedule(workspace, "busy.work", "renewal")
    due.settle(workspace)
    assert done == ["call 0", "call 1", "renewal"]


def test_the_server_gives_up_its_turn_now_and_then(workspace: Workspace) -> None:
    calls = round(3 * due.TURN / (2 * due.SLOW))
    _schedule(workspace, "busy.call", *(f"call {number}" for number in range(calls)))
    first = due.keep_up(workspace)
    assert 0 < len(done) < calls
    assert first is None
    assert _keep_up(workspace) > 1
    assert done == [f"call {number}" for number in range(calls)]


def test_a_frozen_clock_is_left_to_its_prompt_work_in_turns(workspace: Workspace) -> None:
    workspace.set_clock("frozen", START)
    _schedule(workspace, "busy.work", "renewal")
    _schedule(workspace, "busy.call", *(f"call {number}" for number in range(9)))
    _keep_up(workspace)
    assert done == [f"call {number}" for number in range(9)]


def test_a_hundred_that_a_pause_held_back_go_out_in_order(hooks: Any, receiver: Receiver) -> None:
    hooks.add(receiver.url)
    hooks.call("PUT", "/mode", {"mode": "pause"})
    for number in range(100):
        hooks.customer(f"c{number}")
    hooks.call("PUT", "/mode", {"mode": "deliver"})
    assert {item["state"] for item in hooks.log()} == {"waiting"}
    hooks.settle()
    assert [item.body["customer"]["external_id"] for item in receiver.received] == [f"c{number}" for number in range(100)]


def test_requests_are_answered_while_a_receiver_hangs(hooks: Any, receiver: Receiver) -> None:
    hooks.add(receiver.url, timeout_seconds=5)
    receiver.answers += [Told(pause=30)] * 3
    for number in range(3):
        hooks.customer(f"c{number}")
    background = threading.Thread(target=hooks.settle)
    background.start()
    while not receiver.received:
        time.sleep(0.01)
    began = time.monotonic()
    for number in range(20):
        hooks.customer(f"later {number}")
        hooks.api.get("/customers")
        hooks.log()
    assert time.monotonic() - began < 4
    receiver.stopped.set()
    background.join()
    assert timedelta(seconds=time.monotonic() - began) < timedelta(seconds=15)
