"""Connections to providers, at rest: credentials go in and never come out."""

from typing import Annotated, Any

from flexprice_client.models.base import OMIT_EMPTY, OMIT_NONE, SearchFilter, Timestamp, WireModel, WireRequest


class EntitySyncConfig(WireModel):
    inbound: bool = False
    outbound: bool = False


class CreateConnectionRequest(WireRequest):
    """`encrypted_secret_data` holds the provider's credentials in plain text; its keys depend on `provider_type`."""

    name: str = ""
    provider_type: str = ""
    encrypted_secret_data: dict[str, Any] | None = None
    metadata: dict[str, Any] | None = None
    sync_config: dict[str, Any] | None = None


class UpdateConnectionRequest(WireRequest):
    name: str | None = None
    encrypted_secret_data: dict[str, Any] | None = None
    metadata: dict[str, Any] | None = None
    sync_config: dict[str, Any] | None = None


class ConnectionFilter(SearchFilter):
    """`limit` and `offset` are echoed; all connections are shown all the same."""

    connection_ids: list[str] | None = None
    provider_type: str | None = None


class ConnectionResponse(WireModel):
    """Times have whole seconds."""

    id: str
    name: str
    provider_type: str
    environment_id: str = ""
    tenant_id: str = ""
    status: str = "published"
    metadata: Annotated[dict[str, Any] | None, OMIT_EMPTY] = None
    sync_config: Annotated[dict[str, Any] | None, OMIT_NONE] = None
    created_at: Timestamp
    updated_at: Timestamp
    created_by: str = ""
    updated_by: str = ""


class ListConnectionsResponse(WireModel):
    """`connections` is null where there is none."""

    connections: list[ConnectionResponse] | None
    total: int
    limit: int
    offset: int
