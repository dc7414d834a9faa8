"""Usage figures of meters over a range: in all, by group, by window (rating.md §8).

Aggregated by SQL where that is exact and rows need not be told apart; else the rows are read and aggregated here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from functools import reduce
from itertools import groupby

from flexprice_emulator.events.analytics.wanted import Wanted
from flexprice_emulator.events.partials import Kind, Partial, Scope, has_repeated_ids, kind_of, merged, read
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
    if not wanted.by_rows and "source" not in wanted.expand:
        found = _by_sql(ctx, usage, wanted, distinct.values(), range_, detailed=detailed)
    left = tuple(meter_id for meter_id in distinct if meter_id not in found)
    rows = read_rows(ctx.session, Scope(left, range_.customers, range_.start, range_.end), properties=True)
    for meter_id, members in groupby(rows, key=lambda row: row.meter_id):
        found[meter_id] = _row_figures(wanted, distinct[meter_id], list(members), range_)
    return {meter_id: figures for meter_id, figures in found.items() if not all(held.is_empty for held in figures)}


def _by_sql(
    ctx: Context, usage: SqlUsage, wanted: Wanted, meters: Iterable[Meter], range_: Range, *, detailed: bool
) -> dict[str, list[Figures]]:
    """The figures that SQL gives exactly; other meters are left out."""
    repeated = has_repeated_ids(ctx.session, range_.customers)
    found: dict[str, list[Figures]] = {}
    plain: list[Meter] = []
    groups: dict[tuple[Kind, WindowSize | None], list[Meter]] = {}
    for meter in meters:
        size = meter.bucket_size if meter.is_bucketed else wanted.window
        # Windows are those of UTC; distinct ids of days do not add up to those of weeks and months.
        aligned = size is None or meter.is_bucketed or range_.timezone is UTC
        addable = not repeated or size not in ("WEEK", "MONTH")
        if not detailed and not meter.is_bucketed and range_.customers is not None:
            plain.append(meter)
        elif meter.aggregation_type in _MERGEABLE and aligned and addable:
            groups.setdefault((kind_of(meter.aggregation_type), size), []).append(meter)
    for (kind, size), members in groups.items():
        found.update(_sql_figures(ctx, members, kind, size, range_, repeated=repeated))
    usage.prefetch(plain, range_.customers or (), range_.start, range_.end)
    for meter in plain:
        total = usage.total(meter, range_.customers or (), range_.start, range_.end)
        found[meter.id] = [Figures(usage=total.quantity, event_count=total.event_count)]
    return found


def _sql_figures(
    ctx: Context, meters: Sequence[Meter], kind: Kind, size: WindowSize | None, range_: Range, *, repeated: bool
) -> dict[str, list[Figures]]:
    """Figures of meters of one kind and grain; nothing where the database cannot tell exactly."""
    scope = Scope(tuple(meter.id for meter in meters), range_.customers, range_.start, range_.end)
    partials = read(ctx.session, scope, kind, size=size, by_group=any(meter.group_by for meter in meters), repeated=repeated)
    # Where an id may repeat, the whole is not the sum of its windows.
    wholes = read(ctx.session, scope, kind, repeated=True) if repeated and size is not None else None
    if partials is None or (wholes is None and repeated and size is not None):
        return {}
    whole_of = {whole.meter_id: whole for whole in wholes or ()}
    found: dict[str, list[Figures]] = {meter.id: [] for meter in meters}
    by_id = {meter.id: meter for meter in meters}
    for meter_id, held in groupby(partials, key=lambda partial: partial.meter_id):
        members = list(held)
        whole = whole_of.get(meter_id) or reduce(Partial.merge, members)
        found[meter_id] = [_sql_figure(by_id[meter_id], members, whole, size, range_)]
    return found


def _sql_figure(meter: Meter, partials: Sequence[Partial], whole: Partial, size: WindowSize | None, range_: Range) -> Figures:
    usage = usage_of(meter.aggregation_type, whole)
    if size is None:
        return Figures(usage=usage.quantity, event_count=whole.ids)
    windows = tuple(
        WindowUsage(start, usage_of(meter.aggregation_type, held).quantity, held.ids, held.group)
        for start, held in merged((bucket_start(size, partial.start, anchor=range_.anchor), partial) for partial in partials)
    )
    if meter.is_bucketed:
        return Figures(usage=total_of(windows), event_count=whole.ids, buckets=windows)
    return Figures(usage=usage.quantity, event_count=whole.ids, points=windows)


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
