"""ISO 8601 durations, with calendar years and months."""

import re
from calendar import monthrange
from dataclasses import dataclass, field
from datetime import datetime, timedelta

_DURATION = re.compile(
    r"P(?:(\d{1,4})Y)?(?:(\d{1,5})M)?(?:(\d{1,6})W)?(?:(\d{1,7})D)?(?:T(?=\d)(?:(\d{1,8})H)?(?:(\d{1,9})M)?(?:(\d{1,11})(?:[.,](\d{1,6}))?S)?)?\Z",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Duration:
    """`months` are counted on the calendar (a day that the month lacks becomes its last), then `span` is added."""

    months: int
    span: timedelta
    text: str = field(default="", compare=False)

    @classmethod
    def parse(cls, text: object) -> "Duration":
        """P1M, P1Y2M, P2W, P1DT12H, PT90S, PT0.5S. Raises ValueError that says so."""
        match = _DURATION.match(text) if isinstance(text, str) else None
        if not isinstance(text, str) or match is None or not any(match.groups()):
            raise ValueError("not an ISO 8601 duration forward in time; give one such as P1M, P1DT12H or PT30M")
        years, months, weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups()[:7])
        micros = int((match[8] or "").ljust(6, "0"))
        span = timedelta(days=days + 7 * weeks, hours=hours, minutes=minutes, seconds=seconds, microseconds=micros)
        return cls(12 * years + months, span, text)

    def after(self, moment: datetime) -> datetime:
        """The time this much later. Raises OverflowError beyond the year 9999."""
        years, month = divmod(moment.month - 1 + self.months, 12)
        year = moment.year + years
        if year > 9999:
            raise OverflowError("date value out of range")
        day = min(moment.day, monthrange(year, month + 1)[1])
        return moment.replace(year=year, month=month + 1, day=day) + self.span
