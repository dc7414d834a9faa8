"""Custom price units (rating.md §2.3)."""

from decimal import Decimal

from sqlalchemy import select

from flexprice_client.models.base import Pagination
from flexprice_client.models.price_units import (
    CreatePriceUnitRequest,
    ListPriceUnitsResponse,
    PriceUnitFilter,
    PriceUnitResponse,
    UpdatePriceUnitRequest,
)
from flexprice_emulator.catalog.tables import PriceUnitRow
from flexprice_emulator.wire.errors import AlreadyExistsError, DatabaseError, NotFoundError, ValidationError
from flexprice_emulator.wire.listing import ListSpec, page
from flexprice_emulator.wire.present import present
from flexprice_emulator.workspace.context import Context

LIST = ListSpec(PriceUnitRow, next_offset=False, unknown_field_hint="Failed to list price units")
# Widths of the reference's columns.
_CODE_WIDTH, _SYMBOL_WIDTH = 3, 10


def create(ctx: Context, request: CreatePriceUnitRequest) -> PriceUnitResponse:
    """A new unit; codes are kept in lower case. Raises ValidationError and AlreadyExistsError."""
    rate = request.conversion_rate
    if rate is None or rate <= 0:
        raise ValidationError("Conversion rate must be greater than zero", {"conversion_rate": Decimal(0) if rate is None else rate})
    code = request.code.lower()
    if len(code) > _CODE_WIDTH or len(request.symbol) > _SYMBOL_WIDTH:
        # The column refuses it there (wire.md §6).
        raise DatabaseError("Failed to create price unit")
    if _published(ctx, code) is not None:
        raise AlreadyExistsError("A price unit with this code already exists", {"code": code})
    row = ctx.add(
        PriceUnitRow(
            id=ctx.new_id("price_unit"),
            name=request.name,
            code=code,
            symbol=request.symbol,
            base_currency=request.base_currency.lower(),
            conversion_rate=rate,
            metadata_=request.metadata,
            **ctx.stamp(),
        )
    )
    return to_response(ctx, row)


def get_row(ctx: Context, unit_id: str) -> PriceUnitRow:
    """A unit of any status. Raises NotFoundError."""
    row = ctx.session.get(PriceUnitRow, unit_id)
    if row is None:
        raise NotFoundError(f"Price unit with ID {unit_id} was not found", {"price_unit_id": unit_id})
    return row


def get_row_by_code(ctx: Context, code: str) -> PriceUnitRow:
    """A published unit by its code, in any case. Raises NotFoundError."""
    row = _published(ctx, code.lower())
    if row is None:
        raise NotFoundError(f"Price unit with code {code} was not found", {"code": code})
    return row


def update(ctx: Context, row: PriceUnitRow, request: UpdatePriceUnitRequest) -> PriceUnitResponse:
    """Name and metadata. Raises ValidationError for an archived unit."""
    if row.status != "published":
        raise ValidationError("Price unit must be published to be updated", {"price_unit_id": row.id, "status": row.status})
    if request.name:
        row.name = request.name
    if request.metadata is not None:
        row.metadata_ = request.metadata
    ctx.touch(row)
    ctx.session.flush()
    return to_response(ctx, row)


def archive(ctx: Context, row: PriceUnitRow) -> None:
    """Archive a unit; prices in it go on (their rate is copied). A second time changes nothing."""
    if row.status == "published":
        row.status = "archived"
        ctx.touch(row)


def search(ctx: Context, wanted: PriceUnitFilter) -> ListPriceUnitsResponse:
    """A page of units; `total` is the page's length, as in the reference (wire.md §5)."""
    clauses = [PriceUnitRow.id.in_(wanted.price_unit_ids)] if wanted.price_unit_ids else []
    found = page(ctx, LIST, wanted, *clauses)
    shown = found.pagination
    items = [to_response(ctx, row) for row in found.rows]
    pagination = Pagination.model_construct(total=len(items), limit=shown.limit, offset=shown.offset)
    return ListPriceUnitsResponse.model_construct(items=items, pagination=pagination)


def to_response(ctx: Context, row: PriceUnitRow) -> PriceUnitResponse:
    """The wire's unit."""
    return present(ctx, PriceUnitResponse, row)


def _published(ctx: Context, code: str) -> PriceUnitRow | None:
    return ctx.session.scalar(select(PriceUnitRow).where(PriceUnitRow.code == code, PriceUnitRow.status == "published"))
