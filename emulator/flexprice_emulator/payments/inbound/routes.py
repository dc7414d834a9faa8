"""/webhooks/{provider}/{tenant_id}/{environment_id} over HTTP: no key, each provider's own proof."""

from flexprice_emulator.payments.gateways.table import DIALECTS
from flexprice_emulator.payments.inbound.receive import receive
from flexprice_emulator.wire.routing import Reply, Routes
from flexprice_emulator.workspace.context import Context

routes = Routes("Webhooks", scope="provider")


def _declare(provider: str) -> None:
    @routes.post(f"/webhooks/{provider}/{{tenant_id}}/{{environment_id}}")
    def receive_webhook(ctx: Context, raw: bytes, tenant_id: str, environment_id: str) -> Reply:
        path = f"/v1/webhooks/{provider}/{tenant_id}/{environment_id}"
        host = ctx.headers.get("host", "")
        scheme = "https" if ctx.headers.get("x-forwarded-proto") == "https" else "http"
        return receive(ctx, provider, f"{scheme}://{host}{path}", ctx.headers, raw).reply


for _provider in DIALECTS:
    _declare(_provider)
