"""/marketplace over HTTP."""

from flexprice_client.models.integrations import RegisterMarketplaceAgreementRequest, RegisterMarketplaceAgreementResponse
from flexprice_emulator.integrations.marketplace import register
from flexprice_emulator.wire.routing import Routes
from flexprice_emulator.workspace.context import Context

routes = Routes("Marketplace", permission="integration:write")


@routes.post("/marketplace/agreements", status=201)
def register_marketplace_agreement(ctx: Context, body: RegisterMarketplaceAgreementRequest) -> RegisterMarketplaceAgreementResponse:
    return register(ctx, body)
