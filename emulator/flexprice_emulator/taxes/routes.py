"""/taxes over HTTP."""

from flexprice_client.models.taxes import (
    CreateTaxAssociationRequest,
    CreateTaxRateRequest,
    ListTaxAssociationsResponse,
    ListTaxRatesResponse,
    TaxAssociationFilter,
    TaxAssociationResponse,
    TaxAssociationUpdateRequest,
    TaxRateFilter,
    TaxRateResponse,
    UpdateTaxRateRequest,
)
from flexprice_emulator.taxes import associations, rates
from flexprice_emulator.taxes.tables import TaxRateRow
from flexprice_emulator.wire.errors import BareError
from flexprice_emulator.wire.routing import Reply, Routes
from flexprice_emulator.workspace.context import Context

routes = Routes("Tax Rates", permission="tax:write")


@routes.post("/taxes/rates", status=201)
def create_tax_rate(ctx: Context, body: CreateTaxRateRequest) -> TaxRateResponse:
    return rates.create(ctx, body)


@routes.get("/taxes/rates", hint=rates.LIST_HINT)
def list_tax_rates(ctx: Context, query: TaxRateFilter) -> ListTaxRatesResponse:
    found = rates.search(ctx, query)
    return found.response([rates.to_response(ctx, row) for row in found.rows])


@routes.get("/taxes/rates/{id}")
def get_tax_rate(ctx: Context, id: str) -> TaxRateResponse:
    row = ctx.session.get(TaxRateRow, id)
    if row is None:
        # The one read whose every failure is a 500 there.
        raise BareError(500, {"error": "ent: tax_rate not found"})
    return rates.to_response(ctx, row)


@routes.put("/taxes/rates/{id}")
def update_tax_rate(ctx: Context, id: str, body: UpdateTaxRateRequest) -> TaxRateResponse:
    return rates.update(ctx, rates.get_row(ctx, id), body)


@routes.delete("/taxes/rates/{id}", status=204)
def delete_tax_rate(ctx: Context, id: str) -> None:
    rates.archive(ctx, rates.get_row(ctx, id))


@routes.post("/taxes/associations")
def create_tax_association(ctx: Context, body: CreateTaxAssociationRequest) -> TaxAssociationResponse:
    return associations.to_response(ctx, associations.create(ctx, body))


@routes.get("/taxes/associations", hint=associations.LIST_HINT)
def list_tax_associations(ctx: Context, query: TaxAssociationFilter) -> ListTaxAssociationsResponse:
    return associations.search(ctx, query)


@routes.get("/taxes/associations/{id}")
def get_tax_association(ctx: Context, id: str) -> TaxAssociationResponse:
    row = associations.get_row(ctx, id)
    return associations.to_response(ctx, row, rates.by_ids(ctx, [row.tax_rate_id]))


@routes.put("/taxes/associations/{id}")
def update_tax_association(ctx: Context, id: str, body: TaxAssociationUpdateRequest) -> TaxAssociationResponse:
    return associations.to_response(ctx, associations.update(ctx, associations.get_row(ctx, id), body))


@routes.delete("/taxes/associations/{id}")
def delete_tax_association(ctx: Context, id: str) -> Reply:
    associations.archive(ctx, associations.get_row(ctx, id))
    return Reply(b"")
