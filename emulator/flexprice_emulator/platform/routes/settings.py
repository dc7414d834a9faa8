"""/settings over HTTP. Writing needs a person with Super Admin access or a configured key."""

from flexprice_client.models.settings import SettingResponse, UpdateSettingRequest
from flexprice_emulator.platform.people import require_super_admin
from flexprice_emulator.platform.settings import service
from flexprice_emulator.wire.routing import Routes
from flexprice_emulator.workspace.context import Context

routes = Routes("Settings", permission="setting:write")


@routes.get("/settings/{key}", permission="setting:read")
def get_setting(ctx: Context, key: str) -> SettingResponse:
    return service.read(ctx, key)


@routes.put("/settings/{key}")
def update_setting(ctx: Context, key: str, body: UpdateSettingRequest) -> SettingResponse:
    require_super_admin(ctx.principal)
    return service.write(ctx, key, body)


@routes.delete("/settings/{key}")
def delete_setting(ctx: Context, key: str) -> str:
    require_super_admin(ctx.principal)
    return service.drop(ctx, key)
