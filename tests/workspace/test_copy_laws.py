"""Laws of copies, for any history.

* restore after anything gives the snapshot back: nothing differs, and what follows is answered as it was the first time
* a fork and its original differ in nothing, answer the same requests with the same bytes, and then still differ in their own ids only
* what was exported and imported again is the same, and answers the same
* a reset and the same actions again give the same answers
"""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flexprice_emulator.platform.auth import Authenticator
from flexprice_emulator.wire.edge import Edge
from flexprice_emulator.wire.table import ApiTable
from flexprice_emulator.workspace import copies
from flexprice_emulator.workspace.clock import ClockState
from flexprice_emulator.workspace.difference import Difference
from flexprice_emulator.workspace.registry import Registry
from flexprice_emulator.workspace.workspace import Workspace
from tests.workspace.actions import ACTIONS, Action, Actor
from tests.workspace.test_copies import difference

START = datetime(2026, 1, 31, 12, 30, tzinfo=UTC)
NUMBERS = count()
LAWS = settings(max_examples=10)
# What every law shall hold for, whatever else is found: a life with renewals, usage, credits and webhooks.
LIFE: list[Action] = [("endpoint", 0), ("subscribe", 0), ("wallet", 0), ("top_up", 1), ("events", 0), ("advance", 3), ("preview", 0)]


@pytest.fixture(scope="module")
def edge() -> Iterator[Edge]:
    registry = Registry(real_time=lambda: START, clock=ClockState("frozen", START, START))
    yield Edge(registry, Authenticator(registry), ApiTable())
    registry.close()


def new(edge: Edge) -> Workspace:
    return edge.registry.for_key(f"sk_ws_{next(NUMBERS)}")


def alike(found: Difference, a: Workspace, b: Workspace) -> bool:
    """Whether nothing differs but the environment's own id, which bodies of webhooks show."""
    changes = [change for table in found.tables.values() for change in table.changed]
    values = [pair for change in changes for pair in change.fields.values()]
    only_changes = not any(table.added_count or table.removed_count for table in found.tables.values())
    return only_changes and not found.clock and all(repr(x).replace(a.environment_id, b.environment_id) == repr(y) for x, y in values)


@LAWS
@given(ACTIONS, ACTIONS, st.booleans())
def test_restore_gives_the_snapshot_back(edge: Edge, before: list[Action], after: list[Action], lively: bool) -> None:
    workspace = new(edge)
    Actor(edge, workspace).do(LIFE if lively else []).do(before)
    copies.take(edge.registry, workspace, "s")
    then = workspace.clock.now()
    first = Actor(edge, workspace).do(after)
    copies.restore(edge.registry, workspace, "s")
    assert not difference(edge.registry, workspace, workspace, a_snapshot="s")
    assert workspace.clock.now() == then
    assert Actor(edge, workspace).do(after).answers == first.answers
    edge.registry.delete(workspace.environment_id)


@LAWS
@given(ACTIONS, ACTIONS, st.booleans())
def test_a_fork_and_its_original_answer_alike(edge: Edge, before: list[Action], after: list[Action], lively: bool) -> None:
    original = new(edge)
    Actor(edge, original).do(LIFE if lively else []).do(before)
    fork = copies.fork(edge.registry, original, f"env_fork_{next(NUMBERS)}", "fork", "workspace")
    assert not difference(edge.registry, original, fork)
    assert Actor(edge, fork).do(after).answers == Actor(edge, original).do(after).answers
    assert alike(difference(edge.registry, original, fork), original, fork)
    for workspace in (original, fork):
        edge.registry.delete(workspace.environment_id)


@LAWS
@given(ACTIONS, ACTIONS)
def test_what_was_exported_is_what_is_imported(edge: Edge, before: list[Action], after: list[Action]) -> None:
    original, other = new(edge), new(edge)
    Actor(edge, original).do(LIFE).do(before)
    file = copies.export(edge.registry, original)
    with closing(copies.unpack(edge.registry, file)) as imported:
        other.become(imported)
    assert copies.export(edge.registry, other) == file
    assert not difference(edge.registry, original, other)
    assert Actor(edge, other).do(after).answers == Actor(edge, original).do(after).answers
    for workspace in (original, other):
        edge.registry.delete(workspace.environment_id)


@LAWS
@given(ACTIONS)
def test_a_reset_and_the_same_again(edge: Edge, actions: list[Action]) -> None:
    workspace = new(edge)
    first = Actor(edge, workspace).do(LIFE).do(actions)
    copies.reset(edge.registry, workspace)
    assert Actor(edge, workspace).do(LIFE).do(actions).answers == first.answers
    edge.registry.delete(workspace.environment_id)


def test_the_life_is_one(edge: Edge) -> None:
    """The laws would hold for refusals alone."""
    answers = Actor(edge, new(edge)).do(LIFE).answers
    assert not [answer for answer in answers if b'"http_status_code"' in answer]
    assert b"subscription.renewal/" in b"".join(answers)
