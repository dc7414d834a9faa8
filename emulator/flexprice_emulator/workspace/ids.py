"""Identifiers: prefix + 26-character ULID, increasing within a workspace (wire.md §4)."""

import hashlib
import random
from datetime import UTC, datetime

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_RANDOM_BITS = 80
_MAX_MS = (1 << 48) - 1


def ulid_text(value: int) -> str:
    """128 bits as Crockford base 32."""
    digits = []
    for _ in range(26):
        digits.append(_ALPHABET[value & 31])
        value >>= 5
    return "".join(reversed(digits))


class _Counted(random.Random):
    """Bits from a hash of the seed and a count, so that one number is all there is to remember."""

    def __init__(self, seed: int | str) -> None:
        self._text, self.count = str(seed), 0
        super().__init__(0)

    def getrandbits(self, k: int, /) -> int:
        self.count += 1
        digest = hashlib.blake2b(f"{self._text}/{self.count}".encode()).digest()
        return int.from_bytes(digest, "big") >> (len(digest) * 8 - k)

    def random(self) -> float:
        return float(self.getrandbits(53)) * 2**-53


class IdSource:
    """Makes ULIDs from a given time. Of two made at one millisecond the later is greater; with a seed the run repeats.

    `state` is what has been used up: a run that goes on from a remembered state makes what the unbroken run would have made.
    """

    def __init__(self, seed: int | str | None = None) -> None:
        self._counted = None if seed is None else _Counted(seed)
        self._random: random.Random = self._counted or random.SystemRandom()
        self._last_ms = -1
        self._last = 0

    @property
    def seeded(self) -> bool:
        return self._counted is not None

    @property
    def state(self) -> tuple[int, int, int]:
        return self._last_ms, self._last, self._counted.count if self._counted else 0

    def restore(self, state: tuple[int, int, int]) -> None:
        """Go on from a state."""
        self._last_ms, self._last, count = state
        if self._counted:
            self._counted.count = count

    def ulid(self, now: datetime) -> str:
        """A bare ULID of `now`."""
        delta = now - _EPOCH
        ms = min(max((delta.days * 86_400 + delta.seconds) * 1000 + delta.microseconds // 1000, 0), _MAX_MS)
        if ms == self._last_ms:
            self._last += 1 + self._random.getrandbits(24)
        else:
            # The top bit stays free so that increments cannot reach the time part.
            self._last_ms, self._last = ms, self._random.getrandbits(_RANDOM_BITS - 1)
        return ulid_text(((ms << _RANDOM_BITS) | self._last) & ((1 << 128) - 1))

    def new(self, prefix: str, now: datetime) -> str:
        """`cust_01HZX3…` for prefix `cust`."""
        return f"{prefix}_{self.ulid(now)}"

    def token(self, length: int, alphabet: str) -> str:
        """Random text, for credit-note numbers and secrets."""
        return "".join(self._random.choice(alphabet) for _ in range(length))
