"""When to try again, and after how long.

Invariants: at most `max_retries` further tries; a wait is never negative and never above `max_delay`, or, where the service names
one, never below what it names; a call that may have taken effect is only repeated when it is repeatable.
"""

from collections.abc import Callable
from dataclasses import dataclass

from flexprice_client.errors import APIError, FlexpriceError, TransportError


@dataclass(frozen=True)
class RetryPolicy:
    """Waits double from `base_delay`, half of each at random, up to `max_delay` (seconds).

    statuses         answers worth another try; the published SDKs retry the same five
    max_retry_after  where the service asks for a longer pause, its error is raised at once
    """

    max_retries: int = 2
    base_delay: float = 0.25
    max_delay: float = 8.0
    max_retry_after: float = 60.0
    statuses: frozenset[int] = frozenset({429, 500, 502, 503, 504})

    def delay(self, error: FlexpriceError, *, attempt: int, repeatable: bool, random: Callable[[], float]) -> float | None:
        """Seconds to wait after try number `attempt` (from 1) failed with `error`, or None to give up. `random` gives 0 ≤ x < 1."""
        if attempt > self.max_retries or not self._worth(error, repeatable):
            return None
        asked = error.retry_after if isinstance(error, APIError) else None
        if asked is not None and asked > self.max_retry_after:
            return None
        backoff = min(self.max_delay, self.base_delay * float(2 ** (attempt - 1)))
        jittered = backoff * (0.5 + random() / 2)
        return jittered if asked is None else max(asked, jittered)

    def _worth(self, error: FlexpriceError, repeatable: bool) -> bool:
        if isinstance(error, TransportError):
            return repeatable or not error.maybe_applied
        if isinstance(error, APIError) and error.status in self.statuses:
            # 429 is said before any work is done, so every call may wait and come back.
            return repeatable or error.status == 429
        return False
