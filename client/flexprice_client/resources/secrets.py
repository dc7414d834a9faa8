"""API keys of the environment."""

from flexprice_client.models.secrets import CreateAPIKeyRequest, CreateAPIKeyResponse, ListSecretsResponse, SecretFilter
from flexprice_client.resources.calls import Fields, discard, fetch, post, with_page
from flexprice_client.resources.operation import AsyncResource, Call, SyncResource, operation, paged
from flexprice_client.resources.paging import Page


class SecretsOperations:
    @operation
    def create_api_key(self, request: CreateAPIKeyRequest | Fields) -> Call[CreateAPIKeyResponse]:
        """Make a key. The answer's `api_key` is shown this once."""
        return post("/secrets/api/keys", CreateAPIKeyResponse, request)

    @operation
    def delete_api_key(self, secret_id: str) -> Call[None]:
        """Revoke a key."""
        return discard("/secrets/api/keys/{id}", id=secret_id)

    @operation
    def list_api_keys(self, query: SecretFilter | Fields | None = None) -> Call[ListSecretsResponse]:
        return fetch("/secrets/api/keys", ListSecretsResponse, query)

    @paged
    def iter_api_keys(self, page: Page, query: SecretFilter | Fields | None = None) -> Call[ListSecretsResponse]:
        return fetch("/secrets/api/keys", ListSecretsResponse, with_page(query, page))


class Secrets(SecretsOperations, SyncResource):
    """Blocking operations on API keys."""


class AsyncSecrets(SecretsOperations, AsyncResource):
    """Awaiting operations on API keys."""
