"""/webhooks over HTTP: where they are managed, and sending one again."""

from flexprice_client.models.webhooks import RetryOutboundWebhookRequest, WebhookDashboardResponse
from flexprice_emulator.webhooks import again
from flexprice_emulator.webhooks.dashboard import dashboard
from flexprice_emulator.wire.routing import Reply, Routes
from flexprice_emulator.workspace.context import Context

routes = Routes("Webhooks", permission="webhook:write", hint=again.HINT)


@routes.get("/webhooks/dashboard")
def get_webhook_dashboard(ctx: Context) -> WebhookDashboardResponse:
    return dashboard(ctx)


@routes.post("/webhooks/retry")
def retry_outbound_webhook(ctx: Context, body: RetryOutboundWebhookRequest) -> Reply:
    return again.retry(ctx, body.system_event_id)
