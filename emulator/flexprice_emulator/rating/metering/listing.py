"""The list of raw events: order, bounds, cursors and pages (events.md §8).

Invariants: the end of the range is inclusive; all times are bound in whole seconds, cursors too; ids are descending
in every order. Duplicates are removed before listing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from flexprice_emulator.rating.metering.filters import matches_text
from flexprice_emulator.rating.metering.identity import cut_to_second, distinct_events
from flexprice_emulator.rating.metering.model import RawEvent

DEFAULT_PAGE_SIZE: Final = 50
DEFAULT_RANGE: Final = timedelta(days=7)
_SEPARATOR: Final = "::"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Cursor:
    """A row's place in the list."""

    timestamp: datetime
    event_id: str


@dataclass(frozen=True, slots=True)
class ListQuery:
    """A request for one page; empty text means "not given". `iter_last` asks for older rows, `iter_first` for newer ones."""

    start_time: datetime
    end_time: datetime
    external_customer_id: str = ""
    event_name: str = ""
    event_id: str = ""
    source: str = ""
    property_filters: Mapping[str, Sequence[str]] | None = None
    page_size: int = DEFAULT_PAGE_SIZE
    offset: int = 0
    iter_first: Cursor | None = None
    iter_last: Cursor | None = None
    sort: Literal["timestamp", "event_name"] = "timestamp"
    order: Literal["asc", "desc"] = "desc"

    @property
    def by_cursor(self) -> bool:
        """Whether the page is found by a cursor instead of an offset."""
        return self.iter_first is not None or self.iter_last is not None


@dataclass(frozen=True, slots=True)
class Page:
    """One page. `offset` is the next page's, None in cursor mode; keys are "" where the answer leaves them out."""

    events: tuple[RawEvent, ...]
    has_more: bool
    total_count: int
    iter_first_key: str = ""
    iter_last_key: str = ""
    offset: int | None = None


def encode_cursor(timestamp: datetime, event_id: str) -> str:
    """`<unix nanoseconds>::<event id>`."""
    microseconds = (timestamp - _EPOCH) // timedelta(microseconds=1)
    return f"{microseconds * 1000}{_SEPARATOR}{event_id}"


def decode_cursor(text: str) -> Cursor:
    """The place of a cursor key. Raises ValueError for another form, an id with `::` included."""
    parts = text.split(_SEPARATOR)
    if len(parts) != 2:
        raise ValueError("Invalid cursor key format")
    try:
        timestamp = _EPOCH + timedelta(microseconds=int(parts[0]) // 1000)
    except (ValueError, OverflowError) as error:
        raise ValueError("Invalid cursor key format") from error
    return Cursor(timestamp, parts[1])


def resolve_range(start_time: datetime | None, end_time: datetime | None, now: datetime) -> tuple[datetime, datetime]:
    """Start and end with their defaults: now, and seven days before the end. Raises ValueError if the end is before the start."""
    end = end_time or now
    start = start_time or end - DEFAULT_RANGE
    if end < start:
        raise ValueError("end_time must not be before start_time")
    return start, end


def list_events(events: Iterable[RawEvent], query: ListQuery) -> Page:
    """One page out of `events`, given in insertion order."""
    found = [event for event in distinct_events(events) if _asked(event, query)]
    found.sort(key=lambda event: event.event_id, reverse=True)
    found.sort(key=lambda event: event.timestamp if query.sort == "timestamp" else event.event_name, reverse=query.order == "desc")
    offset = 0 if query.by_cursor else query.offset
    return page_of(found[offset : offset + query.page_size + 1], len(found), query)


def page_of(rows: Sequence[RawEvent], total_count: int, query: ListQuery) -> Page:
    """The page of `rows`: what the query selects from its offset on, in order, up to one row more than a page."""
    shown = tuple(rows[: query.page_size])
    has_more = len(rows) > query.page_size
    first = encode_cursor(shown[0].timestamp, shown[0].event_id) if shown else ""
    last = encode_cursor(shown[-1].timestamp, shown[-1].event_id) if shown else ""
    if query.by_cursor:
        return Page(shown, has_more, total_count, first, last if has_more else "")
    return Page(shown, has_more, total_count, first, last, query.offset + query.page_size)


def _asked(event: RawEvent, query: ListQuery) -> bool:
    return (
        cut_to_second(query.start_time) <= event.timestamp <= cut_to_second(query.end_time)
        and query.external_customer_id in ("", event.external_customer_id)
        and query.event_name in ("", event.event_name)
        and query.event_id in ("", event.event_id)
        and query.source in ("", event.source)
        and matches_text(query.property_filters or {}, event.properties)
        and (query.iter_last is None or _place(event) < _bound(query.iter_last))
        and (query.iter_first is None or _place(event) > _bound(query.iter_first))
    )


def _place(event: RawEvent) -> tuple[datetime, str]:
    return event.timestamp, event.event_id


def _bound(cursor: Cursor) -> tuple[datetime, str]:
    # The reference binds whole seconds: rows of the cursor's own second can be skipped or repeated.
    return cut_to_second(cursor.timestamp), cursor.event_id
