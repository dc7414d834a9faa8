"""A clock that is wrong by a span."""

from datetime import datetime, timedelta

from flexprice_emulator.workspace.clock import BEGIN, END, Clock


class SkewedClock(Clock):
    """What `clock` shows and `by` more; it stays between the ends of all clocks. Only to be read."""

    def __init__(self, clock: Clock, by: timedelta) -> None:
        super().__init__(clock.real_now, clock.state)
        self._clock, self._by = clock, by

    def now(self) -> datetime:
        try:
            return min(max(self._clock.now() + self._by, BEGIN), END)
        except OverflowError:
            return END if self._by > timedelta(0) else BEGIN
