"""What a meter is, and one stored usage row (rating.md §1.1, §1.5)."""

from dataclasses import dataclass
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
    greatest ingested_at counts, the later inserted of equal ones.
    """

    event_id: str
    external_customer_id: str
    meter_id: str
    timestamp: datetime
    quantity: Decimal
    unique_hash: str = ""
    group: str = ""
    ingested_at: datetime | None = None
