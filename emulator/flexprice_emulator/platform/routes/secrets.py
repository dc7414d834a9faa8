"""/secrets over HTTP."""

from flexprice_client.models.secrets import CreateAPIKeyRequest, CreateAPIKeyResponse, ListSecretsResponse, SecretFilter
from flexprice_emulator.platform import keys
from flexprice_emulator.platform.root import root_context
from flexprice_emulator.wire.routing import Routes
from flexprice_emulator.workspace.context import Context

routes = Routes("Secrets", permission="secret:write", hint="Please check the request payload")


@routes.post("/secrets/api/keys", status=201)
def create_api_key(ctx: Context, body: CreateAPIKeyRequest) -> CreateAPIKeyResponse:
    with root_context(ctx) as root:
        return keys.create(root, body)


@routes.get("/secrets/api/keys", permission="secret:read")
def list_api_keys(ctx: Context, query: SecretFilter) -> ListSecretsResponse:
    with root_context(ctx) as root:
        return keys.search(root, query)


@routes.delete("/secrets/api/keys/{id}", status=204)
def delete_api_key(ctx: Context, id: str) -> None:
    with root_context(ctx) as root:
        keys.revoke(root, id)
