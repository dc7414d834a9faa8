"""Two hundred workspaces at once, of one server: none ever sees another, whatever is done to them."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest

from flexprice_emulator.platform.auth import Authenticator
from flexprice_emulator.wire.edge import Edge
from flexprice_emulator.wire.errors import EmulatorError
from flexprice_emulator.wire.table import ApiTable
from flexprice_emulator.workspace import copies, due
from flexprice_emulator.workspace.clock import ClockState
from flexprice_emulator.workspace.registry import Registry
from flexprice_emulator.workspace.runner import Runner

START = datetime(2026, 1, 31, tzinfo=UTC)
MANY = 200


@pytest.fixture(params=["memory", "folder"])
def edge(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Edge]:
    folder = tmp_path if request.param == "folder" else None
    registry = Registry(folder, clock=ClockState("frozen", START, START))
    edge = Edge(registry, Authenticator(registry), ApiTable())
    runner = Runner(registry, edge)
    runner.start()
    yield edge
    runner.stop()
    registry.close()


def names(edge: Edge, key: str) -> set[str]:
    found = edge.call(edge.registry.for_key(key), "GET", "/customers?limit=100")
    return {item["name"] for item in found["items"]}


def live(edge: Edge, number: int) -> None:
    """One client's test: its own customers, clock, snapshot and fork."""
    key = f"sk_ws_{number}"
    workspace = edge.registry.for_key(key)
    edge.call(workspace, "POST", "/customers", {"external_id": "same", "name": f"{number} first"})
    copies.take(edge.registry, workspace, "same")
    edge.call(workspace, "POST", "/customers", {"external_id": "other", "name": f"{number} second"})
    due.advance(workspace, START + timedelta(days=1 + number), edge)
    assert names(edge, key) == {f"{number} first", f"{number} second"}
    if number % 4 == 1:
        copies.restore(edge.registry, workspace, "same")
        assert names(edge, key) == {f"{number} first"}
    if number % 4 == 2:
        fork = copies.fork(edge.registry, workspace, f"env_fork_{number}", "fork", "workspace", "same")
        edge.call(fork, "POST", "/customers", {"external_id": "other", "name": "of the fork"})
    if number % 4 == 3:
        assert edge.registry.delete(workspace.environment_id)


def expected(number: int) -> set[str]:
    return [{f"{number} first", f"{number} second"}, {f"{number} first"}, {f"{number} first", f"{number} second"}, set[str]()][number % 4]


def test_two_hundred_at_once_never_see_each_other(edge: Edge) -> None:
    with ThreadPoolExecutor(20) as pool:
        list(pool.map(lambda number: live(edge, number), range(MANY)))
    for number in range(MANY):
        assert names(edge, f"sk_ws_{number}") == expected(number), number
        clock = edge.registry.for_key(f"sk_ws_{number}").clock
        assert clock.now() == (START if number % 2 else START + timedelta(days=1 + number))


def test_one_key_used_by_many_at_once_makes_one_workspace(edge: Edge) -> None:
    barrier = Barrier(20)

    def use(_: int) -> Any:
        barrier.wait()
        return edge.registry.for_key("sk_ws_shared")

    with ThreadPoolExecutor(20) as pool:
        assert len(set(pool.map(use, range(20)))) == 1


def test_requests_and_restores_at_once_see_whole_contents(edge: Edge) -> None:
    """A request that waits for a restore sees what it brought, or comes before it."""
    workspace = edge.registry.for_key("sk_ws_a")
    edge.call(workspace, "POST", "/customers", {"external_id": "kept", "name": "kept"})
    copies.take(edge.registry, workspace, "s")
    seen: list[set[str]] = []
    refused: set[int] = set()
    done = False

    def ask() -> None:
        turn = 0
        while not done:
            turn += 1
            try:
                edge.call(workspace, "POST", "/customers", {"external_id": "new", "name": "new"})
            except EmulatorError as error:
                refused.add(error.status)
            seen.append(names(edge, "sk_ws_a"))

    thread = Thread(target=ask)
    thread.start()
    for _ in range(20):
        copies.restore(edge.registry, workspace, "s")
    done = True
    thread.join()
    assert refused <= {409}
    assert {"kept"} <= set.intersection(*seen)
    assert all(found <= {"kept", "new"} for found in seen)


def test_requests_to_a_workspace_that_is_deleted_meanwhile_are_refused(edge: Edge) -> None:
    workspace = edge.registry.for_key("sk_ws_a")
    statuses: list[int] = []

    def ask() -> None:
        while not statuses:
            try:
                edge.call(workspace, "GET", "/customers")
            except EmulatorError as error:
                statuses.append(error.status)

    threads = [Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    edge.registry.delete(workspace.environment_id)
    for thread in threads:
        thread.join()
    assert set(statuses) == {403}
