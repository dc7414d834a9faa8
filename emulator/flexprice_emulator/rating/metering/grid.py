"""The grid of bucket starts that true-up fills (rating.md §5.3).

It is not the grid of the SQL: weeks start on Monday, and months step from the billing anchor's day, clamped to
short months. Usage windows that are not on it are dropped by windowed commitments. All in UTC.
"""

import calendar
from datetime import UTC, datetime, timedelta
from typing import Final

from flexprice_emulator.rating.metering.model import WindowSize

_STEPS: Final = {
    "MINUTE": timedelta(minutes=1),
    "15MIN": timedelta(minutes=15),
    "30MIN": timedelta(minutes=30),
    "HOUR": timedelta(hours=1),
    "3HOUR": timedelta(hours=3),
    "6HOUR": timedelta(hours=6),
    "12HOUR": timedelta(hours=12),
    "DAY": timedelta(days=1),
    "WEEK": timedelta(days=7),
}


def bucket_starts(size: WindowSize, start: datetime, end: datetime, *, anchor: datetime | None = None) -> list[datetime]:
    """All bucket starts of [start, end): the first is that of the bucket which contains `start`. Empty if end <= start."""
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    if end <= start:
        return []
    return _months(start, end, anchor.astimezone(UTC).day if anchor is not None else 1) if size == "MONTH" else _even(size, start, end)


def _even(size: WindowSize, start: datetime, end: datetime) -> list[datetime]:
    step = _STEPS[size]
    midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
    first = midnight - timedelta(days=start.weekday()) if size == "WEEK" else start - (start - midnight) % step
    return [first + step * index for index in range(-((first - end) // step))]


def _months(start: datetime, end: datetime, day: int) -> list[datetime]:
    index = start.year * 12 + start.month - 1
    if _month_day(index, day) > start:
        index -= 1
    starts: list[datetime] = []
    while (bucket := _month_day(index, day)) < end:
        starts.append(bucket)
        index += 1
    return starts


def _month_day(index: int, day: int) -> datetime:
    year, month = divmod(index, 12)
    return datetime(year, month + 1, min(day, calendar.monthrange(year, month + 1)[1]), tzinfo=UTC)
