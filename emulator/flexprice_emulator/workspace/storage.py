"""Column types and the base of all tables.

Times are integers (microseconds since 1970, UTC) and decimals canonical texts rounded to their column's scale as
PostgreSQL's numeric does, so that one database file means the same on every platform (rating.md §0).
"""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Dialect, MetaData, Text, TypeDecorator
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from flexprice_client.models.base import decimal_text
from flexprice_emulator.rating.decimals import round_places
from flexprice_emulator.wire.json_text import plain

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
# Texts are compared and sorted byte by byte everywhere, whatever a database's own collation is.
BytewiseText = Text().with_variant(Text(collation="C"), "postgresql")


def to_micros(moment: datetime) -> int:
    """Microseconds since 1970."""
    return (moment - _EPOCH) // _MICROSECOND


def from_micros(value: int) -> datetime:
    """Inverse of to_micros."""
    return _EPOCH + timedelta(microseconds=value)


class UtcTime(TypeDecorator[datetime]):
    """An aware UTC datetime."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else to_micros(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return None if value is None else from_micros(value)


class Money(TypeDecorator[Decimal]):
    """A decimal of `scale` places after the point, rounded half away from zero when stored."""

    impl = Text
    cache_ok = True

    def __init__(self, scale: int) -> None:
        super().__init__()
        self.scale = scale

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        return None if value is None else decimal_text(round_places(value, self.scale))

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value)


class Json(TypeDecorator[Any]):
    """JSON text; decimals and times inside become strings, and are read back as such."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else json.dumps(plain(value), ensure_ascii=False, separators=(",", ":"))

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return None if value is None else json.loads(value)


class Table(DeclarativeBase):
    """Tables of an environment's database.

    A partial index gives its condition as `sqlite_where` alone; another database takes it from there. To name PostgreSQL's
    dialect in a table would import it at every start (80 ms).
    """

    metadata = MetaData()
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcTime,
        str: BytewiseText,
        int: BigInteger,
        dict[str, str]: Json,
        dict[str, Any]: Json,
        list[str]: Json,
    }


class RootTable(DeclarativeBase):
    """Tables of the root database: tenants, users, environments, keys."""

    metadata = MetaData()
    type_annotation_map: ClassVar[dict[Any, Any]] = Table.type_annotation_map


class Entity:
    """Columns most rows have. `status`: published, archived or deleted; nothing is ever removed (wire.md §4)."""

    id: Mapped[str] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(default="published")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(default="")
    updated_by: Mapped[str] = mapped_column(default="")


class Meta(Table):
    """What a workspace knows of itself: clock, seeds, schema version."""

    __tablename__ = "meta"

    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[dict[str, Any]]


class OutboxRow(Table):
    """A webhook event, written in the transaction of the change it tells of. `subject` holds the ids its payload is built from."""

    __tablename__ = "outbox"

    id: Mapped[str] = mapped_column(primary_key=True)
    event_name: Mapped[str] = mapped_column(index=True)
    subject: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
