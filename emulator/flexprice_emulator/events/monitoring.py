"""GET /events/monitoring: how many events came (events.md §10)."""

from datetime import datetime, timedelta

from flexprice_client.models.base import Timestamp, WireRequest
from flexprice_client.models.events import EventCountPoint, GetMonitoringDataResponse
from flexprice_emulator.events.free_usage import HINT, window_text
from flexprice_emulator.events.intake import from_milliseconds
from flexprice_emulator.events.partials import DISTINCT_IDS, to_seconds
from flexprice_emulator.events.sql import fetch, fetch_value
from flexprice_emulator.rating.metering.windows import bucket_start, window_size_or_day
from flexprice_emulator.wire.errors import ValidationError
from flexprice_emulator.workspace.context import Context

_RANGE = timedelta(hours=24)


class MonitoringQuery(WireRequest):
    """Both times or neither: then the last 24 hours."""

    start_time: Timestamp | None = None
    end_time: Timestamp | None = None
    window_size: str = ""


def monitoring(ctx: Context, query: MonitoringQuery) -> GetMonitoringDataResponse:
    """Distinct events, by UTC window where asked; then the total is the sum of the windows. Raises ValidationError for half a range."""
    if (query.start_time is None) != (query.end_time is None):
        raise ValidationError("Please provide both start_time and end_time")
    start, end = query.start_time or ctx.now - _RANGE, query.end_time or ctx.now + timedelta(seconds=1)
    if end < start:
        raise ValidationError(HINT)
    bounds = (to_seconds(start) * 1000, to_seconds(end) * 1000)
    if not query.window_size:
        count = DISTINCT_IDS.format(id="id")
        total = fetch_value(ctx.session, f"SELECT {count} FROM events WHERE timestamp >= ? AND timestamp < ?", bounds)  # noqa: S608
        return GetMonitoringDataResponse.model_construct(total_count=total)
    size = window_size_or_day(query.window_size)
    windows: dict[datetime, set[str]] = {}
    for timestamp, event_id in fetch(ctx.session, "SELECT timestamp, id FROM events WHERE timestamp >= ? AND timestamp < ?", bounds):
        windows.setdefault(bucket_start(size, from_milliseconds(timestamp)), set()).add(event_id)
    points = [EventCountPoint.model_construct(timestamp=window_text(at), event_count=len(windows[at])) for at in sorted(windows)]
    return GetMonitoringDataResponse.model_construct(total_count=sum(point.event_count for point in points), points=points)
