"""Storage of events: raw as sent, and measured, one row a matching meter (events.md §3).

Rows are clustered by their key, so that a customer's usage of a meter or an event name lies side by side. Times are
integers of the reference's precision: milliseconds of a raw event, seconds of a measured one. Another event of the
same identity replaces a row. Written and read in bulk, not as objects.
"""

from sqlalchemy import BigInteger, Index
from sqlalchemy.orm import Mapped, mapped_column

from flexprice_emulator.workspace.storage import Table


class EventRow(Table):
    """A raw event. Identity: (timestamp, id); customer and name are not part of it. `properties` is JSON text, `null` when not sent."""

    __tablename__ = "events"
    __table_args__ = (
        Index("events_identity", "timestamp", "id", unique=True),
        Index("events_id", "id"),
        {"sqlite_with_rowid": False},
    )

    event_name: Mapped[str] = mapped_column(primary_key=True)
    external_customer_id: Mapped[str] = mapped_column(primary_key=True)
    timestamp: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    id: Mapped[str] = mapped_column(primary_key=True)
    customer_id: Mapped[str]
    source: Mapped[str]
    properties: Mapped[str]


class MeterUsageRow(Table):
    """An event as one meter measured it. Identity: the primary key.

    The quantity is `whole` + `fraction` · 10^-15, so that SQL adds it exactly; one of 10^12 or more is text in `large`.
    `unique_hash` is NULL where the event has no value to count. `ingested_at` is in microseconds.
    """

    __tablename__ = "meter_usage"
    __table_args__ = ({"sqlite_with_rowid": False},)

    meter_id: Mapped[str] = mapped_column(primary_key=True)
    external_customer_id: Mapped[str] = mapped_column(primary_key=True)
    timestamp: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    event_id: Mapped[str] = mapped_column(primary_key=True)
    whole: Mapped[int] = mapped_column(BigInteger)
    fraction: Mapped[int] = mapped_column(BigInteger)
    large: Mapped[str | None]
    unique_hash: Mapped[bytes | None]
    bucket_group: Mapped[str]
    source: Mapped[str]
    properties: Mapped[str]
    ingested_at: Mapped[int] = mapped_column(BigInteger)


class RepeatedEventRow(Table):
    """An event id that a customer used at more than one time, or that two customers used.

    Reads count distinct ids; where none of the customers has a row here, counting rows is the same and much faster.
    """

    __tablename__ = "repeated_events"
    __table_args__ = ({"sqlite_with_rowid": False},)

    external_customer_id: Mapped[str] = mapped_column(primary_key=True)
    event_id: Mapped[str] = mapped_column(primary_key=True)
