"""Stored usage rows, one by one: for what SQL does not aggregate."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from flexprice_emulator.events.partials import UNITS, Scope, from_seconds, to_decimal
from flexprice_emulator.events.sql import fetch, fetch_one, fetch_value
from flexprice_emulator.rating.metering.model import UsageRow

_COLUMNS = "meter_id, external_customer_id, timestamp, event_id, whole, fraction, large, unique_hash, bucket_group, source"


def read_rows(session: Session, scope: Scope, *, properties: bool = False) -> list[UsageRow]:
    """The rows of a scope by meter, customer, time and event id. `properties` costs reading them, so it is asked for."""
    if not scope.meter_ids or (scope.customers is not None and not scope.customers):
        return []
    where, parameters = scope.where()
    columns = _COLUMNS + (", properties" if properties else "")
    sql = f"SELECT {columns} FROM meter_usage WHERE {where} ORDER BY meter_id, external_customer_id, timestamp, event_id"  # noqa: S608
    return [_row(found) for found in fetch(session, sql, parameters)]


def latest_quantity(session: Session, scope: Scope) -> Decimal | None:
    """The quantity of the last second; of several rows in it, that of the smallest customer and event id. None without rows."""
    where, parameters = scope.where()
    if not scope.meter_ids or (scope.customers is not None and not scope.customers):
        return None
    sql = (
        f"SELECT whole, fraction, large FROM meter_usage WHERE {where} "  # noqa: S608
        "ORDER BY timestamp DESC, external_customer_id, event_id LIMIT 1"
    )
    found = fetch_one(session, sql, parameters)
    return None if found is None else quantity_of(*found)


def first_time(session: Session, scope: Scope) -> datetime | None:
    """The earliest second with a row; None without rows."""
    if not scope.meter_ids or (scope.customers is not None and not scope.customers):
        return None
    where, parameters = scope.where()
    sql = f"SELECT MIN(timestamp) FROM meter_usage WHERE {where}"  # noqa: S608
    found = fetch_value(session, sql, parameters)
    return None if found is None else from_seconds(found)


def _row(found: Sequence[Any]) -> UsageRow:
    meter_id, customer, timestamp, event_id, whole, fraction, large, unique_hash, group, source, *properties = found
    held: Mapping[str, object] | None = json.loads(properties[0]) if properties else None
    return UsageRow(
        event_id=event_id,
        external_customer_id=customer,
        meter_id=meter_id,
        timestamp=from_seconds(timestamp),
        quantity=quantity_of(whole, fraction, large),
        unique_hash=unique_hash.hex() if unique_hash else "",
        group=group,
        source=source,
        properties=held,
    )


def quantity_of(whole: int, fraction: int, large: str | None) -> Decimal:
    """The stored quantity."""
    return Decimal(large) if large is not None else to_decimal(whole * UNITS + fraction)
