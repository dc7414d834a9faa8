"""/prices over HTTP."""

from flexprice_client.models.prices import (
    CreateBulkPriceRequest,
    CreateBulkPriceResponse,
    CreatePriceRequest,
    DeletePriceRequest,
    ListPricesResponse,
    PriceFilter,
    PriceQuery,
    PriceResponse,
    UpdatePriceRequest,
)
from flexprice_emulator.catalog import price_changes, prices
from flexprice_emulator.wire.routing import Routes
from flexprice_emulator.workspace.context import Context

LIST_HINT = "Invalid filter parameters"
routes = Routes("Prices", permission="price:write")


@routes.post("/prices", status=201)
def create_price(ctx: Context, body: CreatePriceRequest) -> PriceResponse:
    return prices.create(ctx, body)


@routes.post("/prices/bulk", status=201)
def create_prices_bulk(ctx: Context, body: CreateBulkPriceRequest) -> CreateBulkPriceResponse:
    return CreateBulkPriceResponse.model_construct(items=prices.create_bulk(ctx, body.items))


@routes.get("/prices", hint=LIST_HINT)
def list_prices(ctx: Context, query: PriceQuery) -> ListPricesResponse:
    return prices.search(ctx, query)


@routes.search("/prices/search", hint=LIST_HINT)
def search_prices(ctx: Context, body: PriceFilter) -> ListPricesResponse:
    return prices.search(ctx, body)


@routes.get("/prices/lookup/{lookup_key}")
def get_price_by_lookup_key(ctx: Context, lookup_key: str) -> PriceResponse:
    return prices.to_response(ctx, prices.get_row_by_lookup_key(ctx, lookup_key))


@routes.get("/prices/{id}")
def get_price(ctx: Context, id: str) -> PriceResponse:
    return prices.to_response(ctx, prices.get_row(ctx, id))


@routes.put("/prices/{id}")
def update_price(ctx: Context, id: str, body: UpdatePriceRequest) -> PriceResponse:
    return price_changes.update(ctx, prices.get_row(ctx, id), body)


@routes.delete("/prices/{id}")
def delete_price(ctx: Context, id: str, body: DeletePriceRequest) -> str:
    price_changes.end(ctx, prices.get_row(ctx, id), body.end_date)
    return "price deleted successfully"
