"""Reads of the event tables: plain rows, straight from the driver, for a hundred thousand of them are read at once."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy.orm import Session


def fetch(session: Session, sql: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
    """All rows of a statement, with a `?` for each parameter, in the session's transaction."""
    connection = session.connection()
    cursor = connection.connection.cursor()
    try:
        cursor.execute(sql if connection.dialect.paramstyle == "qmark" else _with_percent(sql), tuple(parameters))
        rows = list(cursor.fetchall())
    finally:
        cursor.close()
    return rows


@lru_cache(maxsize=1024)
def _with_percent(sql: str) -> str:
    """The marks as PostgreSQL's driver writes them."""
    return sql.replace("%", "%%").replace("?", "%s")


def fetch_one(session: Session, sql: str, parameters: Sequence[object] = ()) -> tuple[Any, ...] | None:
    """The first row, None without any."""
    return next(iter(fetch(session, sql, parameters)), None)


def fetch_value(session: Session, sql: str, parameters: Sequence[object] = ()) -> Any:
    """The first column of the first row, None without any."""
    row = fetch_one(session, sql, parameters)
    return row[0] if row else None


def marks(values: Sequence[object]) -> str:
    """`?, ?, ?` for a list of parameters."""
    return ", ".join("?" * len(values))
