"""What a meter is, one raw event, and one stored usage row (rating.md §1.1, §1.5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import datetime
from decimal import Decimal
from typing import Literal

AggregationType = Literal["COUNT", "SUM", "AVG", "COUNT_UNIQUE", "LATEST", "SUM_WITH_MULTIPLIER", "MAX", "WEIGHTED_SUM"]
WindowSize = Literal["MINUTE", "15MIN", "30MIN", "HOUR", "3HOUR", "6HOUR", "12HOUR", "DAY", "WEEK", "MONTH"]


@dataclass(frozen=True, slots=True)
class MeterFilter:
    """All keys must match; within a key any of the values does."""

    key: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Meter:
    """A published meter. `aggregation_type` is the API's text; `expression` excludes `field`."""

    id: str
    event_name: str
    aggregation_type: AggregationType
    field: str = ""
    expression: str = ""
    multiplier: Decimal | None = None
    bucket_size: WindowSize | None = None
    group_by: str = ""
    filters: tuple[MeterFilter, ...] = ()
    reset_usage: str = "BILLING_PERIOD"

    @property
    def is_bucketed(self) -> bool:
        """Whether usage is aggregated per bucket first (bucket_size on a MAX or SUM meter)."""
        return self.bucket_size is not None and self.aggregation_type in ("MAX", "SUM")


@dataclass(frozen=True, slots=True)
class UsageRow:
    """One event as one meter stored it. `timestamp` is UTC, cut to the second; `ingested_at` orders copies.

    Identity: (external_customer_id, meter_id, timestamp, event_id); of several copies the one with the
    greatest ingested_at counts, the later inserted of equal ones. `source` and `properties` are what
    analytics filters and groups by.
    """

    event_id: str
    external_customer_id: str
    meter_id: str
    timestamp: datetime
    quantity: Decimal
    unique_hash: str = ""
    group: str = ""
    ingested_at: datetime | None = None
    source: str = ""
    properties: Mapping[str, object] | None = dataclass_field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class RawEvent:
    """One event as sent. `timestamp` is UTC, cut to the millisecond; identity: (timestamp, event_id), customer and name are not in it."""

    event_id: str
    event_name: str
    external_customer_id: str
    timestamp: datetime
    properties: Mapping[str, object] | None = dataclass_field(default=None, compare=False)
    customer_id: str = ""
    source: str = ""
    ingested_at: datetime | None = None
