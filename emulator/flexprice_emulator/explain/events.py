"""The measured events that a line's query reads."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, distinct, func, select

from flexprice_client.models.base import parse_time
from flexprice_emulator.events.partials import to_seconds
from flexprice_emulator.events.tables import MeterUsageRow
from flexprice_emulator.workspace.context import Context
from flexprice_emulator.workspace.storage import to_micros

SAMPLE = 5


def counted_events(ctx: Context, query: Mapping[str, Any], computed_at: datetime | None) -> dict[str, Any]:
    """`count` of distinct events and the first of them; `later` is how many were stored after the line was computed.

    A stored copy has the time of its last version, so an event sent again after that counts as a later one.
    """
    row, where = MeterUsageRow, _where(query)
    later = 0
    if computed_at is not None:
        later = _count(ctx, (*where, row.ingested_at > to_micros(computed_at)))
        where = (*where, row.ingested_at <= to_micros(computed_at))
    sample = select(row.event_id).where(*where).group_by(row.event_id).order_by(func.min(row.timestamp), row.event_id).limit(SAMPLE)
    return {"count": _count(ctx, where), "later": later, "sample": list(ctx.session.scalars(sample))}


def count_events(ctx: Context, query: Mapping[str, Any], *, before: datetime | None = None) -> int:
    """Distinct events that the query reads now; of those that came in before a moment, where given."""
    where = _where(query)
    return _count(ctx, where if before is None else (*where, MeterUsageRow.ingested_at < to_micros(before)))


def _where(query: Mapping[str, Any]) -> tuple[ColumnElement[bool], ...]:
    row = MeterUsageRow
    return (
        row.meter_id == query["meter_id"],
        row.external_customer_id.in_(query["customers"]),
        row.timestamp >= to_seconds(parse_time(query["start"])),
        row.timestamp < to_seconds(parse_time(query["end"])),
    )


def _count(ctx: Context, where: tuple[ColumnElement[bool], ...]) -> int:
    return ctx.session.scalar(select(func.count(distinct(MeterUsageRow.event_id))).where(*where)) or 0
