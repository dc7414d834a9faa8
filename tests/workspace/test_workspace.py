"""Workspaces: isolation, transactions, durability."""

import threading
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from flexprice_emulator.customers.tables import CustomerRow
from flexprice_emulator.workspace.registry import SANDBOX_ID, DataDirectoryLocked, Registry
from flexprice_emulator.workspace.workspace import Workspace


def _add(workspace: Workspace, identity: str) -> None:
    with workspace.transaction() as session:
        now = workspace.clock.now()
        session.add(CustomerRow(id=identity, external_id=identity, name=identity, created_at=now, updated_at=now))


def _count(workspace: Workspace) -> int:
    with workspace.transaction() as session:
        return session.scalar(select(func.count()).select_from(CustomerRow)) or 0


def test_an_error_rolls_everything_back() -> None:
    registry = Registry()
    workspace = registry.for_key("sk_ws_a")

    def fail_half_way() -> None:
        with workspace.transaction() as session:
            now = workspace.clock.now()
            session.add(CustomerRow(id="c", external_id="c", name="c", created_at=now, updated_at=now))
            session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_half_way()
    assert _count(workspace) == 0
    registry.close()


def test_a_key_names_the_same_workspace_again_and_another_key_another() -> None:
    registry = Registry()
    assert registry.for_key("sk_ws_a") is registry.for_key("sk_ws_a")
    assert registry.for_key("sk_ws_a") is not registry.for_key("sk_ws_b")
    registry.close()


def test_threads_never_meet() -> None:
    registry = Registry()
    workspaces = [registry.for_key(f"sk_ws_{index}") for index in range(8)]

    def work(index: int) -> None:
        for turn in range(10):
            _add(workspaces[index], f"{index}-{turn}")

    threads = [threading.Thread(target=work, args=(index % 8,)) for index in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [_count(workspace) for workspace in workspaces] == [10] * 8
    registry.close()


def test_a_new_workspace_starts_with_the_template() -> None:
    registry = Registry()
    registry.seed_template(lambda workspace: _add(workspace, "seeded"))
    assert _count(registry.for_key("sk_ws_new")) == 1
    registry.close()


def test_a_data_directory_has_one_holder_and_keeps_its_content(tmp_path: Path) -> None:
    registry = Registry(tmp_path)
    sandbox = registry.get(SANDBOX_ID)
    assert sandbox is not None
    _add(sandbox, "kept")
    with pytest.raises(DataDirectoryLocked, match="is in use by process"):
        Registry(tmp_path)
    registry.close()

    again = Registry(tmp_path)
    held = again.get(SANDBOX_ID)
    assert held is not None
    assert _count(held) == 1
    again.close()


def test_a_new_environment_starts_with_the_clock_of_the_one_that_made_it(api: Any) -> None:
    api.freeze("2026-03-01T00:00:00Z")
    made = api.post("/environments", {"name": "child", "type": "other"}, expect=201)
    child = api.send("GET", "//_emulator/clock", headers={"X-Environment-ID": made["id"]}).json()
    assert (child["mode"], child["now"]) == ("frozen", "2026-03-01T00:00:00Z")


def test_a_workspace_in_memory_is_small(tmp_path: Path) -> None:
    """Every test makes one, and none is closed before the server ends."""
    for registry, most in ((Registry(), 300_000), (Registry(tmp_path), 2_000_000)):
        connection = registry.for_key("sk_ws_small").connection
        pages, size = (connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
        assert pages * size < most
        registry.close()
