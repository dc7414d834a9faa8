"""The measured events that a line's query read."""

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
    row = MeterUsageRow
    where: tuple[ColumnElement[bool], ...] = (
        row.meter_id == query["meter_id"],
        row.external_customer_id.in_(query["customers"]),
        row.timestamp >= to_seconds(parse_time(query["start"])),
        row.timestamp < to_seconds(parse_time(query["end"])),
    )
    count = select(func.count(distinct(row.event_id)))
    if computed_at is None:
        made_it, later = where, 0
    else:
        made_it = (*where, row.ingested_at <= to_micros(computed_at))
        later = ctx.session.scalar(count.where(*where, row.ingested_at > to_micros(computed_at))) or 0
    sample = select(row.event_id).where(*made_it).group_by(row.event_id).order_by(func.min(row.timestamp), row.event_id).limit(SAMPLE)
    return {"count": ctx.session.scalar(count.where(*made_it)) or 0, "later": later, "sample": list(ctx.session.scalars(sample))}
