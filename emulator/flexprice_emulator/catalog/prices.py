"""Prices: creation, copies, reading and lists (rating.md §2)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from flexprice_client.models.base import FilterCondition, decimal_text
from flexprice_client.models.prices import (
    CreatePriceRequest,
    CreatePriceTier,
    ListPricesResponse,
    PriceFilter,
    PriceQuery,
    PriceResponse,
)
from flexprice_emulator.catalog import groups, meters, price_rules, price_units
from flexprice_emulator.catalog.price_owners import owner, owner_name
from flexprice_emulator.catalog.price_view import ALONE, as_created, present_price, present_prices, rating_price
from flexprice_emulator.catalog.tables import PriceRow
from flexprice_emulator.rating.decimals import ZERO
from flexprice_emulator.rating.pricing.price_unit import to_fiat
from flexprice_emulator.wire.binding import check_tags
from flexprice_emulator.wire.errors import AlreadyExistsError, ApiError, NotFoundError, ValidationError
from flexprice_emulator.wire.listing import ListSpec, column, conditions, expand_names, page
from flexprice_emulator.workspace.context import Context

__all__ = ["as_created", "copy_price", "create_price", "get_row", "present_price", "present_prices", "rating_price", "search"]

LIST = ListSpec(
    PriceRow,
    over_limit="echo",
    order_checked=False,
    expands={"meters", "priceunit", "plan", "addons", "groups"},
    unknown_field_hint="Failed to list prices",
)
_COPIED = tuple(
    attribute.key
    for attribute in PriceRow.__mapper__.column_attrs
    if attribute.key not in {"id", "status", "created_at", "updated_at", "created_by", "updated_by", "sequence"}
)
BULK_LIMIT = 100


def create(ctx: Context, request: CreatePriceRequest) -> PriceResponse:
    """A new price, as the answer of its creation shows it."""
    return as_created(present_price(ctx, create_price(ctx, request)))


def create_bulk(ctx: Context, requests: Sequence[CreatePriceRequest]) -> list[PriceResponse]:
    """1 to 100 prices, all or none; a broken item's place is in `details.index`."""
    if not requests:
        raise ValidationError("Please provide at least one price to create")
    if len(requests) > BULK_LIMIT:
        raise ValidationError(f"Too many prices in bulk request, maximum allowed is {BULK_LIMIT}", {"count": len(requests)})
    for index, request in enumerate(requests):
        try:
            check_tags(request)
            price_rules.check(request)
        except ApiError as error:
            raise type(error)(error.message, {**error.details, "index": index}) from None
    shown = []
    for request in requests:
        response = as_created(present_price(ctx, create_price(ctx, request)))
        response.currency = request.currency
        response.price_unit_amount = response.price_unit_amount if response.price_unit else None
        response.conversion_rate = response.conversion_rate if response.price_unit else None
        shown.append(response)
    return shown


def create_price(ctx: Context, request: CreatePriceRequest, *, parent_price_id: str = "") -> PriceRow:
    """A new price. Raises ValidationError, NotFoundError (owner, meter) and AlreadyExistsError (lookup_key)."""
    price_rules.check(request)
    name = _default_name(ctx, request)
    if request.group_id:
        groups.check_membership(ctx, request.group_id, "price")
    price_id = ctx.new_id("price")
    check_lookup_key(ctx, request.lookup_key, price_id)
    transform = request.transform_quantity
    row = PriceRow(
        id=price_id,
        currency=request.currency.lower(),
        type=request.type,
        billing_period=request.billing_period,
        billing_period_count=request.billing_period_count,
        billing_model=request.billing_model,
        invoice_cadence=request.invoice_cadence,
        trial_period_days=request.trial_period_days,
        min_quantity=None if request.min_quantity is None else Decimal(request.min_quantity),
        tier_mode=request.tier_mode,
        transform_quantity=transform.model_dump(exclude_defaults=True) if transform else {"divide_by": 1},
        meter_id=request.meter_id,
        display_name=request.display_name or name,
        lookup_key=request.lookup_key,
        description=request.description,
        metadata_=request.metadata or {},
        entity_type=request.entity_type,
        entity_id=request.entity_id,
        parent_price_id=parent_price_id,
        group_id=request.group_id,
        start_date=request.start_date or ctx.now,
        end_date=request.end_date,
        sequence=next_sequence(ctx),
        **_money(ctx, request),
        **ctx.stamp(),
    )
    return ctx.add(row)


def copy_price(ctx: Context, source: PriceRow, **changes: Any) -> PriceRow:
    """A new price with the source's columns but for `changes` (columns of PriceRow; `lookup_key` is checked)."""
    price_id = ctx.new_id("price")
    values = {name: getattr(source, name) for name in _COPIED} | changes
    if values["end_date"] is None:
        check_lookup_key(ctx, values["lookup_key"], price_id)
    return ctx.add(PriceRow(id=price_id, sequence=next_sequence(ctx), **values, **ctx.stamp()))


def get_row(ctx: Context, price_id: str) -> PriceRow:
    """A price of any status. Raises NotFoundError."""
    row = ctx.session.get(PriceRow, price_id)
    if row is None:
        raise NotFoundError(f"Price with ID {price_id} was not found", {"price_id": price_id})
    return row


def get_row_by_lookup_key(ctx: Context, lookup_key: str) -> PriceRow:
    """The published price of a key, the one without an end before ended ones. Raises NotFoundError."""
    row = ctx.session.scalar(
        select(PriceRow)
        .where(PriceRow.lookup_key == lookup_key, PriceRow.status == "published")
        .order_by(PriceRow.end_date.is_not(None), PriceRow.end_date.desc(), PriceRow.id.desc())
        .limit(1)
    )
    if row is None:
        raise NotFoundError(f"Price with lookup key {lookup_key} was not found", {"lookup_key": lookup_key})
    return row


