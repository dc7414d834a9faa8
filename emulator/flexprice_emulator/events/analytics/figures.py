"""Usage figures of meters over a range: in all, by group, by window (rating.md §8).

Aggregated by SQL where that is exact and rows need not be told apart; else the rows are read and aggregated here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from itertools import groupby

from flexprice_emulator.events.analytics.wanted import Wanted
from flexprice_emulator.events.partials import Kind, Partial, Scope, has_repeated_ids, kind_of, merged, read, to_decimal
from flexprice_emulator.events.rows import read_rows
from flexprice_emulator.events.usage import SqlUsage, usage_of
from flexprice_emulator.rating.decimals import ZERO, add
from flexprice_emulator.rating.metering.aggregate import WindowUsage, by_bucket, event_count, total_of
from flexprice_emulator.rating.metering.analytics import detailed_points, detailed_usage, group_text, select_rows
from flexprice_emulator.rating.metering.model import Meter, UsageRow, WindowSize
from flexprice_emulator.rating.metering.windows import bucket_start
from flexprice_emulator.workspace.context import Context

# What SQL aggregates by window, and merges into longer windows, exactly.
_MERGEABLE = ("COUNT", "SUM", "AVG", "MAX")


@dataclass(frozen=True, slots=True)
class Figures:
    """One meter's usage, or one group of it. `group` has a text for each key of the request's group_by.

    `points` are windows of plain meters; `buckets` are a bucketed meter's own grain.
    """

    group: tuple[str, ...] = ()
    usage: Decimal = ZERO
    event_count: int = 0
    points: tuple[WindowUsage, ...] = ()
    buckets: tuple[WindowUsage, ...] = ()
    sources: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.usage or self.event_count or self.points or self.buckets)


@dataclass(frozen=True, slots=True)
class Range:
    """Whose usage, and when. `customers` None is all of them. `anchor` shifts MONTH windows."""

    customers: tuple[str, ...] | None
    start: datetime
    end: datetime
    timezone: tzinfo = UTC
    anchor: datetime | None = None


def read_figures(
    ctx: Context, usage: SqlUsage, wanted: Wanted, meters: Iterable[Meter], range_: Range, *, detailed: bool
) -> dict[str, list[Figures]]:
    """The figures by meter id, groups in the order of their texts; meters without rows are left out.

    `detailed`: read as columns even where nothing is grouped, windowed or filtered.
    """
    distinct = {meter.id: meter for meter in meters}
    found: dict[str, list[Figures]] = {}
    left = dict(distinct)
    if not wanted.by_rows and "source" not in wanted.expand:
        repeated = has_repeated_ids(ctx.session, range_.customers)
        for kind in ("count", "sum", "max"):
            chosen = [meter for meter in left.values() if not repeated and _by_sql(meter, kind, wanted, range_, detailed=detailed)]
            for meter_id, figures in _sql_figures(ctx, wanted, chosen, kind, range_).items():
                found[meter_id] = figures
                del left[meter_id]
        if not detailed and range_.customers is not None:
            plain = [meter for meter in left.values() if not meter.is_bucketed]
            usage.prefetch(plain, range_.customers, range_.start, range_.end)
            for meter in plain:
                total = usage.total(meter, range_.customers, range_.start, range_.end)
                found[meter.id] = [Figures(usage=total.quantity, event_count=total.event_count)]
                del left[meter.id]
    rows = read_rows(ctx.session, Scope(tuple(left), range_.customers, range_.start, range_.end), properties=True)
    for meter_id, members in groupby(rows, key=lambda row: row.meter_id):
        found[meter_id] = _row_figures(wanted, distinct[meter_id], list(members), range_)
    return {meter_id: figures for meter_id, figures in found.items() if not all(held.is_empty for held in figures)}


def _by_sql(meter: Meter, kind: Kind, wanted: Wanted, range_: Range, *, detailed: bool) -> bool:
    if meter.is_bucketed:
        return kind == ("max" if meter.aggregation_type == "MAX" else "sum")
    if not detailed or meter.aggregation_type not in _MERGEABLE or kind != kind_of(meter.aggregation_type):
        return False
    return wanted.window is None or range_.timezone is UTC


def _sql_figures(ctx: Context, wanted: Wanted, meters: Sequence[Meter], kind: Kind, range_: Range) -> dict[str, list[Figures]]:
    """Figures of the meters whose partials are exact."""
    found: dict[str, list[Figures]] = {}
    sizes = {meter.id: meter.bucket_size if meter.is_bucketed else wanted.window for meter in meters}
    for size in dict.fromkeys(sizes.values()):
        members = {meter.id: meter for meter in meters if sizes[meter.id] == size}
        scope = Scope(tuple(members), range_.customers, range_.start, range_.end)
        partials = read(ctx.session, scope, kind, size=size, by_group=size is not None)
        if partials is None:
            continue
        found.update({meter_id: [] for meter_id in members})
        for meter_id, held in groupby(partials, key=lambda partial: partial.meter_id):
            found[meter_id] = [_sql_figure(members[meter_id], list(held), size, range_)]
    return found


def _sql_figure(meter: Meter, partials: Sequence[Partial], size: WindowSize | None, range_: Range) -> Figures:
    events = sum(partial.ids for partial in partials)
    if size is None:
        return Figures(usage=usage_of(meter.aggregation_type, partials[0]).quantity, event_count=events)
    placed = [(bucket_start(size, partial.start, anchor=range_.anchor), partial) for partial in partials]
    if meter.is_bucketed:
        buckets = tuple(
            WindowUsage(start, to_decimal(held.maximum if meter.aggregation_type == "MAX" else held.units), held.ids, held.group)
            for start, held in merged(placed)
        )
        return Figures(usage=total_of(buckets), event_count=events, buckets=buckets)
    windows = [(start, _ungrouped(partial)) for start, partial in placed]
    points = tuple(WindowUsage(start, usage_of(meter.aggregation_type, held).quantity, held.ids) for start, held in merged(windows))
    whole = next(held for _, held in merged((range_.start, partial) for _, partial in windows))
    return Figures(usage=usage_of(meter.aggregation_type, whole).quantity, event_count=events, points=points)


def _ungrouped(partial: Partial) -> Partial:
    return Partial(partial.meter_id, partial.start, "", partial.rows, partial.ids, partial.units, partial.maximum, partial.hashes)


def _row_figures(wanted: Wanted, meter: Meter, rows: Sequence[UsageRow], range_: Range) -> list[Figures]:
    members: dict[tuple[str, ...], list[UsageRow]] = {}
    for row in select_rows(rows, property_filters=wanted.property_filters, sources=wanted.sources):
        members.setdefault(tuple(group_text(row, key) for key in wanted.group_by), []).append(row)
    return [_row_figure(wanted, meter, group, members[group], range_) for group in sorted(members)]


def _row_figure(wanted: Wanted, meter: Meter, group: tuple[str, ...], rows: Sequence[UsageRow], range_: Range) -> Figures:
    sources = tuple(sorted({row.source for row in rows if row.source}))
    if meter.is_bucketed and meter.bucket_size is not None:
        buckets = tuple(by_bucket(rows, meter.aggregation_type, meter.bucket_size, anchor=range_.anchor))
        return Figures(group, add(*(bucket.value for bucket in buckets)), event_count(rows), (), buckets, sources)
    usage = detailed_usage(rows, meter.aggregation_type)
    points: tuple[WindowUsage, ...] = ()
    if wanted.window is not None:
        points = tuple(detailed_points(rows, meter.aggregation_type, wanted.window, timezone=range_.timezone, anchor=range_.anchor))
    return Figures(group, usage.quantity, usage.event_count, points, (), sources)
