"""Changes of prices: texts in place, money terms by a successor (rating.md §2.4).

Invariant: a price and its successor never overlap: the successor starts at the instant the price ends.
"""

from datetime import datetime
from typing import Any

from flexprice_client.models.prices import (
    CreatePriceRequest,
    CreatePriceTier,
    PriceResponse,
    PriceUnitConfig,
    TransformQuantityInput,
    UpdatePriceRequest,
)
from flexprice_emulator.catalog import groups, price_rules
from flexprice_emulator.catalog.price_view import as_created, present_price
from flexprice_emulator.catalog.prices import check_lookup_key, copy_price, next_sequence, stored_tiers
from flexprice_emulator.catalog.tables import PriceRow
from flexprice_emulator.rating.decimals import ZERO
from flexprice_emulator.rating.pricing.price_unit import to_fiat
from flexprice_emulator.wire.errors import ValidationError
from flexprice_emulator.workspace.context import Context


def update(ctx: Context, row: PriceRow, request: UpdatePriceRequest) -> PriceResponse:
    """The changed price, or the successor where money terms change."""
    if request.group_id:
        groups.check_membership(ctx, request.group_id, "price")
    if _changes_money(request):
        return as_created(present_price(ctx, succeed(ctx, row, request)))
    if request.effective_from is not None:
        raise ValidationError(
            "When providing effective_from, please also provide at least one of amount, billing_model, tier_mode, tiers, "
            "transform_quantity, price_unit_amount or price_unit_tiers"
        )
    texts = _texts(request)
    if row.end_date is None:
        check_lookup_key(ctx, texts.get("lookup_key", ""), row.id)
    for name, value in texts.items():
        setattr(row, name, value)
    ctx.touch(row)
    ctx.session.flush()
    return present_price(ctx, row)


def succeed(ctx: Context, row: PriceRow, request: UpdatePriceRequest) -> PriceRow:
    """End the price and make its successor from the same instant. Raises ValidationError."""
    changes = _terms(row, request)
    start = request.effective_from or ctx.now
    end(ctx, row, start, refuse_ended=True)
    return copy_price(
        ctx, row, **changes, **_texts(request), start_date=start, end_date=None, parent_price_id=row.parent_price_id or row.id
    )


def end(ctx: Context, row: PriceRow, moment: datetime | None, *, refuse_ended: bool = False) -> None:
    """End a price at a moment, now when None. Lines that use it follow at the next plan price sync."""
    if refuse_ended and row.end_date is not None:
        raise ValidationError("Price has already been ended and cannot be changed", {"price_id": row.id, "end_date": row.end_date})
    until = moment or ctx.now
    if moment is not None and row.start_date is not None and moment < row.start_date:
        raise ValidationError("End date must be after start date", {"end_date": moment, "start_date": row.start_date})
    row.end_date = until
    row.sequence = next_sequence(ctx)
    ctx.touch(row)
    ctx.session.flush()


def _changes_money(request: UpdatePriceRequest) -> bool:
    return any(
        getattr(request, name) not in (None, "")
        for name in ("amount", "billing_model", "tier_mode", "tiers", "transform_quantity", "price_unit_amount", "price_unit_tiers")
    )


def _texts(request: UpdatePriceRequest) -> dict[str, Any]:
    """Columns that change in place."""
    given = {name: getattr(request, name) for name in ("lookup_key", "description", "display_name", "group_id")}
    given["metadata_"] = request.metadata
    return {name: value for name, value in given.items() if value is not None}


def _terms(row: PriceRow, request: UpdatePriceRequest) -> dict[str, Any]:
    """The successor's money columns, after the rules of creation."""
    in_units = bool(row.price_unit)
    if in_units and (request.amount is not None or request.tiers is not None):
        raise ValidationError("Please provide price_unit_amount or price_unit_tiers for a price in custom pricing units")
    if not in_units and (request.price_unit_amount is not None or request.price_unit_tiers is not None):
        raise ValidationError("Please provide amount or tiers for a price in fiat pricing units")
    wanted = _as_request(row, request)
    price_rules.check(wanted)
    tiered = wanted.billing_model == "TIERED"
    transform = wanted.transform_quantity
    terms: dict[str, Any] = {
        "billing_model": wanted.billing_model,
        "tier_mode": wanted.tier_mode if tiered else "",
        "transform_quantity": transform.model_dump(exclude_defaults=True) if transform else {"divide_by": 1},
    }
    config = wanted.price_unit_config
    if config is None:
        return terms | {"amount": wanted.amount or ZERO, "tiers": stored_tiers(wanted.tiers) if tiered else None}
    rate = row.conversion_rate
    return terms | {
        "amount": to_fiat(config.amount or ZERO, rate),
        "tiers": stored_tiers(config.price_unit_tiers, rate) if tiered else None,
        "price_unit_amount": config.amount or ZERO,
        "price_unit_tiers": stored_tiers(config.price_unit_tiers) if tiered else None,
    }


def _as_request(row: PriceRow, request: UpdatePriceRequest) -> CreatePriceRequest:
    """What the successor would have been asked for with."""
    config = None
    if row.price_unit:
        config = PriceUnitConfig.model_construct(
            price_unit=row.price_unit,
            amount=row.price_unit_amount if request.price_unit_amount is None else request.price_unit_amount,
            price_unit_tiers=request.price_unit_tiers if request.price_unit_tiers is not None else _tiers(row.price_unit_tiers),
        )
    model = request.billing_model or row.billing_model
    transform = request.transform_quantity or TransformQuantityInput.model_validate(row.transform_quantity)
    return CreatePriceRequest.model_construct(
        amount=None if config else (row.amount if request.amount is None else request.amount),
        currency=row.currency,
        entity_type=row.entity_type,
        entity_id=row.entity_id,
        type=row.type,
        price_unit_type=row.price_unit_type,
        billing_period=row.billing_period,
        billing_period_count=row.billing_period_count,
        billing_model=model,
        invoice_cadence=row.invoice_cadence,
        meter_id=row.meter_id,
        tier_mode=request.tier_mode or row.tier_mode,
        tiers=None if config else (request.tiers if request.tiers is not None else _tiers(row.tiers)),
        transform_quantity=transform,
        price_unit_config=config,
    )


def _tiers(stored: list[dict[str, Any]] | None) -> list[CreatePriceTier] | None:
    return None if stored is None else [CreatePriceTier.model_validate(tier) for tier in stored]
