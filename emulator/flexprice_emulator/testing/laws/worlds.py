"""Two worlds, compared to the byte."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from flexprice_emulator.testing.laws.base import Violation


def same(one: Any, other: Any) -> Iterator[Violation]:
    """Two worlds are one, to the byte of their JSON."""
    ours, theirs = (json.dumps(world, indent=1, sort_keys=True).splitlines() for world in (one, other))
    for number, (left, right) in enumerate(zip(ours, theirs, strict=False), 1):
        if left != right:
            yield Violation("same", f"line {number}", f"{left.strip()} or {right.strip()}")
            return
    if len(ours) != len(theirs):
        yield Violation("same", "length", f"{len(ours)} or {len(theirs)} lines")


def digest(world: Any) -> str:
    """SHA-256 of a world's JSON, key order aside."""
    return hashlib.sha256(json.dumps(world, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
