"""Stored rows to usage, as billing reads them (rating.md §1.1, §1.7; events.md §4).

Rows come with duplicates removed and inside the window. Invariants: the order of rows does not matter; a sum is
exact; COUNT and every event count are of distinct event ids; COUNT_UNIQUE sees only rows with a hash.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from typing import TypeVar

from flexprice_emulator.rating.decimals import CONTEXT, ZERO, add, from_float
from flexprice_emulator.rating.metering.model import UsageRow, WindowSize
from flexprice_emulator.rating.metering.windows import bucket_start
from flexprice_emulator.rating.usage import Usage

_Key = TypeVar("_Key", datetime, tuple[datetime, str])

_SCALE = 10**15


@dataclass(frozen=True, slots=True)
class WindowUsage:
    """One window (and group) that has rows."""

    start: datetime
    value: Decimal
    event_count: int
    group: str = ""


def aggregate(rows: Sequence[UsageRow], aggregation_type: str) -> Usage:
    """Usage of all rows together; 0 without rows. A type that is not known sums, as the reference's reads do."""
    if aggregation_type == "COUNT_UNIQUE":
        rows = [row for row in rows if row.unique_hash]
    return Usage(quantity=_value(rows, aggregation_type), event_count=event_count(rows))


def event_count(rows: Iterable[UsageRow]) -> int:
    """Distinct event ids."""
    return len({row.event_id for row in rows})


def by_window(
    rows: Iterable[UsageRow], aggregation_type: str, size: WindowSize, *, timezone: tzinfo = UTC, anchor: datetime | None = None
) -> list[WindowUsage]:
    """The aggregate of each window with rows, by start. Billing windows are in UTC."""

    def start(row: UsageRow) -> datetime:
        return bucket_start(size, row.timestamp, timezone, anchor=anchor)

    usages = ((key, aggregate(members, aggregation_type)) for key, members in _split(rows, start))
    # COUNT_UNIQUE leaves no window behind where no row has a hash.
    present = [(key, usage) for key, usage in usages if usage.event_count]
    return [WindowUsage(key, usage.quantity, usage.event_count) for key, usage in present]


def by_bucket(rows: Iterable[UsageRow], aggregation_type: str, size: WindowSize, *, anchor: datetime | None = None) -> list[WindowUsage]:
    """The MAX or SUM of each (UTC bucket, group) with rows, by start, then group."""

    def key(row: UsageRow) -> tuple[datetime, str]:
        return bucket_start(size, row.timestamp, anchor=anchor), row.group

    return [
        WindowUsage(start, _value(members, aggregation_type), event_count(members), group) for (start, group), members in _split(rows, key)
    ]


def total_of(buckets: Iterable[WindowUsage]) -> Decimal:
    """A bucketed meter's quantity: the sum over buckets and groups."""
    return add(*(bucket.value for bucket in buckets))


def mean(rows: Sequence[UsageRow]) -> Decimal:
    """AVG of the rows; 0 without rows."""
    return mean_of(add(*(row.quantity for row in rows)), len(rows)) if rows else ZERO


def mean_of(total: Decimal, count: int) -> Decimal:
    """AVG: the exact sum as Float64, divided as Float64, as the shortest decimal. `count` is positive."""
    # The stored integer and its scale become floats one by one; that is how the database reads a decimal.
    scaled = int(CONTEXT.scaleb(total, 15))
    return from_float(float(scaled) / float(_SCALE) / count)


def latest(rows: Sequence[UsageRow]) -> Decimal:
    """LATEST: the quantity at the greatest second; among equals the first in sort order, i.e. the smallest customer and id."""
    if not rows:
        return ZERO
    newest = max(row.timestamp for row in rows)
    return min((row for row in rows if row.timestamp == newest), key=lambda row: (row.external_customer_id, row.event_id)).quantity


def _value(rows: Sequence[UsageRow], aggregation_type: str) -> Decimal:
    if aggregation_type == "COUNT":
        return Decimal(event_count(rows))
    if aggregation_type == "COUNT_UNIQUE":
        return Decimal(len({row.unique_hash for row in rows}))
    if aggregation_type == "MAX":
        return max((row.quantity for row in rows), default=ZERO)
    if aggregation_type == "LATEST":
        return latest(rows)
    if aggregation_type == "AVG":
        return mean(rows)
    return add(*(row.quantity for row in rows))


def _split(rows: Iterable[UsageRow], key: Callable[[UsageRow], _Key]) -> list[tuple[_Key, list[UsageRow]]]:
    members: dict[_Key, list[UsageRow]] = {}
    for row in rows:
        members.setdefault(key(row), []).append(row)
    return [(found, members[found]) for found in sorted(members)]
