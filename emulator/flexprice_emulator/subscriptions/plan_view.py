"""A plan as subscriptions embed it, rendered once and kept until anything it shows changes (kept.py)."""

from dataclasses import dataclass
from typing import Any

from flexprice_emulator.catalog import plans
from flexprice_emulator.catalog.belongings import EVERYTHING
from flexprice_emulator.catalog.tables import PlanRow
from flexprice_emulator.subscriptions.kept import kept
from flexprice_emulator.wire.json_text import to_json
from flexprice_emulator.workspace.context import Context

# A plan inside a subscription shows itself in its entitlements.
_EXPANDED = EVERYTHING | {"plans"}


@dataclass(frozen=True, slots=True)
class EmbeddedPlan:
    """A plan with all it holds, as a JSON object (do not change it) and as its text."""

    shown: dict[str, Any] | None
    text: bytes


def embedded_plan(ctx: Context, plan_id: str) -> EmbeddedPlan:
    """The plan as it is now; null for an unknown one."""
    held: dict[str, EmbeddedPlan] = kept(ctx, "embedded_plans")
    if plan_id not in held:
        row = ctx.session.get(PlanRow, plan_id)
        shown = plans.read(ctx, row, _EXPANDED).to_wire() if row is not None else None
        held[plan_id] = EmbeddedPlan(shown, to_json(shown))
    return held[plan_id]
