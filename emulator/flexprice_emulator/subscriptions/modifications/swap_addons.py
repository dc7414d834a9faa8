"""What becomes of add-ons when the plan changes in place: carried, unless a policy drops them (subscriptions.md §11.2)."""

from datetime import datetime

from sqlalchemy import select

from flexprice_client.models.subscription_changes import EntityChangePolicy, EntityChangeResult, RemoveAddonRequest
from flexprice_emulator.subscriptions.modifications.addons import detach, lines_of
from flexprice_emulator.subscriptions.modifications.checks import check_word
from flexprice_emulator.subscriptions.tables import AddonAssociationRow, SubscriptionLineItemRow, SubscriptionRow
from flexprice_emulator.workspace.context import Context

CARRY, DROP = "carry", "drop"


def check_policy(policy: EntityChangePolicy | None) -> None:
    """Raises ValidationError for a behaviour that is neither carry nor drop."""
    for word in [policy.default_behaviour, *(policy.overrides or {}).values()] if policy else []:
        if word:
            check_word(word, (CARRY, DROP))


def decide(ctx: Context, row: SubscriptionRow, policy: EntityChangePolicy | None) -> list[tuple[AddonAssociationRow, str]]:
    """Each attached add-on and its behaviour; an override names the association, or the add-on."""
    query = select(AddonAssociationRow).where(
        AddonAssociationRow.entity_id == row.id, AddonAssociationRow.status == "published", AddonAssociationRow.addon_status == "active"
    )
    overrides = (policy.overrides if policy else None) or {}
    default = (policy.default_behaviour if policy else "") or CARRY
    return [
        (held, overrides.get(held.id) or overrides.get(held.addon_id) or default)
        for held in ctx.session.scalars(query.order_by(AddonAssociationRow.created_at, AddonAssociationRow.id))
    ]


def result(association: AddonAssociationRow, behaviour: str) -> EntityChangeResult:
    """As the answer lists it."""
    return EntityChangeResult.model_construct(
        entity_type="addon", entity_id=association.addon_id, reference_id=association.id, behaviour=behaviour
    )


def drop(ctx: Context, row: SubscriptionRow, association: AddonAssociationRow, at: datetime) -> list[SubscriptionLineItemRow]:
    """End an add-on; the lines that ended, not yet settled. One that ends by itself keeps its end."""
    if association.end_date is not None:
        return []
    lines = lines_of(ctx, row, association)
    detach(ctx, row, association, RemoveAddonRequest(addon_association_id=association.id, reason="plan_change", effective_date=at))
    return lines
