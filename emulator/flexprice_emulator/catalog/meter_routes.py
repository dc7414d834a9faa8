"""/meters over HTTP."""

from flexprice_client.models.meters import CreateMeterRequest, ListMetersResponse, MeterQuery, MeterResponse, UpdateMeterRequest
from flexprice_emulator.catalog import meters
from flexprice_emulator.wire.routing import Routes
from flexprice_emulator.workspace.context import Context

routes = Routes("Meters", permission="meter:write")


@routes.post("/meters", status=201)
def create_meter(ctx: Context, body: CreateMeterRequest) -> MeterResponse:
    return meters.to_response(ctx, meters.create(ctx, body), created_bare=not body.filters)


@routes.get("/meters", hint="Invalid filter parameters")
def list_meters(ctx: Context, query: MeterQuery) -> ListMetersResponse:
    return meters.search(ctx, query)


@routes.get("/meters/{id}")
def get_meter(ctx: Context, id: str) -> MeterResponse:
    return meters.to_response(ctx, meters.get_row(ctx, id))


@routes.put("/meters/{id}")
def update_meter(ctx: Context, id: str, body: UpdateMeterRequest) -> MeterResponse:
    return meters.update(ctx, meters.get_row(ctx, id), body)


@routes.delete("/meters/{id}")
def delete_meter(ctx: Context, id: str) -> str:
    meters.disable(ctx, id)
    return "Meter deleted successfully"


@routes.post("/meters/{id}/disable")
def disable_meter(ctx: Context, id: str) -> str:
    meters.disable(ctx, id)
    return "Meter disabled successfully"
