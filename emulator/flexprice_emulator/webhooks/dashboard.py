"""GET /webhooks/dashboard: where webhooks are managed (webhooks.md §4)."""

from flexprice_client.models.webhooks import WebhookDashboardResponse
from flexprice_emulator.webhooks.endpoints import listed
from flexprice_emulator.workspace.context import Context


def dashboard(ctx: Context) -> WebhookDashboardResponse:
    """Without a Svix-style endpoint as with Svix switched off; with one, the address of this server's own log."""
    if not any(row.style == "svix" and row.enabled for row in listed(ctx)):
        return WebhookDashboardResponse(svix_enabled=False, url="")
    host = ctx.headers.get("host", "127.0.0.1")
    url = f"http://{host}/_emulator/webhooks/deliveries"
    return WebhookDashboardResponse(svix_enabled=True, url=url, app_id=f"{ctx.tenant_id}_{ctx.environment_id}")
