"""What a price belongs to: does it exist, and how is it called."""

from importlib import import_module
from typing import Any

from flexprice_emulator.wire.errors import NotFoundError
from flexprice_emulator.workspace.context import Context

# entity_type -> (module, row, word in messages and details). The modules of other domains import this one, so they are
# looked up when needed. The message of a missing cost sheet has two blanks.
_OWNERS: dict[str, tuple[str, str, str, str]] = {
    "PLAN": ("catalog.tables", "PlanRow", "plan", "plan"),
    "ADDON": ("catalog.tables", "AddonRow", "addon", "addon"),
    "PRICE": ("catalog.tables", "PriceRow", "price", "price"),
    "SUBSCRIPTION": ("subscriptions.tables", "SubscriptionRow", "subscription", "subscription"),
    "COSTSHEET": ("catalog.tables", "CostsheetRow", "costsheet ", "costsheet"),
}


def owner(ctx: Context, entity_type: str, entity_id: str) -> Any:
    """The row a price is for, of any status. Raises NotFoundError."""
    module, name, word, key = _OWNERS[entity_type]
    table = getattr(import_module(f"flexprice_emulator.{module}"), name)
    row = ctx.session.get(table, entity_id)
    if row is None:
        raise NotFoundError(f"The specified {word} does not exist", {f"{key}_id": entity_id})
    return row


def owner_name(row: Any) -> str:
    """What prices of this owner are called by default."""
    return str(getattr(row, "display_name", "") or getattr(row, "name", "") or "")
