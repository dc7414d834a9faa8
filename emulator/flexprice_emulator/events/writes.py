"""What each database says for putting events into their tables, in bulk.

Rows are tuples in the order of their table's columns. Of rows of one identity the last is kept, whether stored before or given here.
"""

import json
from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import Any, Final, cast

from sqlalchemy import Connection
from sqlalchemy import Table as SqlTable

from flexprice_emulator.events.tables import EventRow, MeterUsageRow

Row = tuple[Any, ...]

_EVENTS: Final = "INSERT OR REPLACE INTO events VALUES (?, ?, ?, ?, ?, ?, ?)"
_USAGE: Final = "INSERT OR REPLACE INTO meter_usage VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_REPEATED: Final = "INSERT OR IGNORE INTO repeated_events VALUES (?, ?)"
_SEEN: Final = "SELECT e.id, e.timestamp, e.external_customer_id FROM json_each(?) AS sent CROSS JOIN events AS e ON e.id = sent.value"


def write_events(connection: Connection, rows: Sequence[Row]) -> None:
    """Rows of `events`. Identity: (timestamp, id)."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(_EVENTS, list(rows))
    else:
        # Columns 2 and 3: a copy may come with another name and customer.
        _upsert(connection, cast(SqlTable, EventRow.__table__), ("timestamp", "id"), itemgetter(2, 3), rows)


def write_usage(connection: Connection, rows: Sequence[Row]) -> None:
    """Rows of `meter_usage`. Identity: the primary key, which comes first."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(_USAGE, list(rows))
    else:
        table = cast(SqlTable, MeterUsageRow.__table__)
        _upsert(connection, table, [column.name for column in table.primary_key], itemgetter(0, 1, 2, 3), rows)


def write_repeated(connection: Connection, rows: Iterable[tuple[str, str]]) -> None:
    """(external_customer_id, event_id) pairs; those that are noted stay."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(_REPEATED, list(rows))
    else:
        connection.exec_driver_sql("INSERT INTO repeated_events VALUES (%s, %s) ON CONFLICT DO NOTHING", list(rows))


def stored_copies(connection: Connection, event_ids: Sequence[str]) -> Sequence[Any]:
    """(id, timestamp in milliseconds, external_customer_id) of every stored event with one of the ids."""
    if connection.dialect.name == "sqlite":
        return connection.exec_driver_sql(_SEEN, (json.dumps(event_ids),)).all()
    return connection.exec_driver_sql("SELECT id, timestamp, external_customer_id FROM events WHERE id = ANY(%s)", (list(event_ids),)).all()


def _upsert(connection: Connection, table: SqlTable, identity: Sequence[str], key: Any, rows: Sequence[Row]) -> None:
    """One statement for all rows: each column travels as an array."""
    last = list({key(row): row for row in rows}.values())
    columns = [column.name for column in table.columns]
    types = (column.type.compile(connection.dialect).split(" ")[0] for column in table.columns)
    arrays = ", ".join(f"%s::{type_}[]" for type_ in types)
    kept = ", ".join(f"{name} = excluded.{name}" for name in columns)
    sql = (
        f"INSERT INTO {table.name} ({', '.join(columns)}) SELECT * FROM unnest({arrays}) "  # noqa: S608
        f"ON CONFLICT ({', '.join(identity)}) DO UPDATE SET {kept}"
    )
    connection.exec_driver_sql(sql, tuple(map(list, zip(*last, strict=True))))
