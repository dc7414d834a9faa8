"""How much is kept."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexprice_emulator.request_log.record import BODY_LIMIT, OVERHEAD, Record
from flexprice_emulator.request_log.ring import RequestLog

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def record(environment_id: str, body: bytes = b"") -> Record:
    made = Record(method="GET", path="/v1/plans", query=b"", http_version="1.1", headers=[], real_time=NOW)
    made.environment_id = environment_id
    made.take_request(body)
    return made


@given(
    sizes=st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 4000)), max_size=60),
    last=st.integers(1, 10),
    workspace_bytes=st.integers(1, 40_000),
    all_bytes=st.integers(1, 60_000),
)
def test_law_the_limits_hold_and_the_newest_is_always_kept(
    sizes: list[tuple[str, int]], last: int, workspace_bytes: int, all_bytes: int
) -> None:
    log = RequestLog(last, workspace_bytes=workspace_bytes, all_bytes=all_bytes)
    came = dict.fromkeys("abc", 0)
    for environment_id, size in sizes:
        newest = record(environment_id, b"x" * size)
        log.add(newest)
        came[environment_id] += 1
        held = {name: log.records(name)[0] for name in came}
        assert held[environment_id][-1] is newest
        for name, records in held.items():
            assert len(records) <= last
            assert sum(each.weight for each in records) <= workspace_bytes or len(records) == 1
            assert [each.number for each in records] == list(range(came[name] - len(records) + 1, came[name] + 1)) or not records
        assert sum(each.weight for records in held.values() for each in records) <= max(all_bytes, newest.weight)


def test_those_asked_longest_ago_are_forgotten_first() -> None:
    log = RequestLog(all_bytes=3 * OVERHEAD)
    for name in ("a", "b", "a", "c"):
        log.add(record(name))
    assert [len(log.records(name)[0]) for name in "abc"] == [2, 0, 1]
    assert log.records("b") == ([], 1)


def test_clearing_keeps_the_numbers() -> None:
    log = RequestLog()
    log.add(record("a"))
    assert (log.clear("a"), log.clear("a"), log.clear("nobody")) == (1, 0, 0)
    log.add(record("a"))
    assert [each.number for each in log.records("a")[0]] == [2]


def test_long_bodies_are_cut_and_say_so() -> None:
    long, exact = record("a", b"x" * (BODY_LIMIT + 1)), record("a", b"x" * BODY_LIMIT)
    assert (len(long.request_body), long.request_size, long.request_cut, long.request) == (BODY_LIMIT, BODY_LIMIT + 1, True, None)
    assert (exact.request_cut, len(exact.request)) == (False, BODY_LIMIT)


def test_keeping_nothing_is_no_log() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        RequestLog(0)
