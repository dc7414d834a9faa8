"""Due work (workspace/due.py): order, retries, keys, setting the clock."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from flexprice_emulator.workspace import due, due_rows
from flexprice_emulator.workspace.clock import ClockMode, ClockState
from flexprice_emulator.workspace.context import Context
from flexprice_emulator.workspace.due_kinds import Retry, UnknownKind, due_kind
from flexprice_emulator.workspace.due_rows import DueRow
from flexprice_emulator.workspace.storage import OutboxRow
from flexprice_emulator.workspace.workspace import Workspace
from tests.workspace.due_world import HOUR, START, YEAR, begin, dump, schedule

DAY = 24 * HOUR


def notes(workspace: Workspace) -> list[tuple[str, timedelta]]:
    """(what, when after START) of each trace, as written."""
    with workspace.transaction() as session:
        rows = session.scalars(select(OutboxRow).order_by(OutboxRow.created_at, OutboxRow.id)).all()
        return [(str(*row.subject.values()), row.created_at - START) for row in rows]


def test_rows_are_performed_in_time_order_each_at_its_own_time(workspace: Workspace) -> None:
    for name, days in (("c", 3), ("a", 1), ("b", 1), ("later", 9)):
        schedule(workspace, "toy.note", START + days * DAY, name=name)
    report = due.advance(workspace, START + 5 * DAY)

    assert [(work.subject["name"], work.due_at) for work in report.performed] == [
        ("a", START + DAY),
        ("b", START + DAY),
        ("c", START + 3 * DAY),
    ]
    assert notes(workspace) == [("a", DAY), ("b", DAY), ("c", 3 * DAY)]
    assert workspace.clock.state == ClockState("frozen", START + 5 * DAY)


def test_rows_that_handlers_add_have_their_turn_in_the_same_advance(workspace: Workspace) -> None:
    schedule(workspace, "toy.renewal", START + DAY, name="n")
    report = due.advance(workspace, START + 40 * DAY)
    assert [work.kind for work in report.performed] == 2 * ["toy.renewal", "toy.call", "toy.note"]
    assert [work.due_at - START for work in report.performed] == [DAY, DAY, DAY + 6 * HOUR, 31 * DAY, 31 * DAY, 31 * DAY + 6 * HOUR]


@pytest.mark.parametrize("mode", ["frozen", "shifted"])
def test_a_run_stops_at_its_limit_and_another_goes_on_from_there(workspace: Workspace, mode: ClockMode) -> None:
    due.set_clock(workspace, mode, START)
    schedule(workspace, "toy.broken", START + DAY, what="fly")
    for name, day in (("a", 1), ("b", 2), ("c", 2), ("d", 3)):
        schedule(workspace, "toy.note", START + day * DAY, name=name)
    target = START + 5 * DAY
    report = due.advance(workspace, target, limit=5)
    assert (report.performed_count, report.failed_count, report.stop) == (2, 3, due.Stop(target, 5))
    assert notes(workspace) == [("a", DAY), ("b", 2 * DAY)]
    state = workspace.clock.state
    assert (state.mode, state.now) == (mode, START + 2 * DAY)
    with workspace.transaction() as session:
        assert workspace.read_meta(session, "advancing") is None
    report = due.advance(workspace, target, limit=2)
    assert (report.performed_count, report.stop, workspace.clock.state.now) == (2, None, target)
    assert notes(workspace)[2:] == [("c", 2 * DAY), ("d", 3 * DAY)]


def test_settling_stops_at_its_limit_too(workspace: Workspace) -> None:
    for name in "abc":
        schedule(workspace, "toy.note", START, name=name)
    assert due.settle(workspace, limit=2).stop == due.Stop(START, 2)
    assert (due.settle(workspace, limit=2).stop, len(notes(workspace))) == (None, 3)


def test_work_for_a_past_time_is_due_now(workspace: Workspace) -> None:
    schedule(workspace, "toy.note", START - YEAR, name="a")
    assert due.settle(workspace).performed[0].due_at == START
    assert due.settle(workspace).performed_count == 0


def test_a_failing_row_changes_nothing_and_is_retried_as_its_kind_says(workspace: Workspace) -> None:
    schedule(workspace, "toy.broken", START + DAY, what="fly")
    before = workspace.ids.state
    report = due.advance(workspace, START + 2 * DAY)

    seen = [(failure.work.due_at - START, failure.work.attempts, failure.error) for failure in report.failed]
    reason = "ValueError: cannot fly"
    assert seen == [(DAY, 1, reason), (DAY + HOUR, 2, reason), (DAY + 3 * HOUR, 3, reason)]
    assert [failure.retry_at for failure in report.failed] == [START + DAY + HOUR, START + DAY + 3 * HOUR, None]
    assert report.performed_count == 0
    assert notes(workspace) == []
    assert workspace.ids.state == before
    with workspace.transaction() as session:
        ((row,), count) = due_rows.listed(session, "failed", 10)
    assert (row.last_error, row.attempts, count) == (reason, 3, 1)


def test_a_row_that_recovers_is_performed_once(workspace: Workspace) -> None:
    schedule(workspace, "toy.renewal", START + 119 * DAY, name="n", ill=True)
    report = due.advance(workspace, START + 121 * DAY)
    assert (report.failed_count, [work.kind for work in report.performed]) == (2, ["toy.renewal", "toy.call", "toy.note"])


def test_a_failed_row_lets_others_pass(workspace: Workspace) -> None:
    schedule(workspace, "toy.broken", START, what="fly")
    schedule(workspace, "toy.note", START, name="a")
    report = due.settle(workspace)
    assert (report.failed_count, notes(workspace)) == (1, [("a", timedelta(0))])


def test_scheduling_under_a_key_again_moves_the_row(workspace: Workspace) -> None:
    schedule(workspace, "toy.note", START + DAY, key="k", name="old")
    schedule(workspace, "toy.note", START + 2 * DAY, key="k", name="new")
    assert due.advance(workspace, START + DAY).performed == []
    due.advance(workspace, START + 3 * DAY)
    assert notes(workspace) == [("new", 2 * DAY)]


def test_a_key_is_free_again_when_its_row_is_done(workspace: Workspace) -> None:
    for _ in range(2):
        schedule(workspace, "toy.note", START, key="k", name="a")
        due.settle(workspace)
    assert len(notes(workspace)) == 2


def test_without_a_key_kind_and_subject_are_the_key(workspace: Workspace) -> None:
    with workspace.transaction() as session:
        ctx = Context(workspace, session, START)
        assert ctx.schedule("toy.note", START, name="a", turn=1) == "toy.note/a/1"
        assert ctx.unschedule("toy.note/a/1") is True
        assert ctx.unschedule("toy.note/a/1") is False
    assert due.settle(workspace).performed_count == 0


def test_unknown_kinds_are_refused_and_a_row_of_one_is_given_up(workspace: Workspace) -> None:
    with pytest.raises(UnknownKind, match=r"no handler is declared for due work toy\.nothing"):
        schedule(workspace, "toy.nothing", START)
    with workspace.transaction() as session:
        session.add(DueRow(due_at=START, kind="toy.gone", key="k", subject={}))
    (failure,) = due.settle(workspace).failed
    assert failure.retry_at is None
    assert "toy.gone" in failure.error


def test_an_advance_back_is_refused(workspace: Workspace) -> None:
    with pytest.raises(due.PastTime):
        due.advance(workspace, START - HOUR)


def test_setting_the_clock_back_undoes_nothing_and_repeats_nothing(workspace: Workspace) -> None:
    schedule(workspace, "toy.note", START + DAY, name="a")
    schedule(workspace, "toy.note", START + 3 * DAY, name="b")
    due.advance(workspace, START + 2 * DAY)
    due.set_clock(workspace, "frozen", START)
    assert due.advance(workspace, START + 2 * DAY).performed == []
    due.advance(workspace, START + 3 * DAY)
    assert notes(workspace) == [("a", DAY), ("b", 3 * DAY)]


def test_setting_the_clock_forward_performs_what_becomes_due_unless_told_not_to(workspace: Workspace) -> None:
    schedule(workspace, "toy.note", START + DAY, name="a")
    assert due.set_clock(workspace, "frozen", START + 2 * DAY, perform=False).performed == []
    report = due.settle(workspace)
    assert [work.due_at for work in report.performed] == [START + DAY]
    assert workspace.clock.now() == START + 2 * DAY

    schedule(workspace, "toy.note", START + 3 * DAY, name="b")
    assert due.set_clock(workspace, "frozen", START + 4 * DAY).performed_count == 1


@pytest.mark.parametrize(
    ("mode", "after"), [("real", "shifted"), ("frozen", "frozen"), ("shifted", "shifted"), ("accelerated", "accelerated")]
)
def test_an_advance_keeps_the_mode_but_for_real(make: Any, mode: Any, after: str) -> None:
    workspace = make()
    workspace.set_clock(mode, None if mode == "real" else START, 60.0)
    schedule(workspace, "toy.note", START + DAY, name="a")
    due.advance(workspace, lambda now: now + 2 * DAY)
    assert (workspace.clock.state.mode, workspace.clock.now(), notes(workspace)) == (after, START + 2 * DAY, [("a", DAY)])


def test_what_handlers_and_requests_see_while_time_advances_is_the_time_of_the_row(workspace: Workspace) -> None:
    seen: list[datetime] = []

    @due_kind("toy.look")
    def look(ctx: Context, subject: dict[str, Any]) -> None:
        seen.extend((ctx.now, ctx.workspace.clock.now()))

    schedule(workspace, "toy.look", START + DAY)
    due.advance(workspace, START + YEAR)
    assert seen == [START + DAY, START + DAY]


def test_the_lists_of_a_report_end_at_1000_and_its_counts_do_not(workspace: Workspace) -> None:
    report = due.Report()
    work = due_rows.Work(1, START, "k", "k", {}, 1)
    for _ in range(1001):
        report.note(work)
        report.note(due.Failure(work, "why", None))
    assert [len(report.performed), len(report.failed), report.performed_count, report.failed_count] == [1000, 1000, 1001, 1001]


def test_retry_policies() -> None:
    assert [Retry((HOUR, DAY)).after(attempts) for attempts in (1, 2, 3)] == [HOUR, DAY, None]
    assert [Retry((HOUR, DAY), forever=True).after(attempts) for attempts in (1, 2, 9)] == [HOUR, DAY, DAY]
    assert Retry().after(1) is None
    for wrong in ({"delays": (timedelta(0),)}, {"forever": True}):
        with pytest.raises(ValueError, match="delays must be greater than 0"):
            Retry(**wrong)  # type: ignore[arg-type]


def test_a_kind_is_declared_once() -> None:
    with pytest.raises(ValueError, match=r"due work toy\.note is declared twice"):
        due_kind("toy.note")(test_retry_policies)


def _world(steps: list[timedelta]) -> str:
    workspace = Workspace("env", lambda: START, seed="s", clock=ClockState("frozen", START, START))
    try:
        begin(workspace)
        for step in steps:
            due.advance(workspace, lambda now, step=step: now + step)  # type: ignore[misc]
        due.advance(workspace, START + 70 * DAY)
        return dump(workspace.connection)
    finally:
        workspace.close()


@settings(deadline=None, max_examples=8)
@given(st.lists(st.timedeltas(min_value=timedelta(0), max_value=14 * DAY), max_size=5))
def test_many_small_advances_make_the_world_of_one_large_one(steps: list[timedelta]) -> None:
    assert _world(steps) == _world([])


@settings(deadline=None, max_examples=25)
@given(st.lists(st.tuples(st.integers(min_value=0, max_value=50), st.booleans()), max_size=12))
def test_order_is_by_due_time_then_by_insertion(entries: list[tuple[int, bool]]) -> None:
    workspace = Workspace("env", lambda: START, seed="s", clock=ClockState("frozen", START, START))
    try:
        for index, (hours, flaw) in enumerate(entries):
            schedule(workspace, "toy.broken" if flaw else "toy.note", START + hours * HOUR, what=index)
        report = due.advance(workspace, START + 50 * HOUR)
        order = [(work.due_at, work.sequence) for work in report.performed]
        assert order == sorted(order)
        assert len(order) == sum(not flaw for _, flaw in entries)
    finally:
        workspace.close()
