"""Usage as billing reads it: the stored rows of meters, aggregated in the database (rating.md §1).

The `UsageSource` of invoices, previews, balances and analytics. Invariant: the same figures as `RowsUsage` over the same rows.
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Literal

from flexprice_emulator.events.partials import Kind, Partial, Scope, has_repeated_ids, kind_of, merged, read, to_decimal, to_seconds
from flexprice_emulator.events.rows import first_time, latest_quantity, read_rows
from flexprice_emulator.rating.decimals import ZERO, add
from flexprice_emulator.rating.metering.aggregate import aggregate, by_bucket, by_window, mean_of
from flexprice_emulator.rating.metering.model import Meter, UsageRow, WindowSize
from flexprice_emulator.rating.metering.windows import bucket_start
from flexprice_emulator.rating.usage import BucketUsage, Usage
from flexprice_emulator.workspace.context import Context

_Key = tuple[str, tuple[str, ...], int, int]
_NOTHING = Usage(ZERO, 0)


class SqlUsage:
    """A `UsageSource` over a request's database. Totals are kept, so `prefetch` makes many of them one query."""

    def __init__(self, ctx: Context) -> None:
        """Reads through the request's session; keep it no longer than the request."""
        self._session = ctx.session
        self._totals: dict[_Key, Usage] = {}
        self._repeated: dict[tuple[str, ...], bool] = {}

    def prefetch(self, meters: Sequence[Meter], customers: Sequence[str], start: datetime, end: datetime) -> None:
        """Read the totals of all `meters` over one window: a query for each way of aggregating, not one for each meter."""
        wanted = [meter for meter in meters if not meter.is_bucketed and _key(meter, customers, start, end) not in self._totals]
        wanted.sort(key=lambda meter: kind_of(meter.aggregation_type))
        for kind, members in groupby(wanted, key=lambda meter: kind_of(meter.aggregation_type)):
            self._prefetch(kind, {meter.id: meter for meter in members}, tuple(dict.fromkeys(customers)), start, end)

    def total(self, meter: Meter, customers: Sequence[str], start: datetime, end: datetime) -> Usage:
        """The aggregate over [start, end); zero where no row exists. For bucketed meters: the sum of bucket values."""
        key = _key(meter, customers, start, end)
        if key not in self._totals:
            if meter.is_bucketed:
                self._totals[key] = self._bucketed_total(meter, key[1], start, end)
            else:
                self._prefetch(kind_of(meter.aggregation_type), {meter.id: meter}, key[1], start, end)
        return self._totals[key]

    def buckets(self, meter: Meter, customers: Sequence[str], start: datetime, end: datetime) -> Sequence[BucketUsage]:
        """Values of a bucketed meter per UTC bucket and group, by start, then group. Raises ValueError without a bucket_size."""
        if meter.bucket_size is None:
            raise ValueError(f"meter {meter.id} has no bucket_size")
        kind: Kind = "max" if meter.aggregation_type == "MAX" else "sum"
        scope = _scope(meter, customers, start, end)
        partials = read(self._session, scope, kind, size=meter.bucket_size, by_group=True)
        if partials is None:
            found = by_bucket(read_rows(self._session, scope), meter.aggregation_type, meter.bucket_size)
            return [BucketUsage(bucket.start, bucket.value, bucket.group) for bucket in found]
        return [
            BucketUsage(at, to_decimal(partial.maximum if kind == "max" else partial.units), partial.group)
            for at, partial in merged(_placed(partials, meter.bucket_size, None))
        ]

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
        kind, scope = kind_of(meter.aggregation_type), _scope(meter, customers, start, end)
        repeated = kind == "count" and self._has_repeated(scope.customers or ())
        partials = None
        # What SQL gives by day can be merged into months, but for distinct ids and values, and for the last row.
        if meter.aggregation_type != "LATEST" and (size == "DAY" or not (repeated or kind == "unique")):
            partials = read(self._session, scope, kind, size=size, repeated=repeated)
        if partials is None:
            found = by_window(read_rows(self._session, scope), meter.aggregation_type, size, anchor=anchor)
            return [BucketUsage(window.start, window.value) for window in found]
        placed = merged(_placed(partials, size, anchor))
        return [BucketUsage(at, usage_of(meter.aggregation_type, partial).quantity) for at, partial in placed]

    def rows(self, meters: Sequence[Meter], customers: Sequence[str], start: datetime, end: datetime) -> list[UsageRow]:
        """The stored rows of meters, with their properties, by meter, customer, time and event id."""
        ids = tuple(dict.fromkeys(meter.id for meter in meters))
        return read_rows(self._session, Scope(ids, tuple(dict.fromkeys(customers)), start, end), properties=True)

    def first_time(self, meter: Meter, customers: Sequence[str], start: datetime, end: datetime) -> datetime | None:
        """The second of the first row in [start, end), None without rows; opens a grant's window (rating.md §4.4)."""
        return first_time(self._session, _scope(meter, customers, start, end))

    def _prefetch(self, kind: Kind, meters: dict[str, Meter], customers: tuple[str, ...], start: datetime, end: datetime) -> None:
        scope = Scope(tuple(meters), customers, start, end)
        partials = read(self._session, scope, kind, repeated=self._has_repeated(customers))
        found: dict[str, Usage] = {}
        if partials is None:
            rows = read_rows(self._session, scope)
            for meter_id, members in groupby(rows, key=lambda row: row.meter_id):
                found[meter_id] = aggregate(list(members), meters[meter_id].aggregation_type)
        else:
            for partial in partials:
                meter = meters[partial.meter_id]
                found[partial.meter_id] = self._latest(meter, customers, start, end, partial) or usage_of(meter.aggregation_type, partial)
        for meter in meters.values():
            self._totals[_key(meter, customers, start, end)] = found.get(meter.id, _NOTHING)

    def _latest(self, meter: Meter, customers: tuple[str, ...], start: datetime, end: datetime, partial: Partial) -> Usage | None:
        if meter.aggregation_type != "LATEST":
            return None
        quantity = latest_quantity(self._session, _scope(meter, customers, start, end))
        return Usage(ZERO if quantity is None else quantity, partial.ids)

    def _bucketed_total(self, meter: Meter, customers: tuple[str, ...], start: datetime, end: datetime) -> Usage:
        buckets = self.buckets(meter, customers, start, end)
        if not buckets:
            return _NOTHING
        events = read(self._session, _scope(meter, customers, start, end), "count", repeated=self._has_repeated(customers)) or []
        return Usage(add(*(bucket.value for bucket in buckets)), sum(partial.ids for partial in events))

    def _has_repeated(self, customers: tuple[str, ...]) -> bool:
        if customers not in self._repeated:
            self._repeated[customers] = bool(customers) and has_repeated_ids(self._session, customers)
        return self._repeated[customers]


