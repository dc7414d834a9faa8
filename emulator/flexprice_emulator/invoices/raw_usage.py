"""Usage read from raw events, as the internal preview reads it (rating.md §0, §9).

It differs from billing's figures where the reference's does: negatives count, expressions are ignored, and a meter that
never resets adds all history. Windows follow the customer's zone.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Literal

from flexprice_emulator.events.raw_reads import read_usage
from flexprice_emulator.rating.decimals import ZERO, add
from flexprice_emulator.rating.metering.model import Meter, WindowSize
from flexprice_emulator.rating.metering.raw import RawQuery, RawUsage
from flexprice_emulator.rating.periods import zone
from flexprice_emulator.rating.usage import BucketUsage, Usage
from flexprice_emulator.workspace.context import Context


class RawEventUsage:
    """A `UsageSource` over stored events. Several customers are read one by one: maxima are compared, all else adds up."""

    def __init__(self, ctx: Context, timezone: str) -> None:
        """`timezone` is the subscription's zone."""
        self._ctx = ctx
        self._zone = zone(timezone)

    def total(self, meter: Meter, customers: Sequence[str], start: datetime, end: datetime) -> Usage:
        """The aggregate over [start, end); the event count only tells whether there was any usage."""
        found = [self._read(meter, customer, start, end).value or ZERO for customer in customers]
        quantity = max(found, default=ZERO) if meter.aggregation_type == "MAX" and not meter.is_bucketed else add(*found)
        return Usage(quantity, int(quantity != ZERO))

    def buckets(self, meter: Meter, customers: Sequence[str], start: datetime, end: datetime) -> Sequence[BucketUsage]:
        """Values per bucket and group, by start."""
        return self._windows(meter, customers, start, end, meter.bucket_size, None)

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
        """The aggregate per day or month of the zone."""
        return self._windows(meter, customers, start, end, size, anchor)

    def _windows(
        self, meter: Meter, customers: Sequence[str], start: datetime, end: datetime, size: WindowSize | None, anchor: datetime | None
    ) -> list[BucketUsage]:
        held: dict[tuple[datetime, str], Decimal] = {}
        for customer in customers:
            for window in self._read(meter, customer, start, end, size, anchor).results:
                key, before = (window.start, window.group), held.get((window.start, window.group))
                if before is None:
                    held[key] = window.value
                else:
                    held[key] = max(before, window.value) if meter.aggregation_type == "MAX" else add(before, window.value)
        return [BucketUsage(at, held[at, group], group) for at, group in sorted(held)]

    def _read(
        self,
        meter: Meter,
        customer: str,
        start: datetime,
        end: datetime,
        size: WindowSize | None = None,
        anchor: datetime | None = None,
    ) -> RawUsage:
        query = RawQuery(
            event_name=meter.event_name,
            aggregation_type=meter.aggregation_type,
            property_name=meter.field,
            external_customer_id=customer,
            start=start,
            end=end,
            window_size=None if meter.is_bucketed else size,
            bucket_size=meter.bucket_size,
            filters={held.key: held.values for held in meter.filters},
            multiplier=meter.multiplier,
            group_by=meter.group_by,
            billing_anchor=anchor,
            timezone=self._zone,
            reset_usage=meter.reset_usage,
        )
        return read_usage(self._ctx, query)
