"""POST /events/usage and /events/usage/meter: aggregates of raw events (events.md §8). Not what billing reads."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import get_args

from flexprice_client.models.base import time_text
from flexprice_client.models.events import GetUsageByMeterRequest, GetUsageRequest, GetUsageResponse, UsageResult
from flexprice_emulator.catalog import meters
from flexprice_emulator.events.raw_reads import read_usage
from flexprice_emulator.rating.metering.listing import resolve_range
from flexprice_emulator.rating.metering.model import AggregationType, WindowSize
from flexprice_emulator.rating.metering.raw import RawQuery, RawUsage, meter_query
from flexprice_emulator.rating.metering.windows import window_size_or_day, zone
from flexprice_emulator.wire.errors import ValidationError
from flexprice_emulator.workspace.context import Context

HINT = "Please check the request payload"
AGGREGATION_TYPES: tuple[str, ...] = get_args(AggregationType)


def free_usage(ctx: Context, wanted: GetUsageRequest) -> GetUsageResponse:
    """An aggregate of an event name. Raises ValidationError for an unknown type, a bad multiplier or range."""
    kind = wanted.aggregation_type.upper()
    if kind not in AGGREGATION_TYPES:
        raise ValidationError("Invalid aggregation type", {"allowed": list(AGGREGATION_TYPES), "type": wanted.aggregation_type})
    if wanted.multiplier is not None and (kind != "SUM_WITH_MULTIPLIER" or wanted.multiplier <= 0):
        raise ValidationError("Invalid multiplier value", {"multiplier": str(wanted.multiplier)})
    start, end = usage_range(ctx, wanted.start_time, wanted.end_time)
    query = RawQuery(
        event_name=wanted.event_name,
        aggregation_type=kind,
        property_name=wanted.property_name,
        external_customer_id=wanted.external_customer_id,
        customer_id=wanted.customer_id,
        start=start,
        end=end,
        window_size=_window(wanted.window_size),
        bucket_size=_window(wanted.bucket_size),
        filters=given_filters(wanted.filters),
        multiplier=wanted.multiplier,
        group_by=next(iter(wanted.group_by or ()), wanted.group_by_property),
        billing_anchor=wanted.billing_anchor,
        timezone=zone(wanted.timezone),
    )
    return _response(read_usage(ctx, query), wanted.event_name, kind if wanted.property_name else "COUNT")


def meter_usage(ctx: Context, wanted: GetUsageByMeterRequest) -> GetUsageResponse:
    """An aggregate of a meter's event name. Raises NotFoundError for an unknown meter, ValidationError for a bad range."""
    meter = meters.rating_meter(meters.get_row(ctx, wanted.meter_id))
    start, end = usage_range(ctx, wanted.start_time, wanted.end_time)
    query = RawQuery(
        event_name=meter.event_name,
        aggregation_type=meter.aggregation_type,
        external_customer_id=wanted.external_customer_id,
        customer_id=wanted.customer_id,
        start=start,
        end=end,
        window_size=_window(wanted.window_size),
        filters=given_filters(wanted.filters),
        billing_anchor=wanted.billing_anchor,
        timezone=zone(wanted.timezone),
    )
    # Without a field everything is a count, and shown as one, but for meters that never reset (observed).
    counts = not meter.field and meter.reset_usage != "NEVER"
    kind = "COUNT" if counts else meter.aggregation_type
    return _response(read_usage(ctx, meter_query(meter, query)), meter.event_name, kind)


def usage_range(ctx: Context, start_time: datetime | None, end_time: datetime | None) -> tuple[datetime, datetime]:
    """[start, end) of a read; the last 7 days by default. Raises ValidationError for an end before the start."""
    try:
        start, end = resolve_range(start_time, end_time, ctx.now)
    except (ValueError, OverflowError):
        raise ValidationError(HINT) from None
    # Bounds are cut to the second; by default an event of the present second counts all the same.
    return start, end if end_time is not None else end + timedelta(seconds=1)


def given_filters(filters: Mapping[str, list[str]] | None) -> dict[str, list[str]]:
    """A key without values filters nothing."""
    return {key: values for key, values in (filters or {}).items() if values}


def window_text(start: datetime) -> str:
    """A window's start in the zone it was found in."""
    return start.isoformat() if start.utcoffset() else time_text(start)


def _window(text: str) -> WindowSize | None:
    return window_size_or_day(text) if text else None


def _response(usage: RawUsage, event_name: str, kind: str) -> GetUsageResponse:
    return GetUsageResponse.model_construct(
        results=[
            UsageResult.model_construct(window_size=window_text(result.start), value=float(result.value), group_key=result.group)
            for result in usage.results
        ],
        value=None if usage.value is None else float(usage.value),
        event_name=event_name,
        type=kind,
    )
