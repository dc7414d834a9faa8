"""Which records are meant, and how far the others are from it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fnmatch import fnmatchcase
from typing import Any, Final

from flexprice_emulator.faults.matching import Pattern
from flexprice_emulator.request_log.record import Record

MISSING: Final = "(missing)"


@dataclass(frozen=True, slots=True)
class Mismatch:
    """`field` such as `body.events.0.event_name`; `found` is what stands there."""

    field: str
    expected: Any
    found: Any


@dataclass(frozen=True, slots=True)
class Wanted:
    """All that is given has to agree.

    operation  as in fault rules (faults/matching.py): `POST /v1/events`, `create_customer`, `/wallets/*`
    path       the request's own path, a star stands for anything
    status     `201`, `4xx`, or `none` where no answer was sent
    body       a part of the request's JSON (see `differences`); response the same of the answer's
    since      records with a greater number; since_time: at this time of the workspace's clock or later
    fault      the id of a rule that disturbed it
    """

    operation: str | None = None
    method: str | None = None
    path: str | None = None
    status: str | None = None
    body: Any = None
    response: Any = None
    since: int = 0
    since_time: datetime | None = None
    fault: str | None = None

    def mismatches(self, record: Record) -> Iterator[Mismatch]:
        """What of a record is not as wanted; nothing for one that is meant."""
        if self.operation is not None and not _is_operation(Pattern.parse(self.operation), record):
            yield Mismatch("operation", self.operation, record.operation or f"{record.method} {record.path}")
        if self.method is not None and record.method != self.method.upper():
            yield Mismatch("method", self.method.upper(), record.method)
        if self.path is not None and not fnmatchcase(_bare(record.path), _bare(self.path)):
            yield Mismatch("path", self.path, record.path)
        if self.status is not None and not _is_status(self.status, record.status):
            yield Mismatch("status", self.status, "none" if record.status is None else record.status)
        if self.fault is not None and self.fault not in record.faults:
            yield Mismatch("faults", self.fault, list(record.faults))
        if self.since_time is not None and record.time < self.since_time:
            yield Mismatch("time", self.since_time, record.time)
        if self.body is not None:
            yield from _of_body("body", self.body, record.request, cut=record.request_cut)
        if self.response is not None:
            yield from _of_body("response", self.response, record.response, cut=record.response_cut)

    def matches(self, record: Record) -> bool:
        return record.number > self.since and next(self.mismatches(record), None) is None


def select(records: Sequence[Record], wanted: Wanted) -> list[Record]:
    """Those that are meant, oldest first."""
    return [record for record in records if wanted.matches(record)]


def closest(records: Sequence[Record], wanted: Wanted) -> tuple[Record, list[Mismatch]] | None:
    """The record that comes nearest to what is wanted and is not it: of the same operation if any, with the fewest mismatches."""
    found: tuple[tuple[bool, int], Record, list[Mismatch]] | None = None
    for record in records:
        if record.number <= wanted.since:
            continue
        mismatches = list(wanted.mismatches(record))
        rank = (any(mismatch.field in ("operation", "method", "path") for mismatch in mismatches), len(mismatches))
        # The latest of equals.
        if mismatches and (found is None or rank <= found[0]):
            found = (rank, record, mismatches)
    return None if found is None else (found[1], found[2])


def differences(expected: Any, found: Any, field: str) -> Iterator[Mismatch]:
    """Where `found` does not hold `expected`: objects may have more fields; of lists each expected item has to be among the
    found ones, in the same order; numbers are equal by value."""
    if isinstance(expected, Mapping):
        if not isinstance(found, Mapping):
            yield Mismatch(field, expected, found)
            return
        for name, value in expected.items():
            if name in found:
                yield from differences(value, found[name], f"{field}.{name}")
            else:
                yield Mismatch(f"{field}.{name}", value, MISSING)
    elif isinstance(expected, list):
        if not isinstance(found, list):
            yield Mismatch(field, expected, found)
            return
        yield from _of_lists(expected, found, field)
    elif not _equal(expected, found):
        yield Mismatch(field, expected, found)


def _of_lists(expected: list[Any], found: list[Any], field: str) -> Iterator[Mismatch]:
    if not expected and found:
        yield Mismatch(field, expected, found)
    at = 0
    for index, item in enumerate(expected):
        rest = range(at, len(found))
        place = next((number for number in rest if next(differences(item, found[number], ""), None) is None), None)
        if place is not None:
            at = place + 1
        elif at < len(found):
            yield from differences(item, found[at], f"{field}.{index}")
            at += 1
        else:
            yield Mismatch(f"{field}.{index}", item, MISSING)


def _equal(expected: Any, found: Any) -> bool:
    if isinstance(expected, bool) or isinstance(found, bool):
        return expected is found
    if isinstance(expected, int | float | Decimal) and isinstance(found, int | float | Decimal):
        return _number(expected) == _number(found)
    return bool(expected == found)


def _number(value: int | float | Decimal) -> Decimal:
    return Decimal(repr(value)) if isinstance(value, float) else Decimal(value)


def _of_body(field: str, expected: Any, found: Any, *, cut: bool) -> Iterator[Mismatch]:
    if cut:
        yield Mismatch(field, expected, "(cut: longer than what is kept)")
    else:
        yield from differences(expected, MISSING if found is None else found, field)


def _is_operation(pattern: Pattern, record: Record) -> bool:
    if not record.operation:
        return not pattern.name and pattern.matches_call(record.method, _bare(record.path), "", record.path)
    method, _, template = record.operation.partition(" ")
    return pattern.matches_call(method, template, record.name, record.path)


def _is_status(wanted: str, status: int | None) -> bool:
    if status is None:
        return wanted == "none"
    text = str(status)
    return text == wanted or (wanted.endswith("xx") and text[0] == wanted[0])


def _bare(path: str) -> str:
    return path.removeprefix("/v1") if path.startswith("/v1/") else path
