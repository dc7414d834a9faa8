"""Links between tax rates and customers, subscriptions, invoices and tenants."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, select

from flexprice_client.models.customers import TaxRateOverride
from flexprice_client.models.taxes import (
    CreateTaxAssociationRequest,
    ListTaxAssociationsResponse,
    TaxAssociationFilter,
    TaxAssociationResponse,
    TaxAssociationUpdateRequest,
)
from flexprice_emulator.customers.service import get_row_by_external_id
from flexprice_emulator.taxes import rates
from flexprice_emulator.taxes.tables import TaxAssociationRow, TaxRateRow
from flexprice_emulator.wire.errors import NotFoundError, ValidationError
from flexprice_emulator.wire.listing import ListSpec, expand_names, page
from flexprice_emulator.wire.present import present
from flexprice_emulator.workspace.context import Context

LIST_HINT = "invalid query filter"
LIST = ListSpec(TaxAssociationRow, limit_hint=LIST_HINT, zero_limit="refuse", unlimited=True)
ENTITY_TYPES = ("customer", "subscription", "invoice", "tenant")


def create(ctx: Context, request: CreateTaxAssociationRequest) -> TaxAssociationRow:
    """A new link; an equal one may exist. Raises ValidationError for the entity, NotFoundError for code or customer."""
    entity_type, entity_id = request.entity_type, request.entity_id
    if request.external_customer_id:
        entity_type, entity_id = "customer", get_row_by_external_id(ctx, request.external_customer_id).id
    if entity_type not in ENTITY_TYPES:
        raise ValidationError("Invalid tax rate entity type")
    if not entity_id:
        raise ValidationError("Entity ID is required")
    if request.priority < 0:
        raise ValidationError("Priority must be a non-negative integer")
    start_date = request.start_date or ctx.now
    if request.end_date is not None and request.end_date < start_date:
        raise ValidationError("End date must be after start date")
    rate = rates.get_row_by_code(ctx, request.tax_rate_code)
    return ctx.add(
        TaxAssociationRow(
            id=ctx.new_id("ta"),
            tax_rate_id=rate.id,
            entity_type=entity_type,
            entity_id=entity_id,
            priority=request.priority,
            auto_apply=request.auto_apply,
            currency=request.currency.lower(),
            start_date=start_date,
            end_date=request.end_date,
            metadata_=request.metadata,
            **ctx.stamp(),
        )
    )


def link_overrides(ctx: Context, entity_type: str, entity_id: str, overrides: Sequence[TaxRateOverride]) -> list[TaxAssociationRow]:
    """Links for the `tax_rate_overrides` of a customer, subscription or invoice. Raises NotFoundError for an unknown code."""
    fields = ("tax_rate_code", "priority", "currency", "auto_apply", "metadata")
    return [
        create(
            ctx,
            CreateTaxAssociationRequest.model_construct(
                entity_type=entity_type, entity_id=entity_id, **{name: getattr(override, name) for name in fields}
            ),
        )
        for override in overrides
    ]


def copy_to(ctx: Context, source: Sequence[TaxAssociationRow], entity_type: str, entity_id: str) -> list[TaxAssociationRow]:
    """The same links on another entity, starting now (a subscription inherits its customer's so)."""
    kept = ("tax_rate_id", "priority", "auto_apply", "currency", "metadata_")
    return [
        ctx.add(
            TaxAssociationRow(
                id=ctx.new_id("ta"),
                entity_type=entity_type,
                entity_id=entity_id,
                start_date=ctx.now,
                **{name: getattr(row, name) for name in kept},
                **ctx.stamp(),
            )
        )
        for row in source
    ]


def associations_of(ctx: Context, entity_type: str, entity_id: str, *, auto_apply: bool | None = None) -> Sequence[TaxAssociationRow]:
    """Published links of one entity, oldest first."""
    query = select(TaxAssociationRow).where(
        TaxAssociationRow.entity_type == entity_type,
        TaxAssociationRow.entity_id == entity_id,
        TaxAssociationRow.status == "published",
    )
    if auto_apply is not None:
        query = query.where(TaxAssociationRow.auto_apply == auto_apply)
    return ctx.session.scalars(query.order_by(TaxAssociationRow.created_at, TaxAssociationRow.id)).all()


def get_row(ctx: Context, association_id: str) -> TaxAssociationRow:
    """A published link. Raises NotFoundError."""
    row = ctx.session.get(TaxAssociationRow, association_id)
    if row is None or row.status != "published":
        raise NotFoundError(f"TaxAssociation with ID {association_id} was not found", {"tax_association_id": association_id})
    return row


def update(ctx: Context, row: TaxAssociationRow, request: TaxAssociationUpdateRequest) -> TaxAssociationRow:
    """Changes what is given."""
    if request.priority is not None:
        if request.priority < 0:
            raise ValidationError("Priority must be a non-negative integer")
        row.priority = request.priority
    if request.auto_apply is not None:
        row.auto_apply = request.auto_apply
    if request.metadata is not None:
        row.metadata_ = request.metadata
    ctx.touch(row)
    ctx.session.flush()
    return row


def archive(ctx: Context, row: TaxAssociationRow) -> None:
    """Unlink."""
    row.status = "archived"
    ctx.touch(row)
    ctx.session.flush()


def search(ctx: Context, wanted: TaxAssociationFilter) -> ListTaxAssociationsResponse:
    """A page of links, with their rates where expanded."""
    found = page(ctx, LIST, wanted, *_clauses(ctx, wanted))
    shown = rates.by_ids(ctx, [row.tax_rate_id for row in found.rows]) if "tax_rate" in expand_names(LIST, wanted.expand) else {}
    return found.response([to_response(ctx, row, shown) for row in found.rows])


def to_response(ctx: Context, row: TaxAssociationRow, shown: dict[str, TaxRateRow] | None = None) -> TaxAssociationResponse:
    """The wire's link; with its rate where `shown` holds it."""
    rate = (shown or {}).get(row.tax_rate_id)
    return present(ctx, TaxAssociationResponse, row, tax_rate=rates.to_response(ctx, rate) if rate else None)


def _clauses(ctx: Context, wanted: TaxAssociationFilter) -> list[ColumnElement[bool]]:
    clauses: list[ColumnElement[bool]] = []
    entity_type, entity_id = wanted.entity_type, wanted.entity_id
    if wanted.external_customer_id:
        entity_type, entity_id = "customer", get_row_by_external_id(ctx, wanted.external_customer_id).id
    if entity_type:
        clauses.append(TaxAssociationRow.entity_type == entity_type)
    if entity_id:
        clauses.append(TaxAssociationRow.entity_id == entity_id)
    if wanted.tax_association_ids:
        clauses.append(TaxAssociationRow.id.in_(wanted.tax_association_ids))
    rate_ids = [*(wanted.tax_rate_ids or ()), *filter(None, [wanted.tax_rate_id])]
    if rate_ids:
        clauses.append(TaxAssociationRow.tax_rate_id.in_(rate_ids))
    if wanted.currency:
        clauses.append(TaxAssociationRow.currency == wanted.currency.lower())
    if wanted.auto_apply is not None:
        clauses.append(TaxAssociationRow.auto_apply == wanted.auto_apply)
    return clauses
