"""/prices/units over HTTP."""

from flexprice_client.models.price_units import (
    CreatePriceUnitRequest,
    CreatePriceUnitResponse,
    ListPriceUnitsResponse,
    PriceUnitFilter,
    PriceUnitResponse,
    UpdatePriceUnitRequest,
)
from flexprice_emulator.catalog import price_units
from flexprice_emulator.wire.routing import Routes
from flexprice_emulator.workspace.context import Context

LIST_HINT = "Invalid filter parameters"
routes = Routes("Price Units", permission="price:write")


@routes.post("/prices/units", status=201)
def create_price_unit(ctx: Context, body: CreatePriceUnitRequest) -> CreatePriceUnitResponse:
    return price_units.create(ctx, body)


@routes.get("/prices/units", hint=LIST_HINT)
def list_price_units(ctx: Context, query: PriceUnitFilter) -> ListPriceUnitsResponse:
    return price_units.search(ctx, query)


@routes.search("/prices/units/search", hint=LIST_HINT)
def search_price_units(ctx: Context, body: PriceUnitFilter) -> ListPriceUnitsResponse:
    return price_units.search(ctx, body)


@routes.get("/prices/units/code/{code}")
def get_price_unit_by_code(ctx: Context, code: str) -> PriceUnitResponse:
    return price_units.to_response(ctx, price_units.get_row_by_code(ctx, code))


@routes.get("/prices/units/{id}")
def get_price_unit(ctx: Context, id: str) -> PriceUnitResponse:
    return price_units.to_response(ctx, price_units.get_row(ctx, id))


@routes.put("/prices/units/{id}")
def update_price_unit(ctx: Context, id: str, body: UpdatePriceUnitRequest) -> PriceUnitResponse:
    return price_units.update(ctx, price_units.get_row(ctx, id), body)


@routes.delete("/prices/units/{id}")
def delete_price_unit(ctx: Context, id: str) -> str:
    price_units.archive(ctx, price_units.get_row(ctx, id))
    return "Price unit deleted successfully"
