"""Tax rates: creation, change, archive, lists."""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import ColumnElement, exists, select

from flexprice_client.models.taxes import CreateTaxRateRequest, TaxRateFilter, TaxRateResponse, UpdateTaxRateRequest
from flexprice_emulator.rating.decimals import ZERO
from flexprice_emulator.rating.tax import TaxRate
from flexprice_emulator.taxes.tables import TaxAssociationRow, TaxRateRow
from flexprice_emulator.wire.errors import AlreadyExistsError, NotFoundError, ValidationError
from flexprice_emulator.wire.listing import ListSpec, Page, page
from flexprice_emulator.wire.present import present
from flexprice_emulator.workspace.context import Context

LIST_HINT = "Invalid filter"
LIST = ListSpec(
    TaxRateRow,
    limit_hint=LIST_HINT,
    zero_limit="refuse",
    unlimited=True,
    time_column=None,
    conditions_checked=True,
    unknown_field_hint="Failed to list tax rates",
)
TYPES = ("percentage", "fixed")
SCOPES = ("INTERNAL", "EXTERNAL", "ONETIME")
_HUNDRED = Decimal(100)
_DUPLICATE = 'ent: constraint failed: pq: duplicate key value violates unique constraint "idx_code_tenant_id_environment_id"'


def create(ctx: Context, request: CreateTaxRateRequest) -> TaxRateResponse:
    """A new rate. Raises ValidationError for type and value, AlreadyExistsError for a code in use."""
    _check_value(request)
    if request.scope and request.scope not in SCOPES:
        raise ValidationError("Invalid tax rate scope")
    row = TaxRateRow(
        id=ctx.new_id("taxrate"),
        name=request.name,
        code=request.code,
        description=request.description,
        tax_rate_type=request.tax_rate_type,
        scope=request.scope or "INTERNAL",
        percentage_value=request.percentage_value or ZERO,
        fixed_value=request.fixed_value or ZERO,
        metadata_=request.metadata,
        **{**ctx.stamp(), "updated_by": ""},
    )
    _refuse_duplicate(ctx, row)
    ctx.add(row)
    # Built before the row is read back: the unused value is absent, and the caller shows as the one who changed it last.
    given = {"percentage_value": request.percentage_value, "fixed_value": request.fixed_value}
    return present(ctx, TaxRateResponse, row, updated_by=ctx.user_id, **given)


def get_row(ctx: Context, rate_id: str) -> TaxRateRow:
    """A rate by id, archived ones included. Raises NotFoundError."""
    row = ctx.session.get(TaxRateRow, rate_id)
    if row is None:
        raise NotFoundError(f"Taxrate with ID {rate_id} was not found", {"taxrate_id": rate_id})
    return row


def get_row_by_code(ctx: Context, code: str) -> TaxRateRow:
    """A published rate by code. Raises NotFoundError."""
    row = ctx.session.scalar(select(TaxRateRow).where(TaxRateRow.code == code, TaxRateRow.status == "published"))
    if row is None:
        raise NotFoundError(f"Taxrate with code {code} was not found", {"taxrate_code": code})
    return row


def update(ctx: Context, row: TaxRateRow, request: UpdateTaxRateRequest) -> TaxRateResponse:
    """Changes what is given of a rate nothing is linked to. Raises ValidationError for a linked one.

    Known oddity: `tax_rate_status` shows in the answer and is lost.
    """
    if _is_linked(ctx, row.id):
        raise ValidationError("Tax rate is being used in tax assignments, cannot update")
    if request.tax_rate_status not in (None, "ACTIVE", "INACTIVE"):
        raise ValidationError("Invalid tax rate status")
    as_before = {"updated_at": row.updated_at, "updated_by": row.updated_by}
    row.name = request.name or row.name
    row.description = request.description or row.description
    if request.code and request.code != row.code:
        row.code = request.code
        _refuse_duplicate(ctx, row)
    if request.metadata is not None:
        row.metadata_ = request.metadata
    ctx.touch(row)
    ctx.session.flush()
    return present(ctx, TaxRateResponse, row, tax_rate_status=request.tax_rate_status or row.tax_rate_status, **as_before)


def archive(ctx: Context, row: TaxRateRow) -> None:
    """Raises ValidationError while anything is linked to the rate."""
    if _is_linked(ctx, row.id):
        raise ValidationError("This tax rate has active associations. Please remove all associations before deleting it.")
    row.status = "archived"
    ctx.touch(row)


def search(ctx: Context, wanted: TaxRateFilter) -> Page[TaxRateRow]:
    """A page of rates; `scope` is not applied."""
    clauses: list[ColumnElement[bool]] = []
    if wanted.taxrate_ids:
        clauses.append(TaxRateRow.id.in_(wanted.taxrate_ids))
    if wanted.taxrate_codes:
        clauses.append(TaxRateRow.code.in_(wanted.taxrate_codes))
    return page(ctx, LIST, wanted, *clauses)


def to_response(ctx: Context, row: TaxRateRow) -> TaxRateResponse:
    """The wire's rate."""
    return present(ctx, TaxRateResponse, row)


def by_ids(ctx: Context, ids: Sequence[str]) -> dict[str, TaxRateRow]:
    """Rates by id, archived ones included, in one query."""
    if not ids:
        return {}
    return {row.id: row for row in ctx.session.scalars(select(TaxRateRow).where(TaxRateRow.id.in_(set(ids))))}


def for_rating(row: TaxRateRow) -> TaxRate:
    """The rate as the rating core takes it."""
    return TaxRate(row.id, row.tax_rate_type, row.percentage_value, row.fixed_value, row.code)


def _check_value(request: CreateTaxRateRequest) -> None:
    if request.tax_rate_type not in TYPES:
        raise ValidationError("Tax rate type must be either percentage or fixed")
    if request.percentage_value is not None and request.fixed_value is not None:
        raise ValidationError("Tax rate must have either a percentage or fixed value, but not both")
    value = request.percentage_value if request.tax_rate_type == "percentage" else request.fixed_value
    if value is None:
        raise ValidationError(f"Tax rate {request.tax_rate_type} value is required")
    if request.tax_rate_type == "percentage" and not ZERO <= value <= _HUNDRED:
        raise ValidationError("Tax rate percentage must be in range 0-100")
    if value < ZERO:
        raise ValidationError("Tax rate fixed value cannot be less than 0")


def _refuse_duplicate(ctx: Context, row: TaxRateRow) -> None:
    with ctx.session.no_autoflush:
        clauses = (TaxRateRow.code == row.code, TaxRateRow.status == "published", TaxRateRow.id != row.id)
        if ctx.session.scalar(select(TaxRateRow.id).where(*clauses)) is not None:
            details = {"error": _DUPLICATE, "taxrate_code": row.code, "taxrate_id": row.id, "taxrate_name": row.name}
            raise AlreadyExistsError(f"A taxrate with this code {row.code} already exists", details)


def _is_linked(ctx: Context, rate_id: str) -> bool:
    linked = exists().where(TaxAssociationRow.tax_rate_id == rate_id, TaxAssociationRow.status == "published")
    return bool(ctx.session.scalar(select(linked)))
