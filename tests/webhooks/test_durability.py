"""Nothing is lost when the process ends, wherever it ends."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from flexprice_client.models.customers import CreateCustomerRequest
from flexprice_emulator.customers import changes
from flexprice_emulator.webhooks import deliveries, endpoints
from flexprice_emulator.webhooks.endpoint_request import EndpointRequest
from flexprice_emulator.webhooks.transport import Answer, Outgoing, send
from flexprice_emulator.workspace.clock import ClockState
from flexprice_emulator.workspace.context import Context
from flexprice_emulator.workspace.due import settle
from flexprice_emulator.workspace.registry import SANDBOX_ID, Registry
from flexprice_emulator.workspace.workspace import Workspace
from tests.webhooks.receiver import Receiver

START = datetime(2026, 1, 31, tzinfo=UTC)


def _run(folder: Path, act: Callable[[Workspace], Any]) -> Any:
    """One process: opens the folder, acts, ends."""
    registry = Registry(folder, clock=ClockState("frozen", START, START))
    try:
        workspace = registry.get(SANDBOX_ID)
        assert workspace is not None
        return act(workspace)
    finally:
        registry.close()


def _begin(url: str) -> Callable[[Workspace], None]:
    def act(workspace: Workspace) -> None:
        with workspace.transaction() as session:
            endpoints.create(Context(workspace, session, START), EndpointRequest(url=url))
        with workspace.transaction() as session:
            changes.create(Context(workspace, session, START), CreateCustomerRequest(external_id="acme", name="Acme"))

    return act


def test_an_event_that_was_not_sent_yet_is_sent_after_the_next_start(tmp_path: Path, receiver: Receiver) -> None:
    _run(tmp_path, _begin(receiver.url))
    assert receiver.received == []
    _run(tmp_path, settle)
    assert receiver.names == ["customer.created"]
    _run(tmp_path, settle)
    assert len(receiver.received) == 1


def test_a_try_whose_outcome_was_lost_is_made_again_under_the_same_id(
    tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    def end(outgoing: Outgoing) -> Answer:
        send(outgoing)
        raise SystemExit

    _run(tmp_path, _begin(receiver.url))
    with monkeypatch.context() as patch:
        patch.setattr(deliveries, "send", end)
        with pytest.raises(SystemExit):
            _run(tmp_path, settle)
    _run(tmp_path, settle)
    first, second = receiver.received
    assert (first.raw, first.headers["svix-id"]) == (second.raw, second.headers["svix-id"])


def test_a_change_that_fails_late_leaves_neither_event_nor_delivery(tmp_path: Path, receiver: Receiver) -> None:
    def fail(workspace: Workspace) -> None:
        with workspace.transaction() as session:
            changes.create(Context(workspace, session, START), CreateCustomerRequest(external_id="b", name="B"))
            raise RuntimeError("at the last moment")

    def act(workspace: Workspace) -> None:
        _begin(receiver.url)(workspace)
        with pytest.raises(RuntimeError):
            fail(workspace)
        settle(workspace)

    _run(tmp_path, act)
    assert [item.body["customer"]["external_id"] for item in receiver.received] == ["acme"]
