"""SIGKILL while a company's time advances: after restart and settle its invoices, wallets and payments are those of a quiet run."""

import multiprocessing
import random
import shutil
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from flexprice_emulator.testing import laws
from tests.scenarios.year import crash_world

# Each run is a process of its own, forked from one that has imported everything.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload([crash_world.__name__])


def _move(folder: Path, point: int = 0, *, kill_after: float | None = None) -> int | None:
    (folder / "begun").unlink(missing_ok=True)
    process = PROCESSES.Process(target=crash_world.move, args=(folder, point))
    process.start()
    if kill_after is not None:
        deadline = time.monotonic() + 30
        while not (folder / "begun").exists() and time.monotonic() < deadline:
            time.sleep(0.002)
        time.sleep(kill_after)
        process.kill()
    process.join(120)
    return process.exitcode


@pytest.fixture(scope="module")
def beginning(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("beginning")
    crash_world.build(folder)
    return folder


@pytest.fixture(scope="module")
def undisturbed(beginning: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("undisturbed")
    shutil.copytree(beginning, folder, dirs_exist_ok=True)
    assert _move(folder) == 0
    world = crash_world.read(folder)
    assert len(world["invoices"]) > 3 * crash_world.MEMBERS
    assert {payment["payment_status"] for payment in world["payments"]} >= {"SUCCEEDED", "FAILED"}
    assert any(transactions for transactions in world["transactions"])
    return world


def test_kills_around_commits_leave_no_trace(tmp_path: Path, beginning: Path, undisturbed: dict[str, Any]) -> None:
    shutil.copytree(beginning, tmp_path, dirs_exist_ok=True)
    for point in (1, 2, 3, *random.Random(17).sample(range(4, 90), 5)):
        assert _move(tmp_path, point) == -signal.SIGKILL, point
    assert _move(tmp_path) == 0
    laws.hold(laws.same(undisturbed, crash_world.read(tmp_path)))


def test_kills_at_random_times_leave_no_trace(tmp_path: Path, beginning: Path, undisturbed: dict[str, Any]) -> None:
    shutil.copytree(beginning, tmp_path, dirs_exist_ok=True)
    killed = [_move(tmp_path, kill_after=random.uniform(0, 0.25)) for _ in range(6)]
    assert -signal.SIGKILL in killed
    assert _move(tmp_path) == 0
    laws.hold(laws.same(undisturbed, crash_world.read(tmp_path)))
