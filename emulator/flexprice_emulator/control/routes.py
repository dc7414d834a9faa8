"""/_emulator over HTTP: one table."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, FastAPI

from flexprice_emulator.control import (
    alerts,
    archives,
    clock,
    coverage,
    doctor,
    due,
    explain,
    faults,
    guide,
    health,
    payment_page,
    payment_pages,
    payments,
    requests,
    settings,
    snapshots,
    webhooks,
    workspaces,
)
from flexprice_emulator.control.bodies import JsonRoute
from flexprice_emulator.control.named import of_request
from flexprice_emulator.control.refusals import add_refusals

ROUTES: tuple[tuple[str, str, Callable[..., Any]], ...] = (
    ("GET", "/health", health.health),
    ("GET", "/workspaces", workspaces.list_workspaces),
    ("POST", "/workspaces", workspaces.create_workspace),
    ("POST", "/workspaces/import", archives.import_new_workspace),
    ("GET", "/workspaces/{workspace_id}", workspaces.show_workspace),
    ("DELETE", "/workspaces/{workspace_id}", workspaces.delete_workspace),
    ("POST", "/workspaces/{workspace_id}/reset", workspaces.reset_workspace),
    ("POST", "/workspaces/{workspace_id}/fork", workspaces.fork_workspace),
    ("GET", "/workspaces/{workspace_id}/export", archives.export_workspace),
    ("POST", "/workspaces/{workspace_id}/import", archives.import_workspace),
    ("GET", "/workspaces/{workspace_id}/snapshots", snapshots.list_snapshots),
    ("POST", "/workspaces/{workspace_id}/snapshots", snapshots.take_snapshot),
    ("DELETE", "/workspaces/{workspace_id}/snapshots/{name}", snapshots.delete_snapshot),
    ("POST", "/workspaces/{workspace_id}/restore", snapshots.restore_snapshot),
    ("POST", "/reset", of_request(workspaces.reset_workspace)),
    ("POST", "/fork", of_request(workspaces.fork_workspace)),
    ("GET", "/export", of_request(archives.export_workspace)),
    ("POST", "/import", of_request(archives.import_workspace)),
    ("GET", "/snapshots", of_request(snapshots.list_snapshots)),
    ("POST", "/snapshots", of_request(snapshots.take_snapshot)),
    ("DELETE", "/snapshots/{name}", of_request(snapshots.delete_snapshot)),
    ("POST", "/restore", of_request(snapshots.restore_snapshot)),
    ("GET", "/diff", workspaces.diff_workspaces),
    ("GET", "/clock", clock.read_clock),
    ("POST", "/clock", clock.set_clock),
    ("POST", "/clock/advance", clock.advance_clock),
    ("GET", "/due", due.list_due),
    ("POST", "/settle", due.settle),
    ("POST", "/explain/preview", explain.explain_preview),
    ("GET", "/explain/invoice/{invoice_id:path}", explain.explain_invoice),
    ("GET", "/doctor/event/{event_id:path}", doctor.examine_event),
    ("POST", "/alerts/evaluate", alerts.evaluate),
    ("GET", "/payments/sandbox", payments.list_rules),
    ("POST", "/payments/sandbox", payments.set_rule),
    ("DELETE", "/payments/sandbox", payments.clear_rules),
    ("POST", "/payments/sandbox/answer", payments.answer),
    ("GET", "/payments/pages", payment_pages.list_pages),
    ("GET", "/payments/pages/{page_id}", payment_pages.read_page),
    ("POST", "/payments/pages/{page_id}", payment_pages.act_at_page),
    ("GET", "/payments/inbound", payment_pages.list_inbound),
    ("POST", "/payments/inbound/{inbound_id}/repeat", payment_pages.repeat_inbound),
    ("GET", "/payments/pay/{environment_id}/{page_id}", payment_page.show),
    ("POST", "/payments/pay/{environment_id}/{page_id}", payment_page.press),
    ("GET", "/webhooks/endpoints", webhooks.list_endpoints),
    ("POST", "/webhooks/endpoints", webhooks.create_endpoint),
    ("PUT", "/webhooks/endpoints/{endpoint_id}", webhooks.change_endpoint),
    ("DELETE", "/webhooks/endpoints/{endpoint_id}", webhooks.remove_endpoint),
    ("GET", "/webhooks/endpoints/{endpoint_id}/secret", webhooks.read_secret),
    ("POST", "/webhooks/endpoints/{endpoint_id}/secret/rotate", webhooks.rotate_secret),
    ("GET", "/webhooks/events", webhooks.list_events),
    ("GET", "/webhooks/events/{event_id}", webhooks.read_event),
    ("GET", "/webhooks/deliveries", webhooks.list_deliveries),
    ("GET", "/webhooks/deliveries/{delivery_id}", webhooks.read_delivery),
    ("POST", "/webhooks/deliveries/{delivery_id}/resend", webhooks.resend),
    ("POST", "/webhooks/deliveries/{delivery_id}/cancel", webhooks.cancel),
    ("GET", "/webhooks/mode", webhooks.read_mode),
    ("PUT", "/webhooks/mode", webhooks.set_mode),
    ("GET", "/faults", faults.list_faults),
    ("POST", "/faults", faults.set_fault),
    ("DELETE", "/faults", faults.clear_faults),
    ("GET", "/faults/{fault_id}", faults.read_fault),
    ("DELETE", "/faults/{fault_id}", faults.remove_fault),
    ("GET", "/requests", requests.list_requests),
    ("DELETE", "/requests", requests.clear_requests),
    ("POST", "/requests/assert", requests.assert_requests),
    ("GET", "/requests/har", requests.export_har),
    ("GET", "/requests/{number}", requests.read_request),
    ("GET", "/settings", settings.read_settings),
    ("GET", "/coverage", coverage.read_coverage),
)


def control_app(state: Any) -> FastAPI:
    """The control plane. Its routes find the registry and the edge in the application's state."""
    app = FastAPI(
        title="flexprice-emulator control plane",
        docs_url=None,
        redoc_url=None,
        openapi_url="/_emulator/openapi.json",
        redirect_slashes=False,
    )
    app.state.registry, app.state.edge = state.registry, state.edge
    router = APIRouter(prefix="/_emulator", tags=["control"], route_class=JsonRoute)
    for method, path, handler in ROUTES:
        router.add_api_route(path, handler, methods=[method])
    router.add_api_route("/docs", guide.docs, include_in_schema=False)
    for path in ("", "/"):
        router.add_api_route(path, guide.home, include_in_schema=False)
    app.include_router(router)
    add_refusals(app)
    return app
