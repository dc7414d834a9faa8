"""Copies of plans."""

from sqlalchemy import select

from flexprice_client.models.plans import ClonePlanRequest, PlanResponse
from flexprice_emulator.catalog import plans
from flexprice_emulator.catalog.belongings import Belongings
from flexprice_emulator.catalog.price_view import present_price
from flexprice_emulator.catalog.prices import copy_price, prices_of
from flexprice_emulator.catalog.tables import PlanRow
from flexprice_emulator.entitlements import service as entitlements
from flexprice_emulator.entitlements.tables import EntitlementRow
from flexprice_emulator.grants import service as grants
from flexprice_emulator.grants.reads import to_response as present_grant
from flexprice_emulator.wire.errors import AlreadyExistsError, ValidationError
from flexprice_emulator.workspace.context import Context


def clone(ctx: Context, plan_id: str, request: ClonePlanRequest) -> PlanResponse:
    """A new plan with copies of the source's prices that have not ended, its entitlements and its credit grants.

    Copied prices keep their dates but not their lookup keys or ancestry; the answer shows the sequence of their
    sources. Raises ValidationError, NotFoundError and AlreadyExistsError.
    """
    if not request.name:
        raise ValidationError("Please provide a unique name for the cloned plan")
    if not request.lookup_key:
        raise ValidationError("Please provide a unique lookup_key for the cloned plan")
    source = plans.get_row(ctx, plan_id)
    if plans.published_by_lookup_key(ctx, request.lookup_key) is not None:
        raise AlreadyExistsError("Please choose a different lookup_key for the cloned plan", {"lookup_key": request.lookup_key})
    row = ctx.add(
        PlanRow(
            id=ctx.new_id("plan"),
            name=request.name,
            lookup_key=request.lookup_key,
            description=source.description if request.description is None else request.description,
            display_order=source.display_order if request.display_order is None else request.display_order,
            metadata_={**(source.metadata_ or {}), **(request.metadata or {}), "source_plan_id": source.id},
            **ctx.stamp(),
        )
    )
    shown = Belongings()
    for price in prices_of(ctx, plans.ENTITY_TYPE, [source.id], active_at=ctx.now):
        copy = present_price(ctx, copy_price(ctx, price, entity_id=row.id, lookup_key="", parent_price_id=""))
        copy.sequence = price.sequence
        shown.prices.append(copy)
    held = select(EntitlementRow).where(
        EntitlementRow.entity_type == plans.ENTITY_TYPE, EntitlementRow.entity_id == source.id, EntitlementRow.status == "published"
    )
    for entitlement in ctx.session.scalars(held.order_by(EntitlementRow.created_at.desc(), EntitlementRow.id.desc())).all():
        shown.entitlements.append(entitlements.to_response(ctx, entitlements.copy(ctx, entitlement, entity_id=row.id)))
    shown.credit_grants.extend(present_grant(ctx, grant) for grant in grants.copy_of_plan(ctx, source.id, row.id))
    return plans.to_response(ctx, row, shown)
