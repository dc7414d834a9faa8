"""One rule: what it disturbs, how, and how often.

Invariant: whether the n-th match of a rule is disturbed depends on the rule's own seed, kind, operation and n alone: not on
threads, on other rules, or on when it was set.
"""

import hashlib
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from flexprice_emulator.faults.matching import Pattern

Kind = Literal[
    "latency",
    "rate_limit",
    "error",
    "drop",
    "truncate",
    "usage_lag",
    "clock_skew",
    "webhook_duplicate",
    "webhook_reorder",
    "webhook_delay",
]
WEBHOOK_KINDS: Final[tuple[Kind, ...]] = ("webhook_duplicate", "webhook_reorder", "webhook_delay")
REQUEST_KINDS: Final[tuple[Kind, ...]] = ("latency", "clock_skew", "rate_limit", "error", "drop", "truncate")
# Of these one is all that can happen to an answer.
ENDINGS: Final[tuple[Kind, ...]] = ("rate_limit", "error", "drop", "truncate")


def draw(seed: str, kind: str, operation: str, n: int, purpose: str = "") -> float:
    """A number 0 ≤ x < 1 that is the same for the same arguments, everywhere."""
    digest = hashlib.blake2b(f"{seed}\0{kind}\0{operation}\0{n}\0{purpose}".encode(), digest_size=8).digest()
    return (int.from_bytes(digest, "big") >> 11) * 2.0**-53


@dataclass(slots=True, eq=False)
class Rule:
    """`after`: how many matches pass before it begins; `count`: how many it disturbs in all, None for no end.

    `matched` counts what it was asked about, `injected` what it disturbed, `overruled` what an earlier rule ended in its place.
    """

    id: str
    kind: Kind
    operation: str
    pattern: Pattern
    probability: float = 1.0
    count: int | None = None
    after: int = 0
    seed: str = "0"
    options: Mapping[str, Any] = field(default_factory=dict)
    matched: int = 0
    injected: int = 0
    overruled: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def used_up(self) -> bool:
        """It disturbs nothing any more, and stays to be read."""
        return self.count is not None and self.injected + self.overruled >= self.count

    def strikes(self, *, overruled: bool = False) -> int | None:
        """Count a match; its number where it is to be disturbed. `overruled`: it would be, but something else happens to it."""
        with self._lock:
            self.matched += 1
            n = self.matched
            if n <= self.after or self.used_up or draw(self.seed, self.kind, self.operation, n) >= self.probability:
                return None
            if overruled:
                self.overruled += 1
                return None
            self.injected += 1
            return n

    def between(self, low: float, high: float, n: int) -> float:
        """A number from `low` to `high` for the n-th match."""
        return low + (high - low) * draw(self.seed, self.kind, self.operation, n, "between")
