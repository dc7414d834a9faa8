"""ULIDs: form, order, repeatability (workspace/ids.py)."""

import re
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from flexprice_emulator.workspace.ids import IdSource

NOW = datetime(2026, 1, 31, tzinfo=UTC)


def test_form_is_prefix_and_26_crockford_characters() -> None:
    assert re.fullmatch(r"cust_[0-7][0-9A-HJKMNP-TV-Z]{25}", IdSource().new("cust", NOW))


@given(st.lists(st.integers(min_value=0, max_value=5), min_size=2, max_size=200))
def test_ids_rise_with_time_and_within_one_instant(steps: list[int]) -> None:
    source, now, made = IdSource(7), NOW, []
    for step in steps:
        now += timedelta(milliseconds=step)
        made.append(source.ulid(now))
    assert made == sorted(set(made))


def test_a_seed_repeats_the_run() -> None:
    first, second = IdSource("s"), IdSource("s")
    assert [first.ulid(NOW) for _ in range(50)] == [second.ulid(NOW) for _ in range(50)]
    assert IdSource("t").ulid(NOW) != IdSource("s").ulid(NOW)
