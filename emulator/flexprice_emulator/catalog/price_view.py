"""Prices as they are shown, and as rating reads them."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from flexprice_client.models.catalog import Addon, Plan
from flexprice_client.models.prices import PriceResponse, PriceTier, TransformQuantity
from flexprice_emulator.catalog import groups, meters, price_units
from flexprice_emulator.catalog.expansion import rows_by_id
from flexprice_emulator.catalog.tables import AddonRow, GroupRow, MeterRow, PlanRow, PriceRow, PriceUnitRow
from flexprice_emulator.rating.decimals import to_text
from flexprice_emulator.rating.money import display_amount
from flexprice_emulator.rating.pricing.model import Price
from flexprice_emulator.rating.pricing.model import PriceTier as RatingTier
from flexprice_emulator.rating.pricing.model import TransformQuantity as RatingTransform
from flexprice_emulator.wire.present import present
from flexprice_emulator.workspace.context import Context

# What a price read alone shows with it.
ALONE = frozenset({"meters", "groups", "priceunit"})
StoredTiers = Sequence[dict[str, Any]]


def present_price(ctx: Context, row: PriceRow, expand: Iterable[str] = ()) -> PriceResponse:
    """One price; `expand` of meters, groups, priceunit, plan, addons."""
    return present_prices(ctx, [row], expand)[0]


def present_prices(ctx: Context, rows: Sequence[PriceRow], expand: Iterable[str] = ()) -> list[PriceResponse]:
    """Prices in the order given, with what is expanded read in one query a kind."""
    wanted = frozenset(expand)

    def of(name: str, table: type[Any], ids: Iterable[str]) -> dict[str, Any]:
        return rows_by_id(ctx, table, ids) if name in wanted else {}

    held_meters = of("meters", MeterRow, (row.meter_id for row in rows))
    held_groups = of("groups", GroupRow, (row.group_id for row in rows))
    held_plans = of("plan", PlanRow, (row.entity_id for row in rows if row.entity_type == "PLAN"))
    held_addons = of("addons", AddonRow, (row.entity_id for row in rows if row.entity_type == "ADDON"))
    in_units = [row.price_unit_id for row in rows if row.price_unit_id]
    # The symbol is needed for the display of unit amounts, expanded or not.
    units = rows_by_id(ctx, PriceUnitRow, in_units) if in_units else {}
    # Shaped once, however many prices share one.
    shown_meters = {identity: meters.to_response(ctx, row) for identity, row in held_meters.items()}
    shown_groups = {identity: groups.to_response(ctx, row) for identity, row in held_groups.items()}
    shown = []
    for row in rows:
        extra: dict[str, Any] = {}
        if row.meter_id in shown_meters:
            extra["meter"] = shown_meters[row.meter_id]
        if row.group_id in shown_groups:
            extra["group"] = shown_groups[row.group_id]
        if row.entity_id in held_plans:
            extra["plan"] = present(ctx, Plan, held_plans[row.entity_id])
        if row.entity_id in held_addons:
            extra["addon"] = present(ctx, Addon, held_addons[row.entity_id])
        unit = units.get(row.price_unit_id)
        if unit is not None:
            extra["display_price_unit_amount"] = unit.symbol + to_text(row.price_unit_amount)
            if "priceunit" in wanted:
                extra["pricing_unit"] = price_units.to_response(ctx, unit)
        shown.append(
            present(
                ctx,
                PriceResponse,
                row,
                display_amount=display_amount(row.amount, row.currency),
                tiers=_tiers(row.tiers),
                price_unit_tiers=_tiers(row.price_unit_tiers),
                transform_quantity=TransformQuantity.model_construct(**row.transform_quantity),
                **extra,
            )
        )
    return shown


def as_created(response: PriceResponse) -> PriceResponse:
    """The answer that creates a price comes before its sequence is known."""
    response.sequence = 0
    return response


def rating_price(row: PriceRow) -> Price:
    """The price as rating reads it."""
    transform = row.transform_quantity
    return Price(
        id=row.id,
        currency=row.currency,
        billing_model=row.billing_model,
        amount=row.amount,
        tier_mode=row.tier_mode,
        tiers=rating_tiers(row.tiers),
        transform_quantity=RatingTransform(transform.get("divide_by", 1), transform.get("round", "")),
        type=row.type,
        invoice_cadence=row.invoice_cadence,
        billing_period=row.billing_period,
        billing_period_count=row.billing_period_count,
        meter_id=row.meter_id or None,
        display_name=row.display_name,
        min_quantity=row.min_quantity,
        trial_period_days=row.trial_period_days,
        start_date=row.start_date,
        end_date=row.end_date,
        price_unit=row.price_unit or None,
        price_unit_id=row.price_unit_id or None,
        price_unit_amount=row.price_unit_amount if row.price_unit else None,
        price_unit_tiers=rating_tiers(row.price_unit_tiers),
        conversion_rate=row.conversion_rate if row.price_unit else None,
        entity_type=row.entity_type,
        entity_id=row.entity_id,
        parent_price_id=row.parent_price_id or None,
    )


def rating_tiers(stored: StoredTiers | None) -> tuple[RatingTier, ...]:
    """Stored tiers as rating reads them, in the order sent."""
    return tuple(
        RatingTier(tier.get("up_to"), Decimal(tier["unit_amount"]), Decimal(tier.get("flat_amount") or 0)) for tier in stored or ()
    )


def _tiers(stored: StoredTiers | None) -> list[PriceTier] | None:
    if not stored:
        return None
    return [
        PriceTier.model_construct(
            up_to=tier.get("up_to"),
            unit_amount=Decimal(tier["unit_amount"]),
            flat_amount=None if tier.get("flat_amount") is None else Decimal(tier["flat_amount"]),
        )
        for tier in stored
    ]
