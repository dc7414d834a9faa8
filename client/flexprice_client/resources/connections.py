"""Connections to providers, and what each entity is called there."""

from flexprice_client.models.base import SuccessResponse
from flexprice_client.models.connections import (
    ConnectionFilter,
    ConnectionResponse,
    CreateConnectionRequest,
    ListConnectionsResponse,
    UpdateConnectionRequest,
)
from flexprice_client.models.integrations import (
    DelinkIntegrationMappingRequest,
    IntegrationConfigResponse,
    IntegrationSyncRequest,
    LinkIntegrationMappingRequest,
    LinkIntegrationMappingResponse,
    ListEntityIntegrationMappingsResponse,
)
from flexprice_client.resources.calls import Fields, delete, discard, fetch, post, put
from flexprice_client.resources.operation import AsyncResource, Call, SyncResource, operation


class ConnectionsOperations:
    @operation
    def create(self, request: CreateConnectionRequest | Fields) -> Call[ConnectionResponse]:
        """Store a provider's credentials, which are never shown again; one connection a provider."""
        return post("/connections", ConnectionResponse, request)

    @operation
    def get(self, connection_id: str) -> Call[ConnectionResponse]:
        return fetch("/connections/{id}", ConnectionResponse, id=connection_id)

    @operation
    def update(self, connection_id: str, request: UpdateConnectionRequest | Fields) -> Call[ConnectionResponse]:
        return put("/connections/{id}", ConnectionResponse, request, id=connection_id)

    @operation
    def delete(self, connection_id: str) -> Call[None]:
        return discard("/connections/{id}", id=connection_id)

    @operation
    def list(self, query: ConnectionFilter | Fields | None = None) -> Call[ListConnectionsResponse]:
        """All connections that match; `connections` is null where there is none."""
        return fetch("/connections", ListConnectionsResponse, query)


class IntegrationsOperations:
    @operation
    def config(self) -> Call[IntegrationConfigResponse]:
        """The providers that are connected, and what each may sync."""
        return fetch("/integrations/config", IntegrationConfigResponse)

    @operation
    def link(self, request: LinkIntegrationMappingRequest | Fields) -> Call[LinkIntegrationMappingResponse]:
        """Say what an entity is called at a provider; a second link replaces the first."""
        return post("/integrations/link", LinkIntegrationMappingResponse, request)

    @operation
    def delink(self, request: DelinkIntegrationMappingRequest | Fields) -> Call[SuccessResponse]:
        return delete("/integrations/link", SuccessResponse, request)

    @operation
    def mappings(self, entity_type: str, entity_id: str) -> Call[ListEntityIntegrationMappingsResponse]:
        """What one entity is called at each provider."""
        query = {"entity_type": entity_type, "entity_id": entity_id}
        return fetch("/integrations/mappings", ListEntityIntegrationMappingsResponse, query)

    @operation
    def sync(self, request: IntegrationSyncRequest | Fields) -> Call[SuccessResponse]:
        """Ask for an entity to be pushed to its providers."""
        return post("/integrations/sync", SuccessResponse, request)


class Connections(ConnectionsOperations, SyncResource):
    """Blocking operations on connections."""


class AsyncConnections(ConnectionsOperations, AsyncResource):
    """Awaiting operations on connections."""


class Integrations(IntegrationsOperations, SyncResource):
    """Blocking operations on mappings to providers."""


class AsyncIntegrations(IntegrationsOperations, AsyncResource):
    """Awaiting operations on mappings to providers."""
