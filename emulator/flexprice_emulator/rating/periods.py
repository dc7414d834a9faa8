"""Billing dates (rating.md §6.5, subscriptions.md §3.4).

All arithmetic is on the local date of the subscription's zone, results are UTC; the clock time always comes
from the anchor, in whole seconds. Invariants: a remembered anchor day returns after short months (31 Jan, 28 Feb, 31 Mar); the
next date is never after the subscription's end; a date that the calendar does not have is BeyondCalendar, never another error.
"""

from calendar import monthrange
from collections.abc import Iterator
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import Final, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_MONTHS: Final = {"MONTHLY": 1, "QUARTERLY": 3, "HALF_YEARLY": 6, "ANNUAL": 12}
LAST_DAY: Final = datetime(MAXYEAR, 12, 31, tzinfo=UTC)
_STEPS: Final = 10_000
_FROM_ANCHOR: Final = frozenset({"QUARTERLY", "HALF_YEARLY"})

DayT = TypeVar("DayT", date, datetime)


class BeyondCalendar(ValueError):
    """A date before the year 1 or after 9999."""

    def __init__(self) -> None:
        super().__init__("A date lies beyond the calendar, which ends with the year 9999")


def moved(moment: DayT, by: timedelta = timedelta(0), *, days: int = 0) -> DayT:
    """A date so much later, or earlier. Raises BeyondCalendar."""
    try:
        return moment + (by + timedelta(days=days))
    except OverflowError:
        raise BeyondCalendar from None


def _local(moment: datetime, tz: tzinfo) -> datetime:
    try:
        return moment.astimezone(tz)
    except OverflowError:
        raise BeyondCalendar from None


@lru_cache(maxsize=512)
def zone(name: str) -> tzinfo:
    """The named IANA zone; UTC for an empty or unknown name."""
    if not name or name.upper() == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def next_billing_date(
    current_period_start: datetime,
    billing_anchor: datetime,
    billing_period: str,
    unit: int = 1,
    *,
    timezone: str = "",
    subscription_end: datetime | None = None,
) -> datetime:
    """End of the period that starts at `current_period_start`, cut at `subscription_end`.

    ValueError for an unknown period, BeyondCalendar for an end that no calendar has.
    """
    tz = zone(timezone)
    start, anchor = _local(current_period_start, tz), _local(billing_anchor, tz)
    if billing_period in _FROM_ANCHOR and start < anchor:
        result = billing_anchor.astimezone(UTC)
    else:
        try:
            result = _at(_next_date(start, anchor, billing_period, unit), anchor, tz)
        except BeyondCalendar:
            if subscription_end is None:
                raise
            return subscription_end
    if subscription_end is not None and result > subscription_end:
        return subscription_end
    return result


def billing_date_after(
    start: datetime, billing_anchor: datetime, billing_period: str, unit: int, periods: int, *, timezone: str = ""
) -> datetime:
    """End of the last of so many periods, the first of which begins at `start`. Raises as next_billing_date."""
    end = start
    for _ in range(min(periods, _STEPS)):
        end = next_billing_date(end, billing_anchor, billing_period, unit, timezone=timezone)
    if periods > _STEPS:
        # Nobody waits for a million steps; from one date on the anchor to another it is one.
        end = next_billing_date(end, billing_anchor, billing_period, unit * (periods - _STEPS), timezone=timezone)
    return end


def _next_date(start: datetime, anchor: datetime, billing_period: str, unit: int) -> date:
    today = start.date()
    if billing_period == "DAILY":
        return moved(today, days=unit)
    if billing_period == "WEEKLY":
        ahead = (anchor.weekday() - start.weekday()) % 7
        return moved(today, days=7 * unit if ahead == 0 else ahead + 7 * (unit - 1))
    if billing_period == "MONTHLY":
        # A start before the anchor day gets a short first period whatever the unit is.
        target = _clamped(today.year, today.month, anchor.day)
        return target if today.day < target.day else _add_months(today, unit, anchor.day)
    if billing_period in _FROM_ANCHOR:
        return _add_months(today, _MONTHS[billing_period] * unit, anchor.day)
    if billing_period == "ANNUAL":
        return _clamped(today.year + unit, anchor.month, anchor.day)
    raise ValueError(f"invalid billing period: {billing_period}")


