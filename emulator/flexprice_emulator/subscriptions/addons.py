"""Add-ons on a subscription: an association and a line per price (subscriptions.md §11.5)."""

from datetime import datetime

from flexprice_client.models.subscriptions import AddAddonToSubscriptionRequest
from flexprice_emulator.catalog import addons
from flexprice_emulator.catalog.tables import PriceRow
from flexprice_emulator.grants.service import on_addon_attached as add_credit_grants
from flexprice_emulator.rating.periods import next_billing_date
from flexprice_emulator.subscriptions.commitments import apply_commitments
from flexprice_emulator.subscriptions.overrides import apply_overrides
from flexprice_emulator.subscriptions.plan_prices import addon_prices, line_from_price, name_meters
from flexprice_emulator.subscriptions.tables import AddonAssociationRow, SubscriptionLineItemRow, SubscriptionRow
from flexprice_emulator.subscriptions.validation import check_commitment, check_overrides, check_proration_behavior
from flexprice_emulator.wire.errors import ValidationError
from flexprice_emulator.workspace.context import Context

_ATTACHABLE = ("active", "draft")


def attach_addon(
    ctx: Context,
    subscription: SubscriptionRow,
    request: AddAddonToSubscriptionRequest,
    *,
    default_start: datetime | None = None,
    association_id: str = "",
) -> tuple[AddonAssociationRow, list[SubscriptionLineItemRow]]:
    """The association, of a given id or a new one, and its lines. Raises NotFoundError (add-on), ValidationError."""
    _check(request)
    addon = addons.get_row(ctx, request.addon_id)
    if addon.status != "published":
        raise ValidationError("Addon is not active", {"addon_id": addon.id})
    if subscription.subscription_status not in _ATTACHABLE:
        raise ValidationError(
            "Addons can only be added to active or draft subscriptions",
            {"subscription_id": subscription.id, "subscription_status": subscription.subscription_status},
        )
    prices = addon_prices(ctx, addon.id, subscription)
    start = request.start_date or default_start or ctx.now
    end = period_end_after(subscription, start) if request.cadence == "onetime" else None
    association = ctx.add(
        AddonAssociationRow(
            id=association_id or ctx.new_id("addon_assoc"),
            entity_id=subscription.id,
            entity_type="subscription",
            addon_id=addon.id,
            cadence=request.cadence or "recurring",
            start_date=start,
            end_date=end,
            addon_status="active",
            metadata_=request.metadata,
            **ctx.stamp(),
        )
    )
    lines = _lines(ctx, subscription, association, prices, request)
    add_credit_grants(
        ctx,
        subscription,
        addon.id,
        association_id=association.id,
        start_date=start,
        end_date=end,
        proration_behavior=request.proration_behavior or "none",
    )
    return association, lines


def period_end_after(subscription: SubscriptionRow, moment: datetime) -> datetime:
    """The end of the billing period that contains a moment."""
    end = subscription.current_period_end
    while end <= moment and (subscription.end_date is None or end < subscription.end_date):
        end = next_billing_date(
            end,
            subscription.billing_anchor,
            subscription.billing_period,
            subscription.billing_period_count,
            timezone=subscription.timezone,
            subscription_end=subscription.end_date,
        )
    return end


def _check(request: AddAddonToSubscriptionRequest) -> None:
    if request.cadence not in (None, "", "onetime", "recurring"):
        raise ValidationError("Addon cadence must be onetime or recurring")
    check_proration_behavior(request.proration_behavior)
    check_overrides(request.override_line_items)
    for price_id, commitment in (request.line_item_commitments or {}).items():
        check_commitment(commitment, price_id)


def _lines(
    ctx: Context,
    subscription: SubscriptionRow,
    association: AddonAssociationRow,
    prices: list[PriceRow],
    request: AddAddonToSubscriptionRequest,
) -> list[SubscriptionLineItemRow]:
    lines = [
        line_from_price(
            ctx,
            subscription,
            price,
            start=association.start_date or ctx.now,
            end=association.end_date or subscription.end_date,
            entity_id=association.addon_id,
            entity_type="addon",
            addon_association_id=association.id,
            metadata_={
                "addon_id": association.addon_id,
                "addon_quantity": "1",
                "addon_status": "active",
                "subscription_id": subscription.id,
            },
        )
        for price in prices
    ]
    name_meters(ctx, lines)
    apply_commitments(ctx, lines, request.line_item_commitments or {})
    apply_overrides(ctx, subscription, lines, {price.id: price for price in prices}, request.override_line_items or ())
    ctx.session.add_all(lines)
    ctx.session.flush()
    return lines
