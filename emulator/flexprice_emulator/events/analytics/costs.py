"""What a line item's figures cost (rating.md §8): price, the line's commitment, points; discounts apart."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from decimal import Decimal

from flexprice_emulator.events.analytics.figures import Figures, Range
from flexprice_emulator.events.analytics.wanted import Wanted
from flexprice_emulator.rating.commitment.model import CommitmentInfo
from flexprice_emulator.rating.decimals import ZERO, add, currency_places, round_currency
from flexprice_emulator.rating.derivation import (
    BucketPriceStep,
    BucketValue,
    EventQuery,
    PriceStep,
    RoundStep,
    UsageStep,
    WindowCharge,
    WindowCommitmentStep,
)
from flexprice_emulator.rating.invoice.gross import GrossUsage
from flexprice_emulator.rating.invoice.item_cost import item_cost
from flexprice_emulator.rating.invoice.model import LineItem
from flexprice_emulator.rating.metering.analytics import larger_window
from flexprice_emulator.rating.metering.model import Meter, WindowSize
from flexprice_emulator.rating.metering.windows import bucket_start
from flexprice_emulator.rating.pricing.bucketed import bucket_price_step
from flexprice_emulator.rating.pricing.cost import bucket_cost, calculate_cost, price_step
from flexprice_emulator.rating.usage import BucketUsage


@dataclass(frozen=True, slots=True)
class CostPoint:
    """One window. `starts` are the buckets in it."""

    start: datetime
    usage: Decimal
    cost: Decimal
    event_count: int
    utilized: Decimal = ZERO
    overage: Decimal = ZERO
    true_up: Decimal = ZERO
    starts: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True)
class Costed:
    """Figures of a line item and their cost before discounts. `windows` are those of a windowed commitment."""

    figures: Figures
    cost: Decimal
    points: tuple[CostPoint, ...]
    commitment_info: CommitmentInfo | None = None
    windows: tuple[WindowCharge, ...] = ()


def costed(
    wanted: Wanted, line: LineItem, meter: Meter, figures: Figures, range_: Range, *, billing_anchor: datetime, now: datetime
) -> Costed:
    """The cost of one line item's figures; commitments count unless rows are filtered or grouped."""
    gross = _gross(line, meter, figures, range_)
    found = item_cost(gross, billing_anchor=billing_anchor, now=now, with_commitment=not wanted.by_rows)
    step = next((step for step in found.derivation.steps if isinstance(step, WindowCommitmentStep)), None)
    windows = step.windows if step is not None else ()
    points: tuple[CostPoint, ...] = ()
    if wanted.window is not None:
        points = _points(wanted.window, line, meter, figures, windows, range_)
    return Costed(figures, found.cost, points, found.commitment_info, windows)


def uncosted(wanted: Wanted, meter: Meter, figures: Figures, range_: Range) -> Costed:
    """Figures without a price: points cost nothing."""
    if wanted.window is None:
        return Costed(figures, ZERO, ())
    points: Iterable[CostPoint] = (CostPoint(p.start, p.value, ZERO, p.event_count) for p in figures.points)
    if meter.is_bucketed:
        grain = [CostPoint(bucket.start, bucket.value, ZERO, bucket.event_count) for bucket in figures.buckets]
        points = _rolled(wanted.window, meter, grain, UTC, range_.anchor)
    return Costed(figures, ZERO, tuple(points))


def shown_window(wanted: Wanted, meter: Meter) -> str:
    """`window_size` of an item: as asked; of a bucketed meter the larger of the window and its buckets."""
    if not meter.is_bucketed or meter.bucket_size is None:
        return wanted.window_text
    if wanted.window is None or larger_window(wanted.window, meter.bucket_size) != wanted.window:
        return meter.bucket_size
    return wanted.window_text


def _gross(line: LineItem, meter: Meter, figures: Figures, range_: Range) -> GrossUsage:
    size = meter.bucket_size if meter.is_bucketed else None
    query = EventQuery(meter.id, meter.event_name, meter.aggregation_type, range_.customers or (), range_.start, range_.end, size)
    buckets = tuple(BucketUsage(bucket.start, bucket.value, bucket.group) for bucket in figures.buckets)
    priced: PriceStep | BucketPriceStep
    if meter.is_bucketed:
        priced = bucket_price_step(line.price, buckets)
        measured = UsageStep(query, figures.usage, None, tuple(BucketValue(b.start, b.value, b.group) for b in buckets))
    else:
        priced = price_step(line.price, figures.usage)
        measured = UsageStep(query, figures.usage, figures.event_count)
    currency = line.price.currency
    rounding = RoundStep(priced.cost, round_currency(priced.cost, currency), currency_places(currency))
    return GrossUsage(line, meter, range_.start, range_.end, measured, buckets, priced, rounding)


def _points(
    window: WindowSize, line: LineItem, meter: Meter, figures: Figures, windows: Sequence[WindowCharge], range_: Range
) -> tuple[CostPoint, ...]:
    if not meter.is_bucketed:
        return tuple(CostPoint(p.start, p.value, calculate_cost(line.price, p.value), p.event_count) for p in figures.points)
    if windows:
        events = _events(figures)
        grain = [_committed(charge, events) for charge in windows]
    else:
        grain = [CostPoint(b.start, b.value, bucket_cost(line.price, b.value), b.event_count, starts=(b.start,)) for b in figures.buckets]
    return tuple(_rolled(window, meter, grain, UTC, range_.anchor))


def _committed(charge: WindowCharge, events: Mapping[datetime, int]) -> CostPoint:
    return CostPoint(
        charge.start,
        charge.value,
        charge.charge,
        events.get(charge.start, 0),
        charge.utilized,
        charge.overage,
        charge.true_up,
        (charge.start,),
    )


def _events(figures: Figures) -> dict[datetime, int]:
    events: dict[datetime, int] = {}
    for bucket in figures.buckets:
        events[bucket.start] = events.get(bucket.start, 0) + bucket.event_count
    return events


def _rolled(window: WindowSize, meter: Meter, grain: Iterable[CostPoint], timezone: tzinfo, anchor: datetime | None) -> list[CostPoint]:
    """Points in the larger of the window and the bucket: usage is the maximum for MAX, else the sum; all else adds."""
    size = larger_window(window, meter.bucket_size or window)
    members: dict[datetime, list[CostPoint]] = {}
    for point in grain:
        members.setdefault(bucket_start(size, point.start, timezone, anchor=anchor), []).append(point)
    reduce: Callable[[Iterable[Decimal]], Decimal] = max if meter.aggregation_type == "MAX" else lambda values: add(*values)
    return [
        CostPoint(
            start,
            reduce(point.usage for point in held),
            add(*(point.cost for point in held)),
            sum(point.event_count for point in held),
            add(*(point.utilized for point in held)),
            add(*(point.overage for point in held)),
            add(*(point.true_up for point in held)),
            tuple(at for point in held for at in point.starts),
        )
        for start, held in sorted(members.items())
    ]
