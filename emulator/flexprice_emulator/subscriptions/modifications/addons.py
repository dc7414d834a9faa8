"""Attaching add-ons to running subscriptions and removing them (subscriptions.md §11.5)."""

from sqlalchemy import select

from flexprice_client.models.addons import AddonResponse
from flexprice_client.models.base import Pagination, SuccessResponse
from flexprice_client.models.subscription_changes import (
    AddAddonRequest,
    AddAddonToSubscriptionResponse,
    AddonAssociationResponse,
    ListAddonAssociationsResponse,
    RemoveAddonRequest,
)
from flexprice_client.models.subscriptions import AddAddonToSubscriptionRequest
from flexprice_emulator.catalog import addons as catalog_addons
from flexprice_emulator.catalog.belongings import belongings
from flexprice_emulator.catalog.expansion import rows_by_id
from flexprice_emulator.catalog.tables import AddonRow, PriceRow
from flexprice_emulator.entitlements import service as entitlements
from flexprice_emulator.grants.service import on_addon_removed as end_credit_grants
from flexprice_emulator.rating.entitlement.model import Entitlement
from flexprice_emulator.subscriptions.addons import attach_addon
from flexprice_emulator.subscriptions.entitlements import entitlements_of
from flexprice_emulator.subscriptions.lifecycle.cancel_credit import billed
from flexprice_emulator.subscriptions.modifications import settlement
from flexprice_emulator.subscriptions.modifications.checks import check_in_period
from flexprice_emulator.subscriptions.modifications.lines import emit_updated, shut
from flexprice_emulator.subscriptions.reads import get_row
from flexprice_emulator.subscriptions.tables import AddonAssociationRow, SubscriptionLineItemRow, SubscriptionRow
from flexprice_emulator.subscriptions.terms import line_item_rows
from flexprice_emulator.subscriptions.validation import check_proration_behavior
from flexprice_emulator.wire.errors import NotFoundError, ValidationError
from flexprice_emulator.wire.present import present
from flexprice_emulator.workspace.context import Context

_REQUIRED = "Key: 'AddAddonRequest.{path}' Error:Field validation for '{name}' failed on the 'required' tag"


def add(ctx: Context, request: AddAddonRequest) -> AddAddonToSubscriptionResponse:
    """Attach; with create_prorations the rest of the running period is billed now. Raises NotFoundError, ValidationError."""
    _check_required(request)
    row = get_row(ctx, request.subscription_id)
    fields = {name: getattr(request, name) for name in AddAddonToSubscriptionRequest.model_fields}
    wanted = AddAddonToSubscriptionRequest.model_construct(**fields)
    if request.checkout is not None:
        # A checkout attaches add-ons in its turn.
        from flexprice_emulator.checkout.addons import open_for

        pending, session = open_for(ctx, row, wanted, request.checkout)
        return present(ctx, AddAddonToSubscriptionResponse, pending, checkout_session=session.to_wire())
    association, _ = attach(ctx, row, wanted)
    emit_updated(ctx, row)
    return present(ctx, AddAddonToSubscriptionResponse, association)


def attach(
    ctx: Context, row: SubscriptionRow, request: AddAddonToSubscriptionRequest
) -> tuple[AddonAssociationRow, list[SubscriptionLineItemRow]]:
    """The association and its lines, settled."""
    association, lines = attach_unsettled(ctx, row, request)
    if request.proration_behavior == "create_prorations" and row.subscription_status == "active":
        due = shares_of(ctx, row, lines)
        if due:
            settlement.charge(ctx, row, due, association.id)
    return association, lines


def attach_unsettled(
    ctx: Context, row: SubscriptionRow, request: AddAddonToSubscriptionRequest, *, association_id: str = ""
) -> tuple[AddonAssociationRow, list[SubscriptionLineItemRow]]:
    """The association and its lines; nothing is charged."""
    _check_conflicts(ctx, row, request.addon_id)
    return attach_addon(ctx, row, request, association_id=association_id)


def shares_of(ctx: Context, row: SubscriptionRow, lines: list[SubscriptionLineItemRow]) -> list[settlement.Share]:
    """What the lines of an add-on cost in the running period."""
    prices = rows_by_id(ctx, PriceRow, (line.price_id for line in lines))
    shares = [settlement.opening_share(row, line, prices[line.price_id], line.start_date) for line in lines]
    return [share for share in shares if share is not None]


def remove(ctx: Context, request: RemoveAddonRequest) -> SuccessResponse:
    """Detach as of a date of the running period. Raises NotFoundError, ValidationError."""
    association = get_association(ctx, request.addon_association_id)
    row = get_row(ctx, association.entity_id)
    detach(ctx, row, association, request)
    emit_updated(ctx, row)
    return SuccessResponse(message="addon removed from subscription successfully")


