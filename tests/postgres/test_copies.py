"""Reset, snapshot, restore, fork and files of a workspace: what holds on SQLite holds here."""

from collections.abc import Callable

from flexprice_emulator.workspace import copies, due
from flexprice_emulator.workspace.registry import Registry
from tests.postgres.conftest import START
from tests.workspace.due_world import schedule
from tests.workspace.test_archive import (
    test_a_snapshot_is_exported_with_its_own_time,
    test_every_table_and_column_is_in_the_file,
    test_what_is_imported_is_what_was_exported,
)
from tests.workspace.test_archive import workspace as a_value_of_each_kind
from tests.workspace.test_copies import (
    add,
    names,
    test_a_deleted_workspace_is_gone_with_its_snapshots_and_its_key_makes_a_new_one,
    test_a_fork_goes_on_as_the_original_and_neither_sees_the_other,
    test_a_real_clock_stays_the_machine_s,
    test_a_reset_returns_to_the_rules_the_clock_and_the_seed_of_the_beginning,
    test_a_restore_brings_back_rows_ids_and_clock,
    test_a_running_clock_goes_on_from_the_time_of_the_snapshot,
    test_an_advance_under_way_ends_at_a_restore_and_records_nothing_in_what_was_restored,
    test_snapshots_have_names_times_and_an_end,
    test_two_workspaces_of_one_seed_make_the_same_ids,
    test_what_ran_outside_when_a_snapshot_was_taken_is_done_again_after_its_restore,
)

__all__ = [
    "test_a_deleted_workspace_is_gone_with_its_snapshots_and_its_key_makes_a_new_one",
    "test_a_fork_goes_on_as_the_original_and_neither_sees_the_other",
    "test_a_real_clock_stays_the_machine_s",
    "test_a_reset_returns_to_the_rules_the_clock_and_the_seed_of_the_beginning",
    "test_a_restore_brings_back_rows_ids_and_clock",
    "test_a_running_clock_goes_on_from_the_time_of_the_snapshot",
    "test_a_snapshot_is_exported_with_its_own_time",
    "test_an_advance_under_way_ends_at_a_restore_and_records_nothing_in_what_was_restored",
    "test_every_table_and_column_is_in_the_file",
    "test_snapshots_have_names_times_and_an_end",
    "test_two_workspaces_of_one_seed_make_the_same_ids",
    "test_what_is_imported_is_what_was_exported",
    "test_what_ran_outside_when_a_snapshot_was_taken_is_done_again_after_its_restore",
]

workspace = a_value_of_each_kind


def test_everything_survives_a_restart(process: Callable[..., Registry], registry: Registry) -> None:
    held = registry.for_key("sk_ws_a")
    add(held, "a")
    copies.take(registry, held, "s")
    held.set_clock("frozen", START.replace(year=2027))
    again = process().for_key("sk_ws_a")
    assert (names(again), again.clock.now().year) == (["a", "seeded"], 2027)
    copies.restore(process(), again, "s")
    assert again.clock.now() == START


def test_due_work_of_a_copy_goes_on_after_the_highest_number(registry: Registry) -> None:
    held = registry.for_key("sk_ws_a")
    for index in range(3):
        schedule(held, "toy.note", START, turn=index)
    copies.take(registry, held, "s")
    forked = copies.fork(registry, held, "env_forked", "forked", "development")
    copies.restore(registry, held, "s")
    for one in (held, forked):
        schedule(one, "toy.note", START, turn=3)
        assert [work.subject["turn"] for work in due.settle(one).performed] == [0, 1, 2, 3]


def test_a_fork_waits_for_what_another_process_is_writing(process: Callable[..., Registry], registry: Registry) -> None:
    held = registry.for_key("sk_ws_a")
    other = process(real_time=lambda: START).for_key("sk_ws_a")
    add(other, "by another")
    other.set_clock("frozen", START.replace(month=3))
    copies.take(registry, held, "s")
    assert copies.snapshots(registry, held)[0].now == START.replace(month=3)
    forked = copies.fork(registry, held, "env_forked", "forked", "development")
    assert (names(forked), forked.clock.now()) == (["by another", "seeded"], START.replace(month=3))


def test_a_restore_by_another_process_is_seen_here_as_other_content(process: Callable[..., Registry], registry: Registry) -> None:
    held = registry.for_key("sk_ws_a")
    copies.take(registry, held, "s")
    add(held, "later")
    elsewhere = process(real_time=lambda: START)
    copies.restore(elsewhere, elsewhere.for_key("sk_ws_a"), "s")
    content = held.due.content
    assert names(held) == ["seeded"]
    assert held.due.content == content + 1
