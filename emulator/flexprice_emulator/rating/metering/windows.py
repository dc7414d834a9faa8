"""Window and bucket starts as the reference's SQL finds them (rating.md §1.7, events.md §10).

Invariants: windows tile (each instant is in exactly one, and a window's end is the next one's start); WEEK starts
on Sunday; WEEK and MONTH are dates, so their starts are 00:00 UTC even in another zone; hours, days and multiples
of hours follow the local clock. Billing always passes UTC; raw-event reads and analytics may pass a zone.
"""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from flexprice_emulator.rating.metering.model import WindowSize

# Shorter than a day and counted on the running clock, aligned in the local hour.
_MINUTES: Final = {"15MIN": 15, "30MIN": 30, "HOUR": 60}
# Counted from local midnight on the wall clock.
_HOURS: Final = {"3HOUR": 3, "6HOUR": 6, "12HOUR": 12, "DAY": 24}
WINDOW_SIZES: Final[tuple[WindowSize, ...]] = ("MINUTE", "15MIN", "30MIN", "HOUR", "3HOUR", "6HOUR", "12HOUR", "DAY", "WEEK", "MONTH")


@lru_cache(maxsize=1024)
def zone(name: str) -> tzinfo:
    """The zone of an IANA name; UTC for "" and for names that do not exist, as the reads treat them."""
    if name in ("", "UTC"):
        return UTC
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return UTC


def window_size_or_day(text: str) -> WindowSize:
    """The size of a read whose `window_size` is not validated: any unknown text means DAY."""
    return next((size for size in WINDOW_SIZES if size == text), "DAY")


def anchor_day(anchor: datetime | None) -> int:
    """The day number of a billing anchor, the only part that counts, in UTC as stored; 1 without one."""
    return anchor.astimezone(UTC).day if anchor is not None else 1


def bucket_start(size: WindowSize, instant: datetime, timezone: tzinfo = UTC, *, anchor: datetime | None = None) -> datetime:
    """Start of the window that contains `instant`, in `timezone` (UTC for MINUTE, WEEK and MONTH).

    `anchor` counts for MONTH only: with day d, month starts lie d-1 days after the first and overflow short months.
    """
    if size == "MINUTE":
        return instant.astimezone(UTC).replace(second=0, microsecond=0)
    local = instant.astimezone(timezone)
    if size in _MINUTES:
        past = timedelta(minutes=local.minute % _MINUTES[size], seconds=local.second, microseconds=local.microsecond)
        return (instant.astimezone(UTC) - past).astimezone(timezone)
    if size in _HOURS:
        return _wall(local.date(), local.hour // _HOURS[size] * _HOURS[size], timezone)
    if size == "WEEK":
        return _midnight(local.date() - timedelta(days=local.isoweekday() % 7))
    shift = timedelta(days=anchor_day(anchor) - 1)
    return _midnight((local.date() - shift).replace(day=1) + shift)


def bucket_end(size: WindowSize, instant: datetime, timezone: tzinfo = UTC, *, anchor: datetime | None = None) -> datetime:
    """End (exclusive) of the window that contains `instant`, as an instant in the form of `bucket_start`.

    For WEEK and MONTH in another zone than UTC the start is only a date's label; so is this end.
    """
    start = bucket_start(size, instant, timezone, anchor=anchor)
    if size == "MINUTE":
        return start + timedelta(minutes=1)
    if size in _MINUTES:
        return (start.astimezone(UTC) + timedelta(minutes=_MINUTES[size])).astimezone(timezone)
    if size in _HOURS:
        hour = instant.astimezone(timezone).hour // _HOURS[size] * _HOURS[size] + _HOURS[size]
        return _wall(instant.astimezone(timezone).date() + timedelta(days=hour // 24), hour % 24, timezone)
    if size == "WEEK":
        return start + timedelta(days=7)
    shift = timedelta(days=anchor_day(anchor) - 1)
    return _midnight(_next_month((start - shift).date()) + shift)


def _next_month(first: date) -> date:
    return (first.replace(day=1) + timedelta(days=31)).replace(day=1)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _wall(day: date, hour: int, timezone: tzinfo) -> datetime:
    # By way of UTC, so that a wall time which the clock skips becomes the first one after the gap.
    return datetime.combine(day, time(hour), timezone).astimezone(UTC).astimezone(timezone)
