"""Several threads and several processes at one workspace's due work; work that leaves the transaction; restarts."""

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from flexprice_emulator.workspace import due
from flexprice_emulator.workspace.context import Context
from flexprice_emulator.workspace.due_kinds import Outside, Retry, due_kind
from flexprice_emulator.workspace.due_rows import DueRow
from flexprice_emulator.workspace.due_state import WorkspaceClosing
from flexprice_emulator.workspace.storage import OutboxRow
from flexprice_emulator.workspace.workspace import Workspace
from tests.workspace.due_world import HOUR, START, begin, dump, schedule


def _traces(workspace: Workspace) -> tuple[int, int]:
    """(traces, different ones)"""
    with workspace.transaction() as session:
        subject = OutboxRow.subject
        total, different = session.execute(select(func.count(subject), func.count(subject.distinct()))).one()
    return total, different


def _all_at_once(workspaces: list[Workspace]) -> list[due.Report]:
    barrier, reports = threading.Barrier(len(workspaces)), []

    def work(workspace: Workspace) -> None:
        barrier.wait()
        reports.append(due.settle(workspace))

    threads = [threading.Thread(target=work, args=(workspace,)) for workspace in workspaces]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return reports


def test_threads_that_settle_at_once_perform_each_row_once(workspace: Workspace) -> None:
    for index in range(60):
        schedule(workspace, "toy.note", START, turn=index)
    reports = _all_at_once([workspace] * 8)
    assert sum(report.performed_count for report in reports) == 60
    assert _traces(workspace) == (60, 60)


def test_two_holders_of_one_database_perform_each_row_once(make: Any, tmp_path: Path) -> None:
    # A data directory admits one process; this holds for those that share a database all the same.
    first = make(tmp_path / "e.db", seed=None)
    second = make(tmp_path / "e.db", seed=None)
    for index in range(60):
        schedule(first, "toy.note", START, turn=index)
    reports = _all_at_once([first, second])
    assert sum(report.performed_count for report in reports) == 60
    assert _traces(second) == (60, 60)


def test_two_advances_at_once_add_up(workspace: Workspace) -> None:
    threads = [threading.Thread(target=due.advance, args=(workspace, lambda now: now + HOUR)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert workspace.clock.now() == START + 4 * HOUR


class Receiver:
    """Stands for a server that is called, and calls back. `then` is what happens next, call by call."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.then: list[Callable[[], None]] = []
        self.calls: list[timedelta] = []

    def receive(self) -> None:
        other = threading.Thread(target=self._call_back)
        other.start()
        other.join(10)
        if self.then:
            self.then.pop(0)()

    def _call_back(self) -> None:
        with self.workspace.transaction():
            self.calls.append(self.workspace.clock.now() - START)


def _refuse() -> None:
    raise ConnectionError("refused")


receiver: Receiver


@due_kind("toy.delivery", retry=Retry((HOUR,)))
def deliver(ctx: Context, subject: dict[str, Any]) -> Outside:
    def send() -> Any:
        receiver.receive()
        return lambda ctx: ctx.emit("toy.delivered", **subject)

    return send


@pytest.fixture
def listening(workspace: Workspace) -> Receiver:
    global receiver
    receiver = Receiver(workspace)
    return receiver


def test_a_call_out_leaves_the_workspace_free_for_calls_back(workspace: Workspace, listening: Receiver) -> None:
    schedule(workspace, "toy.delivery", START + HOUR, to="a")
    report = due.advance(workspace, START + 2 * HOUR)
    assert listening.calls == [HOUR]
    assert (report.performed_count, _traces(workspace)) == (1, (1, 1))


def test_a_failing_call_out_is_retried(workspace: Workspace, listening: Receiver) -> None:
    listening.then = [_refuse]
    schedule(workspace, "toy.delivery", START, to="a")
    report = due.advance(workspace, START + 2 * HOUR)
    assert [(failure.error, failure.retry_at) for failure in report.failed] == [("ConnectionError: refused", START + HOUR)]
    assert listening.calls == [timedelta(0), HOUR]
    assert _traces(workspace) == (1, 1)


def test_work_scheduled_anew_while_it_is_out_replaces_the_retry(workspace: Workspace, listening: Receiver) -> None:
    def again() -> None:
        schedule(workspace, "toy.delivery", START + 3 * HOUR, to="a")
        _refuse()

    listening.then = [again]
    schedule(workspace, "toy.delivery", START, to="a")
    report = due.advance(workspace, START + 9 * HOUR)
    assert [failure.retry_at for failure in report.failed] == [None]
    assert [work.due_at for work in report.performed] == [START + 3 * HOUR]


def test_what_an_ended_process_had_begun_is_performed_by_the_next(make: Any, tmp_path: Path) -> None:
    first = make(tmp_path / "e.db")
    schedule(first, "toy.call", START, customer="a")
    with first.transaction() as session:
        row = session.scalars(select(DueRow)).one()
        row.state, row.attempts = "running", 1
    first.close()
    second = make(tmp_path / "e.db")
    assert [work.attempts for work in due.settle(second).performed] == [1]


def test_an_advance_that_was_cut_off_is_finished_by_settle(make: Any, tmp_path: Path) -> None:
    first, undisturbed = make(tmp_path / "a.db"), make(tmp_path / "b.db")
    for workspace in (first, undisturbed):
        begin(workspace)
    due.advance(undisturbed, START + 40 * 24 * HOUR)

    @due_kind("toy.stop")
    def stop(ctx: Context, subject: dict[str, Any]) -> None:
        ctx.workspace.due.closing = True

    schedule(first, "toy.stop", START + 20 * 24 * HOUR)
    with pytest.raises(WorkspaceClosing):
        due.advance(first, START + 40 * 24 * HOUR)
    assert first.clock.now() == START + 20 * 24 * HOUR
    first.close()

    second = make(tmp_path / "a.db")
    assert second.clock.now() == START + 20 * 24 * HOUR
    due.settle(second)
    assert second.clock.now() == START + 40 * 24 * HOUR
    ours, theirs = (dump(workspace.connection).replace("toy.stop", "") for workspace in (second, undisturbed))
    assert ours.count("toy.noted") == theirs.count("toy.noted") > 0


def test_ids_go_on_after_a_restart(make: Any, tmp_path: Path) -> None:
    made: list[str] = []
    for _ in range(3):
        workspace = make(tmp_path / "e.db")
        with workspace.transaction() as session:
            made += [Context(workspace, session, START).new_id("cust") for _ in range(3)]
        workspace.close()
    whole = make()
    with whole.transaction() as session:
        assert made == [Context(whole, session, START).new_id("cust") for _ in range(9)]
