"""/alerts/setting over HTTP."""

from flexprice_client.models.alert_settings import (
    AlertSettingsFilter,
    AlertSettingsResponse,
    CreateAlertSettingsRequest,
    ListAlertSettingsResponse,
    UpdateAlertSettingsRequest,
)
from flexprice_emulator.alerts import settings
from flexprice_emulator.wire.routing import Routes
from flexprice_emulator.workspace.context import Context

routes = Routes("AlertSettings", permission="alert_settings:write")


@routes.post("/alerts/setting", status=201)
def create_alert_settings(ctx: Context, body: CreateAlertSettingsRequest) -> AlertSettingsResponse:
    return settings.to_response(ctx, settings.create(ctx, body))


@routes.search("/alerts/setting/search", hint="Invalid filter parameters")
def search_alert_settings(ctx: Context, body: AlertSettingsFilter) -> ListAlertSettingsResponse:
    return settings.search(ctx, body)


@routes.get("/alerts/setting/{id}")
def get_alert_settings(ctx: Context, id: str) -> AlertSettingsResponse:
    return settings.to_response(ctx, settings.get_row(ctx, id))


@routes.put("/alerts/setting/{id}")
def update_alert_settings(ctx: Context, id: str, body: UpdateAlertSettingsRequest) -> AlertSettingsResponse:
    return settings.to_response(ctx, settings.update(ctx, id, body))


@routes.delete("/alerts/setting/{id}", status=204)
def delete_alert_settings(ctx: Context, id: str) -> None:
    settings.archive(ctx, settings.get_row(ctx, id))