def previous_billing_date(billing_anchor: datetime, billing_period: str, unit: int = 1, *, timezone: str = "") -> datetime:
    """One billing period before the anchor, its day clamped to the month's length."""
    tz = zone(timezone)
    anchor = _local(billing_anchor, tz)
    day = anchor.date()
    if billing_period == "DAILY":
        previous = moved(day, days=-unit)
    elif billing_period == "WEEKLY":
        previous = moved(day, days=-7 * unit)
    elif billing_period in _MONTHS:
        previous = _add_months(day, -_MONTHS[billing_period] * unit, anchor.day)
    else:
        raise ValueError(f"invalid billing period: {billing_period}")
    return _at(previous, anchor, tz)


def calendar_anchor(start: datetime, billing_period: str, timezone: str = "") -> datetime:
    """The first calendar boundary after `start` in the zone: midnight, Monday, first of month, quarter, half or year."""
    tz = zone(timezone)
    day = _local(start, tz).date()
    if billing_period == "DAILY":
        boundary = moved(day, days=1)
    elif billing_period == "WEEKLY":
        boundary = moved(day, days=7 - day.weekday())
    elif billing_period in _MONTHS:
        months = _MONTHS[billing_period]
        first = date(day.year, (day.month - 1) // months * months + 1, 1)
        boundary = _add_months(first, months, 1)
    else:
        raise ValueError(f"invalid billing period: {billing_period}")
    return local_instant(datetime.combine(boundary, time()), tz)


def billing_periods(
    start: datetime,
    end: datetime,
    billing_anchor: datetime,
    billing_period: str,
    unit: int = 1,
    *,
    timezone: str = "",
) -> Iterator[tuple[datetime, datetime]]:
    """Consecutive periods from `start`; the last one is cut at `end`."""
    current = start
    while current < end:
        following = next_billing_date(current, billing_anchor, billing_period, unit, timezone=timezone, subscription_end=end)
        if following <= current:
            return
        yield current, following
        current = following


def add_billing_period(start: datetime, billing_period: str, count: int = 1) -> datetime:
    """Calendar addition that overflows like a calendar does (31 Jan + 1 month = 3 March): commitment durations."""
    if billing_period == "DAILY":
        return moved(start, days=count)
    if billing_period == "WEEKLY":
        return moved(start, days=7 * count)
    if billing_period not in _MONTHS:
        raise ValueError(f"invalid billing period: {billing_period}")
    months = start.month - 1 + _MONTHS[billing_period] * count
    first = start.replace(year=_year(start.year + months // 12), month=months % 12 + 1, day=1)
    return moved(first, days=start.day - 1)


def _add_months(day: date, months: int, anchor_day: int) -> date:
    index = day.year * 12 + day.month - 1 + months
    return _clamped(index // 12, index % 12 + 1, anchor_day)


def _clamped(year: int, month: int, day: int) -> date:
    return date(_year(year), month, min(day, monthrange(year, month)[1]))


def _year(year: int) -> int:
    if not MINYEAR <= year <= MAXYEAR:
        raise BeyondCalendar
    return year


def _at(day: date, anchor: datetime, tz: tzinfo) -> datetime:
    return local_instant(datetime.combine(day, anchor.time().replace(microsecond=0)), tz)


def local_instant(wall: datetime, tz: tzinfo) -> datetime:
    """The UTC instant of a naive wall time.

    Around a change of the clocks the reference takes the offset in force at the wall time read as UTC, and
    corrects it once; `fold` rules differ there, so the same is done here.
    """
    as_utc = wall.replace(tzinfo=UTC)
    offset = _offset(as_utc, tz)
    corrected = _offset(moved(as_utc, -offset), tz)
    return moved(as_utc, -(offset if corrected == offset else corrected))


def _offset(instant: datetime, tz: tzinfo) -> timedelta:
    return _local(instant, tz).utcoffset() or timedelta(0)