def _key(meter: Meter, customers: Sequence[str], start: datetime, end: datetime) -> _Key:
    return meter.id, tuple(dict.fromkeys(customers)), to_seconds(start), to_seconds(end)


def _scope(meter: Meter, customers: Sequence[str], start: datetime, end: datetime) -> Scope:
    return Scope((meter.id,), tuple(dict.fromkeys(customers)), start, end)


def usage_of(aggregation_type: str, partial: Partial) -> Usage:
    """The aggregate that a partial of the type's kind holds; not for LATEST."""
    if aggregation_type == "COUNT":
        return Usage(to_decimal(partial.ids * 10**15), partial.ids)
    if aggregation_type == "COUNT_UNIQUE":
        return Usage(to_decimal(partial.hashes * 10**15), partial.ids)
    if aggregation_type == "MAX":
        return Usage(to_decimal(partial.maximum), partial.ids)
    if aggregation_type == "AVG":
        return Usage(mean_of(to_decimal(partial.units), partial.rows), partial.ids)
    return Usage(to_decimal(partial.units), partial.ids)


def _placed(partials: Sequence[Partial], size: WindowSize, anchor: datetime | None) -> list[tuple[datetime, Partial]]:
    if size not in ("WEEK", "MONTH"):
        return [(partial.start, partial) for partial in partials]
    return [(bucket_start(size, partial.start, anchor=anchor), partial) for partial in partials]