def get_association(ctx: Context, association_id: str) -> AddonAssociationRow:
    """A published association. Raises NotFoundError."""
    association = ctx.session.get(AddonAssociationRow, association_id)
    if association is None or association.status != "published":
        details = {"addon_association_id": association_id}
        raise NotFoundError(f"Addon association with ID {association_id} was not found", details)
    return association


def detach(
    ctx: Context, row: SubscriptionRow, association: AddonAssociationRow, request: RemoveAddonRequest
) -> list[SubscriptionLineItemRow]:
    """End an association with its lines and grants; the lines that ended. Raises ValidationError for one that ends already."""
    check_proration_behavior(request.proration_behavior)
    if association.addon_status == "pending":
        raise ValidationError("Addons that wait for their checkout cannot be removed", {"addon_association_id": association.id})
    if association.end_date is not None:
        details = {"addon_association_id": association.id, "end_date": association.end_date}
        raise ValidationError("This addon is already marked for removal", details)
    effective = request.effective_date or row.current_period_end
    check_in_period(row, effective, closed=True)
    association.end_date, association.addon_status = effective, "cancelled"
    association.cancelled_at, association.cancellation_reason = ctx.now, request.reason
    ctx.touch(association)
    lines = lines_of(ctx, row, association)
    prices = rows_by_id(ctx, PriceRow, (line.price_id for line in lines))
    paid = billed(ctx, row) if request.proration_behavior == "create_prorations" else None
    for line in lines:
        share = settlement.closing_share(ctx, row, line, prices[line.price_id], effective, paid) if paid is not None else None
        if share is not None:
            settlement.credit(ctx, row, -share.amount, settlement.credit_key(row, line, effective))
        shut(ctx, line, effective)
    ctx.session.flush()
    end_credit_grants(ctx, row, association.id, effective)
    return lines


def lines_of(ctx: Context, row: SubscriptionRow, association: AddonAssociationRow) -> list[SubscriptionLineItemRow]:
    """The lines of an association that do not end by themselves."""
    return [line for line in line_item_rows(ctx, [row.id]) if line.addon_association_id == association.id and line.end_date == row.end_date]


def associations(ctx: Context, subscription_id: str) -> ListAddonAssociationsResponse:
    """What is attached and not marked for removal, newest first, unpaged; the pagination counts only."""
    row = get_row(ctx, subscription_id)
    query = select(AddonAssociationRow).where(
        AddonAssociationRow.entity_id == row.id, AddonAssociationRow.status == "published", AddonAssociationRow.addon_status == "active"
    )
    found = ctx.session.scalars(query.order_by(AddonAssociationRow.created_at.desc(), AddonAssociationRow.id.desc())).all()
    shown = _shown_addons(ctx, [association.addon_id for association in found])
    items = [present(ctx, AddonAssociationResponse, association, addon=shown.get(association.addon_id)) for association in found]
    pagination = Pagination.model_construct(total=len(items), limit=0, offset=0)
    return ListAddonAssociationsResponse.model_construct(items=items, pagination=pagination)


def _shown_addons(ctx: Context, addon_ids: list[str]) -> dict[str, AddonResponse]:
    held = rows_by_id(ctx, AddonRow, addon_ids)
    belong = belongings(ctx, catalog_addons.ENTITY_TYPE, list(held), {"prices"})
    return {identity: catalog_addons.to_response(ctx, addon, belong[identity]) for identity, addon in held.items()}


def _check_required(request: AddAddonRequest) -> None:
    missing = {}
    if not request.subscription_id:
        missing["SubscriptionID"] = _REQUIRED.format(path="SubscriptionID", name="SubscriptionID")
    if not request.addon_id:
        missing["AddonID"] = _REQUIRED.format(path="AddAddonToSubscriptionRequest.AddonID", name="AddonID")
    if missing:
        raise ValidationError("Request validation failed", missing)


def _check_conflicts(ctx: Context, row: SubscriptionRow, addon_id: str) -> None:
    """Raises ValidationError where a metered feature would have two reset periods."""
    held = {found.feature_id: found for found in entitlements_of(ctx, [row])[row.id] if _is_metered(found)}
    for found in entitlements.rows_of(ctx, catalog_addons.ENTITY_TYPE, [addon_id]):
        other = held.get(found.feature_id)
        if found.feature_type == "metered" and other is not None and found.usage_reset_period != other.usage_reset_period:
            raise ValidationError(
                "The addon's entitlement has another usage reset period than the subscription's entitlement of the same feature",
                {
                    "addon_id": addon_id,
                    "feature_id": found.feature_id,
                    "usage_reset_periods": [other.usage_reset_period, found.usage_reset_period],
                },
            )


def _is_metered(entitlement: Entitlement) -> bool:
    return entitlement.feature_type == "metered"
