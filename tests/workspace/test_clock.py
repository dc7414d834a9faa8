"""Clock modes (workspace/clock.py)."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexprice_emulator.workspace.clock import Clock

START = datetime(2026, 1, 31, tzinfo=UTC)


class Machine:
    def __init__(self) -> None:
        self.now = datetime(2030, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.mark.parametrize(("mode", "rate", "passed"), [("frozen", 1, 0), ("shifted", 1, 10), ("accelerated", 3600, 36_000)])
def test_ten_seconds_pass_by_mode(mode: str, rate: float, passed: int) -> None:
    machine = Machine()
    clock = Clock(machine)
    clock.set(mode, START, rate)  # type: ignore[arg-type]
    machine.now += timedelta(seconds=10)
    assert clock.now() == START + timedelta(seconds=passed)


def test_real_follows_the_machine_again() -> None:
    machine = Machine()
    clock = Clock(machine)
    clock.set("frozen", START)
    clock.set("real")
    assert clock.now() == machine.now


@given(st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=4000)), st.sampled_from(["real", "frozen", "shifted"]))
def test_advancing_moves_by_exactly_the_span(span: timedelta, mode: str) -> None:
    clock = Clock(Machine())
    clock.set(mode)  # type: ignore[arg-type]
    before = clock.now()
    assert clock.advance(span) == before + span


def test_a_rate_that_is_not_positive_is_refused() -> None:
    with pytest.raises(ValueError, match="rate must be greater than 0, not 0"):
        Clock(Machine()).set("accelerated", START, 0)
