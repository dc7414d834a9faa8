"""Opening a portal session, with an API key."""

from flexprice_client.models.portal import PortalSessionResponse
from flexprice_emulator.customers.service import get_row_by_external_id
from flexprice_emulator.portal.service import open_session
from flexprice_emulator.wire.routing import Routes
from flexprice_emulator.workspace.context import Context

routes = Routes("Customer Portal")


@routes.get("/customers/portal/{external_id}")
def create_portal_session(ctx: Context, external_id: str) -> PortalSessionResponse:
    return open_session(ctx, get_row_by_external_id(ctx, external_id))