def to_response(ctx: Context, row: PriceRow) -> PriceResponse:
    """A price read alone: with its meter, group and unit."""
    return present_price(ctx, row, ALONE)


def prices_of(ctx: Context, entity_type: str, entity_ids: Sequence[str], *, active_at: datetime | None = None) -> list[PriceRow]:
    """The published prices of these entities, newest first; ended ones too unless `active_at` is given."""
    query = select(PriceRow).where(PriceRow.entity_type == entity_type, PriceRow.entity_id.in_(entity_ids), PriceRow.status == "published")
    if active_at is not None:
        query = query.where(or_(PriceRow.end_date.is_(None), PriceRow.end_date > active_at))
    return list(ctx.session.scalars(query.order_by(PriceRow.created_at.desc(), PriceRow.id.desc())))


def search(ctx: Context, wanted: PriceQuery) -> ListPricesResponse:
    """A page of prices. Ended ones are hidden unless asked for."""
    expanded = expand_names(LIST, wanted.expand)
    clauses = _clauses(ctx, wanted)
    if isinstance(wanted, PriceFilter):
        clauses += conditions(LIST, [_amount_alias(held) for held in wanted.filters or ()])
    spec = replace(LIST, default_order=(wanted.sort,)) if wanted.sort and column(LIST, wanted.sort) is not None else LIST
    found = page(ctx, spec, wanted, *clauses)
    return found.response(present_prices(ctx, found.rows, expanded))


def next_sequence(ctx: Context) -> int:
    """One more than any price's: every creation and every ending takes one."""
    return (ctx.session.scalar(select(func.max(PriceRow.sequence))) or 0) + 1


def check_lookup_key(ctx: Context, lookup_key: str, price_id: str) -> None:
    """Raises AlreadyExistsError where a published price without an end has the key."""
    if not lookup_key:
        return
    taken = ctx.session.scalar(
        select(PriceRow.id).where(
            PriceRow.lookup_key == lookup_key, PriceRow.status == "published", PriceRow.end_date.is_(None), PriceRow.id != price_id
        )
    )
    if taken is not None:
        raise AlreadyExistsError("A price with this identifier already exists", {"lookup_key": lookup_key, "price_id": price_id})


def stored_tiers(tiers: Sequence[CreatePriceTier] | None, rate: Decimal | None = None) -> list[dict[str, Any]] | None:
    """Tiers as they are kept, in the order sent; converted where a rate is given."""
    if not tiers:
        return None

    def text(value: Decimal) -> str:
        return decimal_text(value if rate is None else to_fiat(value, rate))

    kept = []
    for tier in tiers:
        held: dict[str, Any] = {"up_to": tier.up_to, "unit_amount": text(tier.unit_amount)}
        if tier.flat_amount is not None:
            held["flat_amount"] = text(tier.flat_amount)
        kept.append(held)
    return kept


def _default_name(ctx: Context, request: CreatePriceRequest) -> str:
    name = owner_name(owner(ctx, request.entity_type, request.entity_id))
    return meters.get_row(ctx, request.meter_id).name if request.meter_id else name


def _money(ctx: Context, request: CreatePriceRequest) -> dict[str, Any]:
    """Amount and tiers in fiat, and what they were in units."""
    config = request.price_unit_config
    if config is None:
        return {"amount": request.amount or ZERO, "tiers": stored_tiers(request.tiers)}
    unit = price_units.get_row_by_code(ctx, config.price_unit)
    if unit.base_currency != request.currency.lower():
        raise ValidationError(
            "Price currency must match the base currency of the pricing unit",
            {"base_currency": unit.base_currency, "currency": request.currency.lower()},
        )
    rate = unit.conversion_rate
    return {
        "amount": to_fiat(config.amount or ZERO, rate),
        "tiers": stored_tiers(config.price_unit_tiers, rate),
        "price_unit_type": "CUSTOM",
        "price_unit_id": unit.id,
        "price_unit": unit.code,
        "price_unit_amount": config.amount or ZERO,
        "price_unit_tiers": stored_tiers(config.price_unit_tiers),
        "conversion_rate": rate,
    }


def _clauses(ctx: Context, wanted: PriceQuery) -> list[ColumnElement[bool]]:
    clauses: list[ColumnElement[bool]] = []
    if not wanted.allow_expired_prices:
        clauses.append(or_(PriceRow.end_date.is_(None), PriceRow.end_date > ctx.now))
    if wanted.price_ids:
        clauses.append(PriceRow.id.in_(wanted.price_ids))
    if wanted.entity_type:
        clauses.append(PriceRow.entity_type == wanted.entity_type)
    if wanted.entity_ids:
        clauses.append(PriceRow.entity_id.in_(wanted.entity_ids))
    if wanted.subscription_id:
        clauses += [PriceRow.entity_type == "SUBSCRIPTION", PriceRow.entity_id == wanted.subscription_id]
    if wanted.parent_price_id:
        clauses.append(PriceRow.parent_price_id == wanted.parent_price_id)
    if wanted.meter_ids:
        clauses.append(PriceRow.meter_id.in_(wanted.meter_ids))
    if wanted.billing_periods:
        clauses.append(PriceRow.billing_period.in_(wanted.billing_periods))
    if wanted.start_date_lt:
        clauses.append(PriceRow.start_date < wanted.start_date_lt)
    return clauses


def _amount_alias(condition: FilterCondition) -> FilterCondition:
    """`value` is another name of the amount in conditions (wire.md §5)."""
    return condition.model_copy(update={"field": "amount"}) if condition.field == "value" else condition
