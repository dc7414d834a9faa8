"""Identifiers: prefix + 26-character ULID, increasing within a workspace (wire.md §4)."""

import hashlib
import random
import secrets
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
        self.seed_text, self.count = str(seed), 0
        super().__init__(0)

    def getrandbits(self, k: int, /) -> int:
        self.count += 1
        digest = hashlib.blake2b(f"{self.seed_text}/{self.count}".encode()).digest()
        return int.from_bytes(digest, "big") >> (len(digest) * 8 - k)

    def random(self) -> float:
        return float(self.getrandbits(53)) * 2**-53


class IdSource:
    """Makes ULIDs from a given time. Of two made at one millisecond the later is greater; a seed repeats the run.

    `seed` (a random one by default) and `state`, which is what has been used up, are all there is to it: a source that goes on
    from them makes what the unbroken run would have made.
    """

    def __init__(self, seed: int | str | None = None) -> None:
        self._random = _Counted(secrets.token_hex(16) if seed is None else seed)
        self._last_ms = -1
        self._last = 0

    @property
    def seed(self) -> str:
        return self._random.seed_text

    @property
    def state(self) -> tuple[int, int, int]:
        return self._last_ms, self._last, self._random.count

    def restore(self, state: tuple[int, int, int]) -> None:
        """Go on from a state."""
        self._last_ms, self._last, self._random.count = state

    def become(self, seed: str, state: tuple[int, int, int] | None = None) -> None:
        """Go on as another source."""
        self._random.seed_text = seed
        self.restore(state or (-1, 0, 0))

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
