"""/_emulator over HTTP: one table."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, FastAPI

from flexprice_emulator.control import alerts, clock, doctor, due, explain, faults, health, payments, requests, webhooks

ROUTES: tuple[tuple[str, str, Callable[..., Any]], ...] = (
    ("GET", "/health", health.health),
    ("GET", "/clock", clock.read_clock),
    ("POST", "/clock", clock.set_clock),
    ("POST", "/clock/advance", clock.advance_clock),
    ("GET", "/due", due.list_due),
    ("POST", "/settle", due.settle),
    ("POST", "/explain/preview", explain.explain_preview),
    ("GET", "/explain/invoice/{invoice_id}", explain.explain_invoice),
    ("GET", "/doctor/event/{event_id:path}", doctor.examine_event),
    ("POST", "/alerts/evaluate", alerts.evaluate),
    ("GET", "/payments/sandbox", payments.list_rules),
    ("POST", "/payments/sandbox", payments.set_rule),
    ("DELETE", "/payments/sandbox", payments.clear_rules),
    ("POST", "/payments/sandbox/answer", payments.answer),
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
)


def control_app(state: Any) -> FastAPI:
    """The control plane. Its routes find the registry and the edge in the application's state."""
    app = FastAPI(
        title="flexprice-emulator control plane",
        docs_url="/_emulator/docs",
        redoc_url=None,
        openapi_url="/_emulator/openapi.json",
        redirect_slashes=False,
    )
    app.state.registry, app.state.edge = state.registry, state.edge
    router = APIRouter(prefix="/_emulator", tags=["control"])
    for method, path, handler in ROUTES:
        router.add_api_route(path, handler, methods=[method])
    app.include_router(router)
    return app
