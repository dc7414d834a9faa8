"""Rows by id in one query, for what responses embed."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from sqlalchemy import select

from flexprice_emulator.workspace.context import Context
from flexprice_emulator.workspace.storage import Entity

RowT = TypeVar("RowT", bound=Entity)
# SQLite's limit of variables in one statement is far above this.
_CHUNK = 1000


def rows_by_id(ctx: Context, table: type[RowT], ids: Iterable[str]) -> dict[str, RowT]:
    """The rows that exist, of any status."""
    found: dict[str, RowT] = {}
    wanted = []
    for identity in dict.fromkeys(ids):
        held = ctx.session.identity_map.get((table, (identity,), None)) if identity else None
        if held is not None:
            # Read before in this request.
            found[identity] = held
        elif identity:
            wanted.append(identity)
    for start in range(0, len(wanted), _CHUNK):
        query = select(table).where(table.id.in_(wanted[start : start + _CHUNK])).order_by(table.id)
        rows: Sequence[RowT] = ctx.session.scalars(query).all()
        found.update((row.id, row) for row in rows)
    return found
