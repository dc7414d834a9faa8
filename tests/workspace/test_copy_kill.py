"""SIGKILL in the middle of a copy: the old content or the new, never half; what was kept is kept."""

import multiprocessing
import random
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flexprice_emulator.workspace import copies
from flexprice_emulator.workspace.registry import environment_of_key
from tests.workspace import copy_world

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload([copy_world.__name__])


@pytest.fixture(scope="module")
def beginning(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, bytes]]:
    folder = tmp_path_factory.mktemp("world")
    return folder, copy_world.begin(folder)


@pytest.fixture
def world(beginning: tuple[Path, dict[str, bytes]], tmp_path: Path) -> tuple[Path, dict[str, bytes]]:
    folder = tmp_path / "world"
    shutil.copytree(beginning[0], folder)
    return folder, beginning[1]


def _run(target: Callable[..., Any], *arguments: object, kill_after: float | None = None) -> int | None:
    process = PROCESSES.Process(target=target, args=arguments)
    process.start()
    if kill_after is not None:
        folder = arguments[0]
        assert isinstance(folder, Path)
        deadline = time.monotonic() + 60
        while not (folder / "begun").exists() and time.monotonic() < deadline:
            time.sleep(0.002)
        time.sleep(kill_after)
        process.kill()
    process.join(120)
    return process.exitcode


def _content(folder: Path, snapshot: str | None = None) -> bytes:
    registry = copy_world.opened(folder)
    try:
        return copies.export(registry, registry.for_key(copy_world.KEY), snapshot)
    finally:
        registry.close()


@pytest.mark.parametrize("act", ["restore", "import", "reset", "take", "fork"])
def test_killed_while_pages_are_copied_it_is_as_before(world: tuple[Path, dict[str, bytes]], act: str) -> None:
    folder, content = world
    for step in (1, 20):
        assert _run(copy_world.main, folder, act, step) == -signal.SIGKILL, step
        assert _content(folder) == content["old"]
        assert _content(folder, "kept") == content["kept"]
    registry = copy_world.opened(folder)
    assert registry.get(copy_world.FORK) is None
    registry.close()
    # And then it goes through.
    assert _run(copy_world.main, folder, act, 10**9) == 0
    assert _content(folder) == content[{"restore": "kept", "import": "file"}.get(act, "old")] or act == "reset"
    assert _content(folder, "kept") == content["old" if act == "take" else "kept"]
    if act == "reset":
        assert _content(folder) != content["old"]


def test_killed_at_any_time_it_is_one_of_both(world: tuple[Path, dict[str, bytes]]) -> None:
    folder, content = world
    held = content["old"]
    for act, new in (("restore", "kept"), ("import", "file"), ("restore", "kept")):
        (folder / "begun").unlink(missing_ok=True)
        assert _run(copy_world.main, folder, act, 0, kill_after=random.uniform(0, 0.08)) == -signal.SIGKILL
        found = _content(folder)
        assert found in (held, content[new]), act
        held = found
        assert _content(folder, "kept") == content["kept"]


@pytest.mark.parametrize("step", [1, 2, 4, 5, 8])
def test_a_deletion_that_was_cut_off_is_finished_by_the_next_start(world: tuple[Path, dict[str, bytes]], step: int) -> None:
    folder, _ = world
    assert _run(copy_world.delete_and_die, folder, step) == -signal.SIGKILL
    registry = copy_world.opened(folder)
    identity = environment_of_key(copy_world.KEY)
    assert registry.get(identity) is None
    assert not [path for path in (folder / "environments").iterdir() if path.name.startswith(identity)]
    workspace = registry.for_key(copy_world.KEY)
    assert copies.snapshots(registry, workspace) == []
    registry.close()
