"""How many requests of a kind there have to be."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flexprice_emulator.request_log.record import Record, plain
from flexprice_emulator.request_log.search import Mismatch, Wanted, closest, select


@dataclass(frozen=True, slots=True)
class Bounds:
    """`at_most` None: no upper end."""

    at_least: int = 1
    at_most: int | None = None

    def hold(self, count: int) -> bool:
        return count >= self.at_least and (self.at_most is None or count <= self.at_most)

    def __str__(self) -> str:
        if self.at_most == 0:
            return "none"
        if self.at_least == self.at_most:
            return f"exactly {self.at_least}"
        if self.at_most is None:
            return f"at least {self.at_least}"
        return f"at most {self.at_most}" if self.at_least == 0 else f"{self.at_least} to {self.at_most}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`seen`: operation -> how often, of all that was looked at. `nearest`: what was not meant but nearly so."""

    holds: bool
    count: int
    matching: tuple[int, ...]
    seen: dict[str, int]
    nearest: tuple[Record, list[Mismatch]] | None
    message: str


def judge(records: Sequence[Record], wanted: Wanted, bounds: Bounds, *, forgotten: bool = False) -> Verdict:
    """Whether the records are as many as they should be. `forgotten`: older ones are not kept any more, and the message says so."""
    matching = select(records, wanted)
    looked_at = [record for record in records if record.number > wanted.since]
    seen = Counter(record.operation or f"{record.method} {record.path}" for record in looked_at)
    holds = bounds.hold(len(matching))
    nearest = None if holds or len(matching) > bounds.at_least else closest(looked_at, wanted)
    parts = [f"expected {bounds} matching, found {len(matching)} among {len(looked_at)} requests"]
    if nearest is not None:
        parts.append(f"closest is request {nearest[0].number}, {'; '.join(say(mismatch) for mismatch in nearest[1][:5])}")
    if forgotten and not holds:
        parts.append("older requests are not kept any more (serve --request-log N keeps more)")
    return Verdict(holds, len(matching), tuple(record.number for record in matching), dict(seen.most_common()), nearest, "; ".join(parts))


def say(mismatch: Mismatch) -> str:
    """One line for people."""
    return f"{mismatch.field}: expected {_short(mismatch.expected)}, found {_short(mismatch.found)}"


def _short(value: Any) -> str:
    text = str(plain(value)) if isinstance(value, dict | list) else str(value)
    return text if len(text) <= 100 else text[:97] + "…"
