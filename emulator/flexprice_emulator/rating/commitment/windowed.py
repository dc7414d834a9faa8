"""A commitment per bucket (rating.md §5.3): every window alone through the one formula, the sum rounded once by the caller.

The grid of windows comes in as data; it is only needed where a true-up can charge an empty window. Invariants:
without true-up only windows with rows count; with it, rows off the grid are dropped; groups of one window are
merged first, MAX meters by their greatest.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal

from flexprice_emulator.rating.commitment.formula import commitment_as_amount, commitment_step, has_commitment
from flexprice_emulator.rating.commitment.model import CommitmentTimeBucket, LineCommitment
from flexprice_emulator.rating.decimals import ONE, ZERO, add
from flexprice_emulator.rating.derivation import BucketValue, WindowCharge, WindowCommitmentStep
from flexprice_emulator.rating.pricing.cost import calculate_cost, price_terms
from flexprice_emulator.rating.pricing.model import Price
from flexprice_emulator.rating.usage import BucketUsage

_MINUTES_A_DAY = 24 * 60


def window_commitment_step(
    commitment: LineCommitment,
    price: Price,
    aggregation_type: str,
    buckets: Iterable[BucketUsage],
    grid: Sequence[datetime] | None,
) -> WindowCommitmentStep:
    """Charges per window. `grid`: bucket starts of [line start, min(line end, now)); None without any true-up."""
    values = _merged(buckets, aggregation_type)
    charges: list[WindowCharge] = []
    if grid is None:
        charges.extend(_window(commitment, price, start, value) for start, value in sorted(values.items()))
        return WindowCommitmentStep(tuple(charges), (), add(*(window.charge for window in charges)))
    for start in grid:
        value = values.pop(start, None)
        window = _window(commitment, price, start, ZERO if value is None else value)
        if value is not None or window.true_up_enabled:
            charges.append(window)
    dropped = tuple(BucketValue(start, value) for start, value in sorted(values.items()))
    return WindowCommitmentStep(tuple(charges), dropped, add(*(window.charge for window in charges)))


def time_bucket_of(buckets: Sequence[CommitmentTimeBucket], start: datetime) -> CommitmentTimeBucket | None:
    """The first bucket whose [start, end) in UTC hours and minutes contains the window's start."""
    at = start.astimezone(UTC)
    minute = at.hour * 60 + at.minute
    for bucket in buckets:
        first, last = _minutes(bucket.start), _minutes(bucket.end)
        if (first <= minute < last) if first < last else (minute >= first or minute < last):
            return bucket
    return None


def _minutes(clock: str) -> int:
    hours, _, minutes = clock.partition(":")
    return min(int(hours) * 60 + int(minutes or 0), _MINUTES_A_DAY)


def _merged(buckets: Iterable[BucketUsage], aggregation_type: str) -> dict[datetime, Decimal]:
    merged: dict[datetime, Decimal] = {}
    for bucket in buckets:
        known = merged.get(bucket.start)
        if known is None:
            merged[bucket.start] = bucket.value
        else:
            merged[bucket.start] = max(known, bucket.value) if aggregation_type == "MAX" else add(known, bucket.value)
    return merged


def _window(commitment: LineCommitment, price: Price, start: datetime, value: Decimal) -> WindowCharge:
    bucket = time_bucket_of(commitment.commitment_time_buckets, start)
    priced = price if bucket is None else bucket.price
    usage = calculate_cost(priced, value)
    terms = price_terms(priced)
    if bucket is None and not has_commitment(commitment):
        step = commitment_step(usage, usage, ONE, true_up=False)
        committed: Decimal | None = None
    else:
        source = commitment if bucket is None else bucket
        committed, _ = commitment_as_amount(source, priced)
        step = commitment_step(usage, committed, source.overage_factor, true_up=source.enable_true_up)
    return WindowCharge(
        start,
        value,
        terms,
        usage,
        committed,
        step.overage_factor,
        step.true_up_enabled,
        step.utilized,
        step.overage,
        step.true_up,
        step.charge,
    )
