"""Usage out of rows held in memory: tests, simulation, small previews.

Invariants: the same figures as any other source of the same rows; bounds are cut to the second and half open.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal

from flexprice_emulator.rating.metering.aggregate import aggregate, by_bucket, by_window, event_count, total_of
from flexprice_emulator.rating.metering.identity import cut_to_second, distinct_rows
from flexprice_emulator.rating.metering.model import Meter, UsageRow
from flexprice_emulator.rating.usage import BucketUsage, Usage


class RowsUsage:
    """A `UsageSource` over rows given in insertion order; duplicates are removed once."""

    def __init__(self, rows: Iterable[UsageRow]) -> None:
        """Take the rows; later changes of the iterable do not count."""
        self._rows: dict[tuple[str, str], list[UsageRow]] = defaultdict(list)
        for row in distinct_rows(rows):
            self._rows[row.meter_id, row.external_customer_id].append(row)
        for members in self._rows.values():
            members.sort(key=_instant)

    def select(self, meter_id: str, customers: Sequence[str], start: datetime, end: datetime) -> list[UsageRow]:
        """The rows of [start, end), by customer as given, then time."""
        first, last = cut_to_second(start), cut_to_second(end)
        found: list[UsageRow] = []
        for customer in dict.fromkeys(customers):
            members = self._rows.get((meter_id, customer), [])
            found += members[bisect_left(members, first, key=_instant) : bisect_left(members, last, key=_instant)]
        return found

    def total(self, meter: Meter, customers: Sequence[str], start: datetime, end: datetime) -> Usage:
        """The aggregate over [start, end); the sum of bucket values for a bucketed meter."""
        rows = self.select(meter.id, customers, start, end)
        if not meter.is_bucketed or meter.bucket_size is None:
            return aggregate(rows, meter.aggregation_type)
        return Usage(total_of(by_bucket(rows, meter.aggregation_type, meter.bucket_size)), event_count(rows))

    def buckets(self, meter: Meter, customers: Sequence[str], start: datetime, end: datetime) -> Sequence[BucketUsage]:
        """Values of a bucketed meter per bucket and group, by start, then group. Raises ValueError without a bucket_size."""
        if meter.bucket_size is None:
            raise ValueError(f"meter {meter.id} has no bucket_size")
        rows = self.select(meter.id, customers, start, end)
        found = by_bucket(rows, meter.aggregation_type, meter.bucket_size)
        return [BucketUsage(bucket.start, bucket.value, bucket.group) for bucket in found]

    def windows(
        self,
        meter: Meter,
        customers: Sequence[str],
        start: datetime,
        end: datetime,
        size: Literal["DAY", "MONTH"],
        *,
        anchor: datetime | None = None,
    ) -> Sequence[BucketUsage]:
        """The aggregate per UTC day or anchored month, windows with rows only."""
        rows = self.select(meter.id, customers, start, end)
        return [BucketUsage(window.start, window.value) for window in by_window(rows, meter.aggregation_type, size, anchor=anchor)]


def _instant(row: UsageRow) -> datetime:
    return row.timestamp
