"""SIGKILL at any point of an advance: after restart and settle the world is that of an undisturbed run, to the byte."""

import multiprocessing
import random
import signal
import sqlite3
import time
from pathlib import Path

import pytest

from flexprice_emulator.workspace.registry import SANDBOX_ID
from tests.workspace import due_world

# Each run is a process of its own, forked from one that has imported everything.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload([due_world.__name__])


def _run(folder: Path, point: int = 0, *, kill_after: float | None = None) -> int | None:
    process = PROCESSES.Process(target=due_world.main, args=(folder, point))
    process.start()
    if kill_after is not None:
        deadline = time.monotonic() + 30
        while not (folder / "begun").exists() and time.monotonic() < deadline:
            time.sleep(0.002)
        time.sleep(kill_after)
        process.kill()
    process.join(60)
    return process.exitcode


def _world(folder: Path) -> str:
    connection = sqlite3.connect(folder / "environments" / f"{SANDBOX_ID}.db")
    try:
        return due_world.dump(connection)
    finally:
        connection.close()


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("undisturbed")
    assert _run(folder) == 0
    world = _world(folder)
    assert world.count("toy.called") > 40
    assert world.count("'failed'") == 1
    return world


def test_kills_half_way_and_around_commits_leave_no_trace(tmp_path: Path, undisturbed: str) -> None:
    for point in (*range(1, 8), *random.Random(8).sample(range(8, 60), 5)):
        assert _run(tmp_path, point) == -signal.SIGKILL, point
    assert _run(tmp_path) == 0
    assert _world(tmp_path) == undisturbed


def test_kills_at_random_times_leave_no_trace(tmp_path: Path, undisturbed: str) -> None:
    killed = [_run(tmp_path, kill_after=random.uniform(0, 0.05)) for _ in range(6)]
    assert -signal.SIGKILL in killed
    assert _run(tmp_path) == 0
    assert _world(tmp_path) == undisturbed
