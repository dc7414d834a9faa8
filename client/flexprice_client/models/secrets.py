"""API keys on the wire."""

from typing import Annotated

from pydantic import Field

from flexprice_client.models.base import OMIT_EMPTY, OMIT_NONE, ListFilter, ListResponse, Rule, Timestamp, WireModel, WireRequest


class CreateAPIKeyRequest(WireRequest):
    """`type` is private_key or publishable_key. With `service_account_id` the key acts with that account's roles."""

    name: Annotated[str, Rule(binding="required")]
    type: Annotated[str, Rule(binding="required")]
    expires_at: Timestamp | None = None
    service_account_id: str = ""


class SecretFilter(ListFilter):
    """Lists show private keys only, whatever `type` says."""


class SecretResponse(WireModel):
    """`display_id` is the masked key."""

    id: str
    name: str
    type: str
    provider: str = "flexprice"
    display_id: str = ""
    roles: Annotated[list[str], OMIT_EMPTY] = Field(default_factory=list)
    user_type: Annotated[str, OMIT_EMPTY] = ""
    user_id: Annotated[str, OMIT_EMPTY] = ""
    service_account_name: Annotated[str, OMIT_EMPTY] = ""
    expires_at: Annotated[Timestamp | None, OMIT_NONE] = None
    last_used_at: Annotated[Timestamp | None, OMIT_NONE] = None
    status: str = "published"
    created_at: Timestamp
    updated_at: Timestamp


class CreateAPIKeyResponse(WireModel):
    """`api_key` is shown this once."""

    secret: SecretResponse
    api_key: str


ListSecretsResponse = ListResponse[SecretResponse]
