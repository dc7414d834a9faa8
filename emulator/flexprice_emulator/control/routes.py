"""/_emulator over HTTP: one table."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter

from flexprice_emulator.control import alerts, clock, due, explain, health, payments

ROUTES: tuple[tuple[str, str, Callable[..., Any]], ...] = (
    ("GET", "/health", health.health),
    ("GET", "/clock", clock.read_clock),
    ("POST", "/clock", clock.set_clock),
    ("POST", "/clock/advance", clock.advance_clock),
    ("GET", "/due", due.list_due),
    ("POST", "/settle", due.settle),
    ("POST", "/explain/preview", explain.explain_preview),
    ("GET", "/explain/invoice/{invoice_id}", explain.explain_invoice),
    ("POST", "/alerts/evaluate", alerts.evaluate),
    ("GET", "/payments/sandbox", payments.list_rules),
    ("POST", "/payments/sandbox", payments.set_rule),
    ("DELETE", "/payments/sandbox", payments.clear_rules),
    ("POST", "/payments/sandbox/answer", payments.answer),
)


def control_router() -> APIRouter:
    """The control plane's routes; they find the registry and the edge in the application's state."""
    router = APIRouter(prefix="/_emulator", tags=["control"])
    for method, path, handler in ROUTES:
        router.add_api_route(path, handler, methods=[method])
    return router
