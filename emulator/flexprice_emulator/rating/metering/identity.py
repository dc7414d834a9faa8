"""Which copies of an event are one event (rating.md §1.5, events.md §4).

Invariants: a duplicate changes nothing; of several copies the greatest `ingested_at` counts, of equal ones the
later inserted; the order of different events is kept. A usage row's identity is (external_customer_id, meter_id,
second, event_id); a raw event's is (millisecond, event_id), so another customer's event can replace it.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Protocol, TypeVar

from flexprice_emulator.rating.metering.model import RawEvent, UsageRow
from flexprice_emulator.rating.metering.quantity import Measurement, stored_quantity

_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)


class _Ingested(Protocol):
    @property
    def ingested_at(self) -> datetime | None: ...


_Copy = TypeVar("_Copy", bound=_Ingested)


def cut_to_second(instant: datetime) -> datetime:
    """The instant in UTC without its fraction of a second: usage rows and all window bounds are cut, not rounded."""
    return instant.astimezone(UTC).replace(microsecond=0)


def cut_to_millisecond(instant: datetime) -> datetime:
    """The instant in UTC, cut to the millisecond as raw events keep it."""
    utc = instant.astimezone(UTC)
    return utc.replace(microsecond=utc.microsecond // 1000 * 1000)


def usage_row(
    measurement: Measurement,
    meter_id: str,
    *,
    event_id: str,
    external_customer_id: str,
    timestamp: datetime,
    ingested_at: datetime | None = None,
    source: str = "",
    properties: Mapping[str, object] | None = None,
) -> UsageRow:
    """The row to store for a measurement that has one: timestamp cut to the second, quantity to 15 places."""
    return UsageRow(
        event_id=event_id,
        external_customer_id=external_customer_id,
        meter_id=meter_id,
        timestamp=cut_to_second(timestamp),
        quantity=stored_quantity(measurement.quantity),
        unique_hash=measurement.unique_hash,
        group=measurement.group,
        ingested_at=ingested_at,
        source=source,
        properties=properties,
    )


def row_identity(row: UsageRow) -> tuple[str, str, datetime, str]:
    """Identity of a usage row."""
    return (row.external_customer_id, row.meter_id, row.timestamp, row.event_id)


def event_identity(event: RawEvent) -> tuple[datetime, str]:
    """Identity of a raw event."""
    return (cut_to_millisecond(event.timestamp), event.event_id)


def distinct_rows(rows: Iterable[UsageRow]) -> list[UsageRow]:
    """The surviving copy of each usage row, given in insertion order."""
    return _survivors(rows, row_identity)


def distinct_events(events: Iterable[RawEvent]) -> list[RawEvent]:
    """The surviving copy of each raw event, given in insertion order."""
    return _survivors(events, event_identity)


def _survivors(copies: Iterable[_Copy], identity: Callable[[_Copy], Hashable]) -> list[_Copy]:
    kept: dict[Hashable, _Copy] = {}
    for copy in copies:
        key = identity(copy)
        earlier = kept.get(key)
        if earlier is None or _version(copy) >= _version(earlier):
            kept[key] = copy
    return list(kept.values())


def _version(copy: _Ingested) -> datetime:
    return copy.ingested_at or _BEFORE_ALL
