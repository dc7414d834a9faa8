"""Aggregates of stored usage, read by SQL (rating.md §1.1, §1.7).

Invariants: sums and maxima are exact, in units of 10^-15; figures of different windows of a meter may be merged, but for
distinct values. What SQL cannot give exactly is not given: `read` answers None and the caller aggregates the rows.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from sqlite3 import OperationalError
from typing import Any, Final, Literal

from sqlalchemy.orm import Session

from flexprice_emulator.events.sql import fetch, fetch_one, marks
from flexprice_emulator.rating.decimals import CONTEXT
from flexprice_emulator.rating.metering.identity import cut_to_second
from flexprice_emulator.rating.metering.model import WindowSize

Kind = Literal["count", "sum", "max", "unique"]

UNITS: Final = 10**15
# Quantities from here on are kept as text, so that no sum of integers overflows.
LARGE: Final = 10**12
# A fraction is added in two halves, for the same reason; a maximum is found by its first 6 places.
_HALF: Final = 10**7
_TAIL: Final = 10**9
# Distinct event ids: only those noted as repeated have to be told apart.
_REPEATED: Final = "CASE WHEN {id} IN (SELECT event_id FROM repeated_events) THEN {id} END"
DISTINCT_IDS: Final = f"COUNT(*) - COUNT({_REPEATED}) + COUNT(DISTINCT {_REPEATED})"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

_SECONDS: Final[dict[WindowSize, int]] = {
    "MINUTE": 60,
    "15MIN": 900,
    "30MIN": 1800,
    "HOUR": 3600,
    "3HOUR": 10800,
    "6HOUR": 21600,
    "12HOUR": 43200,
    "DAY": 86400,
    # Weeks and months are made of whole UTC days.
    "WEEK": 86400,
    "MONTH": 86400,
}


@dataclass(frozen=True, slots=True)
class Scope:
    """Rows of meters over [start, end), bounds cut to the second. `customers` None is all of them."""

    meter_ids: tuple[str, ...]
    customers: tuple[str, ...] | None
    start: datetime
    end: datetime

    def where(self) -> tuple[str, list[Any]]:
        """The SQL condition and its parameters."""
        parameters: list[Any] = list(self.meter_ids)
        clauses = [f"meter_id IN ({marks(self.meter_ids)})"]
        if self.customers is not None:
            clauses.append(f"external_customer_id IN ({marks(self.customers)})")
            parameters += self.customers
        clauses.append("timestamp >= ? AND timestamp < ?")
        return " AND ".join(clauses), [*parameters, to_seconds(self.start), to_seconds(self.end)]


@dataclass(frozen=True, slots=True)
class Partial:
    """Figures of one meter, window and group. `units` is the sum and `maximum` the greatest, both in 10^-15; `ids` are distinct events,
    `hashes` distinct values. Only what the kind asks for is filled."""

    meter_id: str
    start: datetime
    group: str
    rows: int
    ids: int
    units: int = 0
    maximum: int = 0
    hashes: int = 0

    def merge(self, other: "Partial") -> "Partial":
        """Both windows as one, but for `hashes`; `ids` add, which holds where no id is repeated."""
        return Partial(
            self.meter_id,
            self.start,
            self.group,
            self.rows + other.rows,
            self.ids + other.ids,
            self.units + other.units,
            max(self.maximum, other.maximum),
        )


def to_seconds(moment: datetime) -> int:
    """Whole seconds since 1970, the fraction cut."""
    return (cut_to_second(moment) - _EPOCH) // timedelta(seconds=1)


def from_seconds(value: int) -> datetime:
    """Inverse of to_seconds."""
    return _EPOCH + timedelta(seconds=value)


def to_decimal(units: int) -> Decimal:
    """A number of 10^-15 as a decimal without trailing zeros."""
    whole, fraction = divmod(units, UNITS)
    return Decimal(units).scaleb(-15, CONTEXT).normalize(CONTEXT) if fraction else Decimal(whole)


def kind_of(aggregation_type: str) -> Kind:
    """Which figures an aggregation needs; types that are not known add, as the reference's reads do."""
    if aggregation_type == "COUNT":
        return "count"
    if aggregation_type == "MAX":
        return "max"
    return "unique" if aggregation_type == "COUNT_UNIQUE" else "sum"


