"""A plan as subscriptions embed it, rendered once and kept until anything it shows changes.

Invariant: a kept plan equals a fresh one; every insert, change and removal of a row it is made of drops it.
"""

from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, event
from sqlalchemy.orm import Mapper

from flexprice_emulator.catalog import plans
from flexprice_emulator.catalog.belongings import EVERYTHING
from flexprice_emulator.catalog.tables import FeatureRow, GroupRow, MeterRow, PlanRow, PriceRow, PriceUnitRow
from flexprice_emulator.entitlements.tables import EntitlementRow
from flexprice_emulator.grants.tables import CreditGrantRow
from flexprice_emulator.wire.json_text import to_json
from flexprice_emulator.workspace.context import Context

# A plan inside a subscription shows itself in its entitlements.
_EXPANDED = EVERYTHING | {"plans"}
_SHOWN = (PlanRow, PriceRow, MeterRow, FeatureRow, GroupRow, PriceUnitRow, EntitlementRow, CreditGrantRow)
_CACHE = "embedded_plans"
_changes: WeakKeyDictionary[Engine, int] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class EmbeddedPlan:
    """A plan with all it holds, as a JSON object (do not change it) and as its text."""

    shown: dict[str, Any] | None
    text: bytes


def embedded_plan(ctx: Context, plan_id: str) -> EmbeddedPlan:
    """The plan as it is now; null for an unknown one."""
    version = _changes.get(ctx.workspace.engine, 0)
    kept: dict[str, tuple[int, EmbeddedPlan]] = ctx.workspace.caches.setdefault(_CACHE, {})
    held = kept.get(plan_id)
    if held is not None and held[0] == version:
        return held[1]
    row = ctx.session.get(PlanRow, plan_id)
    shown = plans.read(ctx, row, _EXPANDED).to_wire() if row is not None else None
    made = EmbeddedPlan(shown, to_json(shown))
    kept[plan_id] = (version, made)
    return made


def _note(mapper: Mapper[Any], connection: Connection, target: object) -> None:  # noqa: ARG001
    _changes[connection.engine] = _changes.get(connection.engine, 0) + 1


for _table in _SHOWN:
    for _moment in ("after_insert", "after_update", "after_delete"):
        event.listen(_table, _moment, _note)
