"""Cost sheets: prices of what a tenant pays itself (wire.md §10)."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, select

from flexprice_client.models.base import Pagination, SearchFilter
from flexprice_client.models.costs import (
    Costsheet,
    CostsheetFilter,
    CostsheetResponse,
    CreateCostsheetRequest,
    ListCostsheetResponse,
    UpdateCostsheetRequest,
)
from flexprice_emulator.catalog.prices import present_prices, prices_of
from flexprice_emulator.catalog.tables import CostsheetRow
from flexprice_emulator.wire.errors import DatabaseError, NotFoundError
from flexprice_emulator.wire.listing import ListSpec, page
from flexprice_emulator.wire.present import present
from flexprice_emulator.workspace.context import Context

LIST = ListSpec(CostsheetRow, next_offset=False, unknown_field_hint="Failed to list costsheets")
ENTITY_TYPE = "COSTSHEET"


def create(ctx: Context, request: CreateCostsheetRequest) -> Costsheet:
    """A new sheet. A used lookup_key is a 500 database_error, as in the reference (wire.md §6)."""
    if _taken(ctx, request.lookup_key, ""):
        raise DatabaseError("Failed to create costsheet")
    row = CostsheetRow(
        id=ctx.new_id("cost"),
        name=request.name,
        lookup_key=request.lookup_key,
        description=request.description,
        metadata_=request.metadata,
        **ctx.stamp(),
    )
    return present(ctx, Costsheet, ctx.add(row))


def get_row(ctx: Context, costsheet_id: str) -> CostsheetRow:
    """A sheet of any status. Raises NotFoundError."""
    row = ctx.session.get(CostsheetRow, costsheet_id)
    if row is None:
        raise NotFoundError("No costsheet found with the provided ID", {"id": costsheet_id})
    return row


def active(ctx: Context) -> CostsheetRow | None:
    """The newest published sheet, else the newest deleted one: the reference goes on using it."""
    query = select(CostsheetRow).order_by((CostsheetRow.status == "published").desc(), CostsheetRow.id.desc())
    return ctx.session.scalar(query.limit(1))


def get_active_row(ctx: Context) -> CostsheetRow:
    """As active. Raises NotFoundError where there is none."""
    row = active(ctx)
    if row is None:
        raise NotFoundError("No active costsheet found")
    return row


def update(ctx: Context, row: CostsheetRow, request: UpdateCostsheetRequest) -> Costsheet:
    """Changes what is given."""
    if request.lookup_key and _taken(ctx, request.lookup_key, row.id):
        raise DatabaseError("Failed to update costsheet")
    for name, value in request.model_dump(exclude={"metadata"}, exclude_none=True).items():
        setattr(row, name, value)
    if request.metadata is not None:
        row.metadata_ = request.metadata
    ctx.touch(row)
    ctx.session.flush()
    return present(ctx, Costsheet, row)


def delete(ctx: Context, row: CostsheetRow) -> None:
    """Mark a sheet deleted; its prices stay."""
    row.status = "deleted"
    ctx.touch(row)


def search(ctx: Context, wanted: CostsheetFilter) -> ListCostsheetResponse:
    """The first 50 sheets that match, newest first, without prices."""
    clauses: list[ColumnElement[bool]] = []
    if wanted.costsheetIDs:
        clauses.append(CostsheetRow.id.in_(wanted.costsheetIDs))
    if wanted.lookupKey:
        clauses.append(CostsheetRow.lookup_key == wanted.lookupKey)
    if wanted.name:
        clauses.append(CostsheetRow.name == wanted.name)
    listed = SearchFilter.model_construct(status=wanted.status, filters=wanted.filters, sort=wanted.sort)
    found = page(ctx, LIST, listed, *clauses)
    pagination = Pagination.model_construct(total=found.pagination.total, limit=found.pagination.limit, offset=0)
    items = [present(ctx, CostsheetResponse, row) for row in found.rows]
    return ListCostsheetResponse.model_construct(items=items, pagination=pagination)


def read(ctx: Context, row: CostsheetRow, expand: Iterable[str] = ()) -> CostsheetResponse:
    """A sheet with its prices; `expand` as for prices."""
    prices = present_prices(ctx, prices_of(ctx, ENTITY_TYPE, [row.id]), expand)
    return present(ctx, CostsheetResponse, row, prices=prices)


def _taken(ctx: Context, lookup_key: str, costsheet_id: str) -> bool:
    if not lookup_key:
        return False
    query = select(CostsheetRow.id).where(
        CostsheetRow.lookup_key == lookup_key, CostsheetRow.status == "published", CostsheetRow.id != costsheet_id
    )
    return ctx.session.scalar(query.limit(1)) is not None
