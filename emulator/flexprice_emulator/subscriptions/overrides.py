"""Other terms for a plan's price on one subscription: a price of its own, pointed to by the line (subscriptions.md §3.3)."""

from collections.abc import Sequence
from typing import Any

from flexprice_client.models.prices import CreatePriceTier
from flexprice_client.models.subscription_line_items import OverrideLineItemRequest
from flexprice_emulator.catalog.prices import copy_price, stored_tiers
from flexprice_emulator.catalog.tables import PriceRow
from flexprice_emulator.rating.decimals import ZERO
from flexprice_emulator.rating.pricing.price_unit import to_fiat
from flexprice_emulator.subscriptions.plan_prices import default_quantity
from flexprice_emulator.subscriptions.tables import SubscriptionLineItemRow, SubscriptionRow
from flexprice_emulator.wire.errors import ValidationError
from flexprice_emulator.workspace.context import Context

BILLING_MODELS = ("FLAT_FEE", "PACKAGE", "TIERED")


def apply_overrides(
    ctx: Context,
    subscription: SubscriptionRow,
    lines: Sequence[SubscriptionLineItemRow],
    prices: dict[str, PriceRow],
    overrides: Sequence[OverrideLineItemRequest],
) -> None:
    """Re-point lines to prices of their own; even a changed quantity alone makes one. Raises ValidationError."""
    for override in overrides:
        source = prices.get(override.price_id)
        line = next((line for line in lines if line.price_id == override.price_id), None)
        if source is None or line is None:
            raise ValidationError(
                "Could not find the original price for the specified price ID. The price must exist in the plan to create an override",
                {"price_id": override.price_id},
            )
        price = override_price(ctx, subscription.id, source, override)
        line.price_id = price.id
        if override.quantity is not None and price.type != "USAGE":
            line.quantity = override.quantity or default_quantity(price)


def override_price(ctx: Context, subscription_id: str, source: PriceRow, override: OverrideLineItemRequest) -> PriceRow:
    """A SUBSCRIPTION price with the source's terms but for the override's; its parent is the root of the source."""
    changes = _changes(source, override)
    return copy_price(
        ctx,
        source,
        entity_type="SUBSCRIPTION",
        entity_id=subscription_id,
        parent_price_id=source.parent_price_id or source.id,
        lookup_key="",
        start_date=ctx.now,
        end_date=None,
        **changes,
    )


def _changes(source: PriceRow, override: OverrideLineItemRequest) -> dict[str, Any]:
    model = override.billing_model or source.billing_model
    if model not in BILLING_MODELS:
        raise ValidationError("Invalid billing model", {"allowed": list(BILLING_MODELS), "billing_model": model})
    changes: dict[str, Any] = {"billing_model": model}
    in_units = bool(source.price_unit)
    if in_units and (override.amount is not None or override.tiers is not None):
        raise ValidationError("Please provide price_unit_amount or price_unit_tiers for a price in custom pricing units")
    if not in_units and (override.price_unit_amount is not None or override.price_unit_tiers is not None):
        raise ValidationError("Please provide amount or tiers for a price in fiat pricing units")
    if override.amount is not None:
        changes["amount"] = override.amount
    if override.price_unit_amount is not None:
        changes["price_unit_amount"] = override.price_unit_amount
        changes["amount"] = to_fiat(override.price_unit_amount, source.conversion_rate)
    if override.tier_mode is not None:
        changes["tier_mode"] = override.tier_mode
    if override.tiers is not None:
        changes["tiers"] = stored_tiers(override.tiers)
    if override.price_unit_tiers is not None:
        changes["price_unit_tiers"] = stored_tiers(override.price_unit_tiers)
        changes["tiers"] = stored_tiers(override.price_unit_tiers, source.conversion_rate)
    if override.transform_quantity is not None:
        changes["transform_quantity"] = override.transform_quantity.model_dump(exclude_defaults=True)
    _check_terms(source, model, changes)
    return changes


def _check_terms(source: PriceRow, model: str, changes: dict[str, Any]) -> None:
    if model == "TIERED":
        tiers: list[CreatePriceTier] | None = changes.get("tiers", source.tiers)
        if not tiers:
            raise ValidationError("Tiers are required for tiered billing model", {"price_id": source.id})
        if not changes.get("tier_mode", source.tier_mode):
            raise ValidationError("Tier mode is required for tiered billing model", {"price_id": source.id})
        changes.setdefault("amount", ZERO if source.billing_model != "TIERED" else source.amount)
    if model == "PACKAGE" and changes.get("transform_quantity", source.transform_quantity).get("divide_by", 0) <= 0:
        raise ValidationError("Please provide the number of units to set up package pricing", {"price_id": source.id})
