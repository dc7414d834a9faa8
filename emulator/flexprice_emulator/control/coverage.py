"""/_emulator/coverage: what docs/coverage.md says, to be asked."""

import json
from collections import Counter
from functools import lru_cache
from importlib.resources import files
from typing import Annotated, Any, Literal, get_args

from fastapi import Query
from pydantic import BaseModel

from flexprice_emulator.faults.matching import Pattern

Truth = Literal["recorded", "recorded with differences", "tested", "served", "absent"]


class RecordedExchanges(BaseModel):
    """Recorded exchanges with the real service, and which of them are known to differ."""

    exchanges: int
    scenarios: list[str]
    differences: list[str]


class CoveredOperation(BaseModel):
    """One operation: see flexprice_emulator/coverage/facts.py."""

    operation: str
    name: str
    tag: str
    tier: str
    documented_only: bool
    served: bool
    status: int | None
    permission: str | None
    truth: Truth
    recordings: RecordedExchanges
    tests: list[str]
    test_count: int


class Coverage(BaseModel):
    """Those that were asked for, and how many of them are how true."""

    total: int
    truth: dict[str, int]
    items: list[CoveredOperation]


def read_coverage(
    operation: Annotated[str | None, Query()] = None,
    tag: Annotated[str | None, Query()] = None,
    tier: Annotated[Literal["T1", "T2", "T3"] | None, Query()] = None,
    truth: Annotated[Truth | None, Query()] = None,
) -> Coverage:
    """All operations, or those of one tag, tier, truth, or meant by `operation` as in fault rules."""
    pattern = Pattern.parse(operation) if operation else None
    found = [
        each
        for each in _operations()
        if (tag is None or each.tag.lower() == tag.lower())
        and (tier is None or each.tier == tier)
        and (truth is None or each.truth == truth)
        and (pattern is None or _is_meant(pattern, each))
    ]
    count = Counter(each.truth for each in found)
    return Coverage(total=len(found), truth={name: count[name] for name in get_args(Truth)}, items=found)


def _is_meant(pattern: Pattern, each: CoveredOperation) -> bool:
    method, _, path = each.operation.partition(" ")
    return pattern.matches_call(method, path, each.name)


@lru_cache(maxsize=1)
def _operations() -> tuple[CoveredOperation, ...]:
    text = files("flexprice_emulator.coverage").joinpath("operations.json").read_text(encoding="utf-8")
    rows: list[dict[str, Any]] = json.loads(text)
    return tuple(CoveredOperation(**row) for row in rows)
