"""/integrations over HTTP."""

from flexprice_client.models.integrations import (
    DelinkIntegrationMappingRequest,
    IntegrationConfigEntry,
    IntegrationConfigResponse,
    IntegrationSyncRequest,
    LinkIntegrationMappingRequest,
    LinkIntegrationMappingResponse,
    ListEntityIntegrationMappingsResponse,
)
from flexprice_emulator.connections.providers import base_config
from flexprice_emulator.connections.service import published
from flexprice_emulator.integrations import mappings, sync
from flexprice_emulator.wire.routing import Routes
from flexprice_emulator.workspace.context import Context

routes = Routes("Integrations", hint="Invalid request body", permission="integration:write")


@routes.get("/integrations/config")
def get_integration_config(ctx: Context) -> IntegrationConfigResponse:
    entries = []
    for connection in published(ctx):
        able = base_config(connection.provider_type)
        if able is not None:
            # Prices are left out of the current switches, as there.
            current = {key: value for key, value in (connection.sync_config or {}).items() if key != "price"}
            entries.append(
                IntegrationConfigEntry.model_construct(provider=connection.provider_type, base_config=able, current_config=current)
            )
    return IntegrationConfigResponse.model_construct(integrations=entries)


@routes.post("/integrations/link")
def link_integration_mapping(ctx: Context, body: LinkIntegrationMappingRequest) -> LinkIntegrationMappingResponse:
    return mappings.link(ctx, body)


@routes.delete("/integrations/link")
def delink_integration_mapping(ctx: Context, body: DelinkIntegrationMappingRequest) -> str:
    mappings.delink(ctx, body)
    return "Integration mapping delinked successfully"


@routes.get("/integrations/mappings")
def get_entity_integration_mappings(ctx: Context) -> ListEntityIntegrationMappingsResponse:
    return mappings.of_entity(ctx, ctx.query("entity_type"), ctx.query("entity_id"))


@routes.post("/integrations/sync")
def sync_integration(ctx: Context, body: IntegrationSyncRequest) -> str:
    sync.ask_sync(ctx, body)
    return "integration sync triggered successfully"
