"""What an analytics request asks for, checked, with its defaults."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flexprice_client.models.analytics import GetUsageAnalyticsRequest, MeterUsageDetailedAnalyticsRequest
from flexprice_emulator.events.free_usage import given_filters, usage_range
from flexprice_emulator.rating.metering.model import WindowSize
from flexprice_emulator.rating.metering.windows import window_size_or_day
from flexprice_emulator.wire.errors import ValidationError
from flexprice_emulator.workspace.context import Context

_METER_KEYS = ("feature_id", "meter_id")
_PROPERTY = re.compile(r"properties\.[A-Za-z0-9_.]+\Z", re.ASCII)
_DETAILED_RANGE = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A checked request. `window_text` is the window as asked, `window` as it is computed; None without windows.

    `group_by` holds source and properties only: every item is of one meter anyhow.
    """

    start: datetime
    end: datetime
    external_customer_id: str = ""
    feature_ids: tuple[str, ...] = ()
    meter_ids: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    property_filters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    group_by: tuple[str, ...] = ()
    grouped: bool = False
    window: WindowSize | None = None
    window_text: str = ""
    billing_anchor: datetime | None = None
    expand: frozenset[str] = frozenset()
    include_children: bool = False
    breakdown_bucket: bool = False

    @property
    def by_rows(self) -> bool:
        """Whether single rows decide what counts where."""
        return bool(self.sources or self.property_filters or self.group_by)

    @property
    def detailed(self) -> bool:
        """Whether the read is one of columns, which does not know every aggregation (rating.md §8)."""
        return self.by_rows or self.grouped or self.window is not None


def from_request(ctx: Context, request: GetUsageAnalyticsRequest) -> Wanted:
    """Of /events/analytics. Raises ValidationError for a bad range or grouping."""
    start, end = usage_range(ctx, request.start_time, request.end_time)
    return _wanted(request, start, end)


def from_detailed_request(ctx: Context, request: MeterUsageDetailedAnalyticsRequest) -> Wanted:
    """Of /meter-usage/detailed-analytics: the last 6 hours by default. Raises ValidationError."""
    start = request.start_time or (request.end_time or ctx.now) - _DETAILED_RANGE
    start, end = usage_range(ctx, start, request.end_time)
    return _wanted(request, start, end)


def _wanted(request: GetUsageAnalyticsRequest | MeterUsageDetailedAnalyticsRequest, start: datetime, end: datetime) -> Wanted:
    by_meter = request if isinstance(request, MeterUsageDetailedAnalyticsRequest) else None
    return Wanted(
        start=start,
        end=end,
        external_customer_id=request.external_customer_id,
        feature_ids=tuple(request.feature_ids or ()),
        meter_ids=tuple(by_meter.meter_ids or ()) if by_meter else (),
        sources=tuple(request.sources or ()),
        property_filters=given_filters(request.property_filters),
        group_by=_groups(request.group_by or ()),
        grouped=bool(request.group_by),
        window=window_size_or_day(request.window_size) if request.window_size else None,
        window_text=request.window_size,
        billing_anchor=by_meter.billing_anchor if by_meter else None,
        expand=frozenset(request.expand or ()),
        include_children=request.include_children,
        breakdown_bucket=request.breakdown_bucket,
    )


def _groups(entries: Sequence[str]) -> tuple[str, ...]:
    for entry in entries:
        if entry not in (*_METER_KEYS, "source") and not _PROPERTY.match(entry):
            raise ValidationError(
                f"group_by entry \"{entry}\" is not recognized (allowed: 'meter_id', 'source', 'properties.<name>')",
                {"group_by_entry": entry},
            )
    return tuple(entry for entry in dict.fromkeys(entries) if entry not in _METER_KEYS)
