"""What analytics reads from stored rows, where it differs from billing (events.md §10, rating.md §8).

A read is detailed as soon as it has a window, a filter or a group; only then: SUM_WITH_MULTIPLIER and WEIGHTED_SUM
are 0, and COUNT_UNIQUE counts rows without a hash as one more value. A plain total is the billing read.
Rows come with duplicates removed and inside the range.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from decimal import Decimal

from flexprice_emulator.rating.decimals import ZERO, add
from flexprice_emulator.rating.metering.aggregate import WindowUsage, aggregate, event_count
from flexprice_emulator.rating.metering.filters import matches_text
from flexprice_emulator.rating.metering.gotext import property_text
from flexprice_emulator.rating.metering.model import UsageRow, WindowSize
from flexprice_emulator.rating.metering.windows import WINDOW_SIZES, bucket_start
from flexprice_emulator.rating.usage import Usage

_PROPERTY = "properties."
_UNKNOWN_TO_COLUMNS = frozenset({"SUM_WITH_MULTIPLIER", "WEIGHTED_SUM"})


@dataclass(frozen=True, slots=True)
class GroupUsage:
    """Usage of one group; `group` has the texts of the group_by keys, in their order."""

    group: tuple[str, ...]
    usage: Decimal
    event_count: int


def select_rows(
    rows: Iterable[UsageRow], *, property_filters: Mapping[str, Sequence[str]] | None = None, sources: Sequence[str] = ()
) -> list[UsageRow]:
    """The rows that pass the request's filters: JSON text of properties, exact sources."""
    return [row for row in rows if (not sources or row.source in sources) and matches_text(property_filters or {}, row.properties)]


def group_text(row: UsageRow, key: str) -> str:
    """Text of one group_by key: `source`, `properties.<name>` (a literal first-level key), or meter_id / feature_id."""
    if key.startswith(_PROPERTY):
        return property_text(row.properties, key.removeprefix(_PROPERTY))
    return row.source if key == "source" else row.meter_id


def detailed_usage(rows: Sequence[UsageRow], aggregation_type: str) -> Usage:
    """One group or window of a detailed read."""
    if aggregation_type in _UNKNOWN_TO_COLUMNS:
        return Usage(ZERO, event_count(rows))
    if aggregation_type == "COUNT_UNIQUE":
        return Usage(Decimal(len({row.unique_hash for row in rows})), event_count(rows))
    return aggregate(rows, aggregation_type)


def detailed_totals(rows: Iterable[UsageRow], aggregation_type: str, group_by: Sequence[str] = ()) -> list[GroupUsage]:
    """Totals of one meter's detailed read by group, groups with rows only, sorted by their texts."""
    members: dict[tuple[str, ...], list[UsageRow]] = {}
    for row in rows:
        members.setdefault(tuple(group_text(row, key) for key in group_by), []).append(row)
    usages = ((group, detailed_usage(members[group], aggregation_type)) for group in sorted(members))
    return [GroupUsage(group, usage.quantity, usage.event_count) for group, usage in usages]


def detailed_points(
    rows: Iterable[UsageRow], aggregation_type: str, size: WindowSize, *, timezone: tzinfo = UTC, anchor: datetime | None = None
) -> list[WindowUsage]:
    """Points of one meter (and group), windows with rows only, by start."""
    members: dict[datetime, list[UsageRow]] = {}
    for row in rows:
        members.setdefault(bucket_start(size, row.timestamp, timezone, anchor=anchor), []).append(row)
    usages = ((start, detailed_usage(members[start], aggregation_type)) for start in sorted(members))
    return [WindowUsage(start, usage.quantity, usage.event_count) for start, usage in usages]


def larger_window(window_size: WindowSize, bucket_size: WindowSize) -> WindowSize:
    """`window_size` of a bucketed meter's item: a window finer than the bucket leaves the bucket's grain."""
    return max(window_size, bucket_size, key=WINDOW_SIZES.index)


def roll_up(
    buckets: Iterable[WindowUsage], aggregation_type: str, size: WindowSize, *, timezone: tzinfo = UTC, anchor: datetime | None = None
) -> list[WindowUsage]:
    """Bucketed points in windows of `size`: the maximum for MAX, else the sum; event counts add."""
    members: dict[datetime, list[WindowUsage]] = {}
    for bucket in buckets:
        members.setdefault(bucket_start(size, bucket.start, timezone, anchor=anchor), []).append(bucket)
    return [
        WindowUsage(
            start,
            max(point.value for point in points) if aggregation_type == "MAX" else add(*(point.value for point in points)),
            sum(point.event_count for point in points),
        )
        for start, points in sorted(members.items())
    ]
