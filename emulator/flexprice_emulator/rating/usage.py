"""Where usage figures come from: the one seam between rating and storage.

Preview, invoice, balance, analytics and simulation call the same assembly with different sources
(rating.md §1.6-1.7). All windows are [start, end), in UTC instants cut to the second, duplicates removed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal, Protocol

from flexprice_emulator.rating.metering.model import Meter


@dataclass(frozen=True, slots=True)
class Usage:
    """A window's aggregate by the meter's own aggregation, and the distinct events behind it."""

    quantity: Decimal
    event_count: int


@dataclass(frozen=True, slots=True)
class BucketUsage:
    """One bucket (and group, "" without group_by) that has at least one row."""

    start: datetime
    value: Decimal
    group: str = ""


class UsageSource(Protocol):
    """Usage of one meter by a set of customers (external ids: the subscriber and inherited children)."""

    def total(self, meter: Meter, customers: Sequence[str], start: datetime, end: datetime) -> Usage:
        """The aggregate over [start, end); zero where no row exists. For bucketed meters: the sum of bucket values."""
        ...

    def buckets(self, meter: Meter, customers: Sequence[str], start: datetime, end: datetime) -> Sequence[BucketUsage]:
        """Per-bucket (and per-group) values of a bucketed meter, by start, then group; MONTH buckets are calendar months."""
        ...

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
        """The meter's aggregate per UTC day or (anchored) month, windows with rows only, clipped to [start, end)."""
        ...
