"""Due work: what holds on SQLite holds here, and two processes share one workspace's."""

from tests.workspace.test_due import (
    test_a_failed_row_lets_others_pass,
    test_a_failing_row_changes_nothing_and_is_retried_as_its_kind_says,
    test_a_key_is_free_again_when_its_row_is_done,
    test_a_row_that_recovers_is_performed_once,
    test_an_advance_back_is_refused,
    test_rows_are_performed_in_time_order_each_at_its_own_time,
    test_rows_that_handlers_add_have_their_turn_in_the_same_advance,
    test_scheduling_under_a_key_again_moves_the_row,
    test_setting_the_clock_back_undoes_nothing_and_repeats_nothing,
    test_setting_the_clock_forward_performs_what_becomes_due_unless_told_not_to,
    test_unknown_kinds_are_refused_and_a_row_of_one_is_given_up,
    test_what_handlers_and_requests_see_while_time_advances_is_the_time_of_the_row,
    test_without_a_key_kind_and_subject_are_the_key,
)
from tests.workspace.test_due_runner import (
    test_a_frozen_clock_lets_only_prompt_work_pass,
    test_a_real_clock_performs_rows_when_their_time_comes,
)
from tests.workspace.test_due_together import (
    listening,
    test_a_call_out_leaves_the_workspace_free_for_calls_back,
    test_a_failing_call_out_is_retried,
    test_ids_go_on_after_a_restart,
    test_threads_that_settle_at_once_perform_each_row_once,
    test_two_advances_at_once_add_up,
    test_two_holders_of_one_database_perform_each_row_once,
    test_what_an_ended_process_had_begun_is_performed_by_the_next,
    test_work_scheduled_anew_while_it_is_out_replaces_the_retry,
)

__all__ = [
    "listening",
    "test_a_call_out_leaves_the_workspace_free_for_calls_back",
    "test_a_failed_row_lets_others_pass",
    "test_a_failing_call_out_is_retried",
    "test_a_failing_row_changes_nothing_and_is_retried_as_its_kind_says",
    "test_a_frozen_clock_lets_only_prompt_work_pass",
    "test_a_key_is_free_again_when_its_row_is_done",
    "test_a_real_clock_performs_rows_when_their_time_comes",
    "test_a_row_that_recovers_is_performed_once",
    "test_an_advance_back_is_refused",
    "test_ids_go_on_after_a_restart",
    "test_rows_are_performed_in_time_order_each_at_its_own_time",
    "test_rows_that_handlers_add_have_their_turn_in_the_same_advance",
    "test_scheduling_under_a_key_again_moves_the_row",
    "test_setting_the_clock_back_undoes_nothing_and_repeats_nothing",
    "test_setting_the_clock_forward_performs_what_becomes_due_unless_told_not_to",
    "test_threads_that_settle_at_once_perform_each_row_once",
    "test_two_advances_at_once_add_up",
    "test_two_holders_of_one_database_perform_each_row_once",
    "test_unknown_kinds_are_refused_and_a_row_of_one_is_given_up",
    "test_what_an_ended_process_had_begun_is_performed_by_the_next",
    "test_what_handlers_and_requests_see_while_time_advances_is_the_time_of_the_row",
    "test_without_a_key_kind_and_subject_are_the_key",
    "test_work_scheduled_anew_while_it_is_out_replaces_the_retry",
]
