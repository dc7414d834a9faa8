"""What a workspace knows of itself, as rows of `meta`; read and written through a connection, so that copies can be prepared.

clock   mode, now, since, rate. A running clock whose `since` is null is at rest: it goes on when the workspace is loaded.
ids     seed and state of the id source
origin  what a reset goes back to: seed and clock; and the lineage (Workspace.lineage)
copied  of a saved copy: when it was made, by the machine's clock and by its own
"""

from collections.abc import Mapping
from math import inf
from typing import Any, Final, cast

from sqlalchemy import Connection, bindparam, delete, insert, select, update
from sqlalchemy import Table as SqlTable

from flexprice_client.models.base import parse_time
from flexprice_emulator.workspace.clock import MODES, ClockState
from flexprice_emulator.workspace.ids import IdSource
from flexprice_emulator.workspace.storage import Meta

CLOCK, IDS, ORIGIN, COPIED = "clock", "ids", "origin", "copied"

_META: Final = cast(SqlTable, Meta.__table__)
_UPDATE: Final = update(_META).where(_META.c.key == bindparam("of")).values(value=bindparam("value")).returning(_META.c.key)
_INSERT: Final = insert(_META)
_READ: Final = select(_META.c.value).where(_META.c.key == bindparam("of"))
_READ_ALL: Final = select(_META.c.key, _META.c.value)
_REMOVE: Final = delete(_META).where(_META.c.key.in_(bindparam("of", expanding=True)))


def read(connection: Connection, key: str) -> dict[str, Any] | None:
    """What stands under a key."""
    return connection.execute(_READ, {"of": key}).scalar()


def read_all(connection: Connection) -> dict[str, dict[str, Any]]:
    """All that is known."""
    return {row.key: row.value for row in connection.execute(_READ_ALL)}


def fault(held: Mapping[str, Any]) -> str | None:
    """Why a workspace cannot go on from this, which comes from elsewhere; None when it can."""
    if not {CLOCK, IDS, ORIGIN} <= held.keys():
        return "it holds no clock or no id source"
    try:
        clocks = [clock_state(held[CLOCK]), clock_state(held[ORIGIN]["clock"])]
        if not all(clock.mode in MODES and (clock.now or clock.mode == "real") and 0 < clock.rate < inf for clock in clocks):
            return "its clock is none"
        last_ms, last, count = held[IDS]["state"]
        texts = (held[IDS]["seed"], held[ORIGIN]["seed"], held[ORIGIN]["lineage"])
        if not all(type(value) is int for value in (last_ms, last, count)) or not all(isinstance(text, str) for text in texts):
            return "its id source is none"
    except (KeyError, TypeError, ValueError, AttributeError):
        return "its clock or its id source is none"
    return None


def write(connection: Connection, key: str, value: Mapping[str, Any]) -> None:
    """Set what stands under a key."""
    if connection.execute(_UPDATE, {"of": key, "value": value}).first() is None:
        connection.execute(_INSERT, {"key": key, "value": value})


def clock_value(state: ClockState, *, at_rest: bool = False) -> dict[str, Any]:
    """A state of a clock as it is stored."""
    return {"mode": state.mode, "now": state.now, "since": None if at_rest else state.since, "rate": repr(state.rate)}


def clock_state(value: Mapping[str, Any]) -> ClockState:
    """Inverse of clock_value, after storage."""
    now, since = (parse_time(value[key]) if value.get(key) else None for key in ("now", "since"))
    return ClockState(value["mode"], now, since, float(value["rate"]))


def ids_value(ids: IdSource) -> dict[str, Any]:
    """An id source as it is stored."""
    return {"seed": ids.seed, "state": list(ids.state)}


def begin(connection: Connection, lineage: str, seed: str, clock: ClockState) -> None:
    """Make a copy of the template the start of a workspace, to which a reset goes back."""
    resting = clock_value(clock, at_rest=True)
    start = {
        CLOCK: resting,
        IDS: ids_value(IdSource(seed)),
        ORIGIN: {"lineage": lineage, "seed": seed, "clock": resting},
    }
    connection.execute(_REMOVE, {"of": list(start)})
    connection.execute(_INSERT, [{"key": key, "value": value} for key, value in start.items()])
