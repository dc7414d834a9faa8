"""Workspaces without a server."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from flexprice_emulator.tables import load_tables
from flexprice_emulator.workspace.clock import ClockState
from flexprice_emulator.workspace.databases.sqlite import file_database, memory_database
from flexprice_emulator.workspace.workspace import Workspace
from tests.workspace.due_world import START

Make = Callable[..., Workspace]


@pytest.fixture
def make() -> Iterator[Make]:
    """Makes workspaces that stand at START and give the same ids to the same run."""
    made: list[Workspace] = []
    load_tables()

    def make(path: Path | None = None, **options: Any) -> Workspace:
        database = memory_database() if path is None else file_database(path)
        settings: dict[str, Any] = {"real_time": lambda: START, "seed": "s", "clock": ClockState("frozen", START, START), **options}
        made.append(Workspace("env_test", database=database, **settings))
        return made[-1]

    yield make
    for workspace in made:
        workspace.close()


@pytest.fixture
def workspace(make: Make) -> Workspace:
    return make()
