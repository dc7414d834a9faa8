"""A workspace's time: real, frozen, shifted or accelerated.

The only place that reads the machine's time is the `RealTime` function handed in at the edge.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

RealTime = Callable[[], datetime]
ClockMode = Literal["real", "frozen", "shifted", "accelerated"]
# What a clock can show. Periods reckoned from it stay far from the end of the calendar.
BEGIN, END = datetime(1970, 1, 1, tzinfo=UTC), datetime(3000, 1, 1, tzinfo=UTC)
MODES: tuple[ClockMode, ...] = ("real", "frozen", "shifted", "accelerated")


def machine_time() -> datetime:
    """The machine's time in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class ClockState:
    """What is stored: `now` is the workspace's time at the machine's time `since` (None where it stands still); `rate` counts in
    accelerated mode."""

    mode: ClockMode = "real"
    now: datetime | None = None
    since: datetime | None = None
    rate: float = 1.0


class Clock:
    """Reads workspace time. `set` changes it; going back is allowed."""

    def __init__(self, real: RealTime = machine_time, state: ClockState | None = None) -> None:
        self._real = real
        self.state = state or ClockState()

    def now(self) -> datetime:
        """The workspace's present time, UTC, microseconds."""
        state = self.state
        if state.mode == "real" or state.now is None:
            return self._real()
        if state.mode == "frozen" or state.since is None:
            return state.now
        elapsed = self._real() - state.since
        try:
            return min(state.now + (elapsed if state.mode == "shifted" else elapsed * state.rate), END)
        except OverflowError:
            return END

    def real_now(self) -> datetime:
        """The machine's time."""
        return self._real()

    def set(self, mode: ClockMode, now: datetime | None = None, rate: float = 1.0) -> ClockState:
        """Switch mode; `now` defaults to the present workspace time. Raises ValueError for a rate that is not positive."""
        if mode == "accelerated" and not rate > 0:
            raise ValueError(f"rate must be greater than 0, not {rate}")
        at = now or self.now()
        # Since when a stopped clock stands says nothing: without it the same requests leave the same bytes.
        self.state = ClockState() if mode == "real" else ClockState(mode, at, None if mode == "frozen" else self._real(), rate)
        return self.state

    def advance(self, by: timedelta) -> datetime:
        """Move forward by a span; a real clock becomes shifted, a frozen one stays frozen."""
        mode: ClockMode = "shifted" if self.state.mode == "real" else self.state.mode
        self.set(mode, self.now() + by, self.state.rate)
        return self.now()