def has_repeated_ids(session: Session, customers: Sequence[str] | None) -> bool:
    """Whether one of the customers used an event id more than once, or shares one with another customer."""
    sql = "SELECT 1 FROM repeated_events"
    if customers is not None:
        sql += f" WHERE external_customer_id IN ({marks(customers)})"
    return fetch_one(session, sql + " LIMIT 1", customers or ()) is not None


def read(
    session: Session, scope: Scope, kind: Kind, *, size: WindowSize | None = None, by_group: bool = False, repeated: bool = False
) -> list[Partial] | None:
    """The figures by meter, window of `size` (in UTC; days for WEEK and MONTH) and group; None where SQL cannot tell exactly.

    `repeated`: whether the scope may hold an event id twice.
    """
    if not scope.meter_ids or (scope.customers is not None and not scope.customers):
        return []
    where, parameters = scope.where()
    if kind == "unique":
        where += " AND unique_hash IS NOT NULL"
    columns = [
        "meter_id",
        _bucket(size),
        "bucket_group" if by_group else "''",
        "COUNT(*)",
        DISTINCT_IDS.format(id="event_id") if repeated else "COUNT(*)",
        *_FIGURES[kind],
    ]
    sql = f"SELECT {', '.join(columns)} FROM meter_usage WHERE {where} GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"  # noqa: S608
    try:
        found = fetch(session, sql, parameters)
    except OperationalError as error:
        # SQLite's; PostgreSQL's sums do not overflow.
        if "integer overflow" in str(error):
            return None
        raise
    partials = [_partial(kind, row) for row in found]
    return None if any(partial is None for partial in partials) else [partial for partial in partials if partial is not None]


_FIGURES: Final[dict[Kind, tuple[str, ...]]] = {
    "count": (),
    "sum": ("COUNT(large)", "SUM(whole)", f"SUM(fraction / {_HALF})", f"SUM(fraction % {_HALF})"),
    "max": ("COUNT(large)", f"MAX(whole * {UNITS // _TAIL} + fraction / {_TAIL})", f"MAX(fraction % {_TAIL})"),
    "unique": ("COUNT(DISTINCT unique_hash)",),
}


def _partial(kind: Kind, row: Sequence[Any]) -> Partial | None:
    meter_id, start, group, rows, ids, *figures = row
    moment = from_seconds(start)
    if kind == "count":
        return Partial(meter_id, moment, group, rows, ids)
    if kind == "unique":
        return Partial(meter_id, moment, group, rows, ids, hashes=figures[0])
    large, first, second, *third = figures
    if large:
        return None
    if kind == "max":
        return None if second else Partial(meter_id, moment, group, rows, ids, maximum=first * _TAIL)
    # PostgreSQL's sum of integers is a decimal.
    units = int(first) * UNITS + int(second) * _HALF + int(third[0])
    return Partial(meter_id, moment, group, rows, ids, units=units)


def _bucket(size: WindowSize | None) -> str:
    if size is None:
        return "0"
    seconds = _SECONDS[size]
    # Floored, so that times before 1970 fall into their window too.
    return f"timestamp - ((timestamp % {seconds}) + {seconds}) % {seconds}"


def merged(partials: Iterable[tuple[datetime, Partial]]) -> Iterator[tuple[datetime, Partial]]:
    """Partials of one meter under new window starts, merged by (start, group), in that order."""
    found: dict[tuple[datetime, str], Partial] = {}
    for start, partial in partials:
        key = (start, partial.group)
        held = found.get(key)
        found[key] = partial if held is None else held.merge(partial)
    for key in sorted(found):
        yield key[0], found[key]
