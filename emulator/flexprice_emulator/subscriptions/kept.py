"""What is made of catalogue rows again and again, kept between requests until any of them changes.

Invariant: what is kept equals what would be made anew; every insert, change and removal of a catalogue row drops it all, and so does
a rollback.
"""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, event
from sqlalchemy.orm import Mapper, Session

from flexprice_emulator.catalog.expansion import rows_by_id
from flexprice_emulator.catalog.meters import rating_meter
from flexprice_emulator.catalog.price_view import present_prices, rating_price
from flexprice_emulator.catalog.tables import FeatureRow, GroupRow, MeterRow, PlanRow, PriceRow, PriceUnitRow
from flexprice_emulator.entitlements.tables import EntitlementRow
from flexprice_emulator.grants.tables import CreditGrantRow
from flexprice_emulator.rating.metering.model import Meter
from flexprice_emulator.rating.pricing.model import Price
from flexprice_emulator.workspace.context import Context
from flexprice_emulator.workspace.storage import Entity

RowT = TypeVar("RowT", bound=Entity)
MadeT = TypeVar("MadeT")

_CATALOGUE = (PlanRow, PriceRow, MeterRow, FeatureRow, GroupRow, PriceUnitRow, EntitlementRow, CreditGrantRow)
_CACHE = "of_the_catalogue"
_changes: WeakKeyDictionary[Engine, int] = WeakKeyDictionary()


def kept(ctx: Context, name: str) -> dict[str, Any]:
    """What is kept under a name, by id; empty after any change of the catalogue."""
    # What was changed and not written yet counts as well.
    ctx.session.flush()
    version = _changes.get(ctx.workspace.engine, 0)
    held: tuple[int, dict[str, dict[str, Any]]] | None = ctx.workspace.caches.get(_CACHE)
    if held is None or held[0] != version:
        held = ctx.workspace.caches[_CACHE] = (version, {})
    return held[1].setdefault(name, {})


def rated_prices(ctx: Context, price_ids: Iterable[str]) -> dict[str, Price]:
    """Prices as rating reads them; unknown ones are left out."""
    return _of_rows(ctx, "rated_prices", PriceRow, price_ids, lambda rows: [rating_price(row) for row in rows])


def rated_meters(ctx: Context, meter_ids: Iterable[str]) -> dict[str, Meter]:
    """Meters as rating reads them; unknown ones are left out."""
    return _of_rows(ctx, "rated_meters", MeterRow, meter_ids, lambda rows: [rating_meter(row) for row in rows])


def meter_names(ctx: Context, meter_ids: Iterable[str]) -> dict[str, str]:
    """Names of meters; unknown ones are left out."""
    return _of_rows(ctx, "meter_names", MeterRow, meter_ids, lambda rows: [row.name for row in rows])


def shown_prices(ctx: Context, price_ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Prices as JSON objects (do not change them), nothing expanded; unknown ones are left out."""
    return _of_rows(ctx, "shown_prices", PriceRow, price_ids, lambda rows: [price.to_wire() for price in present_prices(ctx, rows)])


def _of_rows(ctx: Context, name: str, table: type[RowT], ids: Iterable[str], make: Callable[[list[RowT]], list[MadeT]]) -> dict[str, MadeT]:
    wanted = [identity for identity in dict.fromkeys(ids) if identity]
    held: dict[str, MadeT] = kept(ctx, name)
    missing = [identity for identity in wanted if identity not in held]
    if missing:
        rows = rows_by_id(ctx, table, missing)
        held.update(zip(rows, make(list(rows.values())), strict=True))
    return {identity: held[identity] for identity in wanted if identity in held}


def _note(mapper: Mapper[Any], connection: Connection, target: object) -> None:  # noqa: ARG001
    _changes[connection.engine] = _changes.get(connection.engine, 0) + 1


def _note_rollback(session: Session, previous: object) -> None:  # noqa: ARG001
    engine = session.get_bind()
    if isinstance(engine, Engine):
        _changes[engine] = _changes.get(engine, 0) + 1


for _table in _CATALOGUE:
    for _moment in ("after_insert", "after_update", "after_delete"):
        event.listen(_table, _moment, _note)
event.listen(Session, "after_soft_rollback", _note_rollback)
