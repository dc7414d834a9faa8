"""The API's table: which domain answers which first path segment.

A domain is imported when one of its segments is first asked for (or by `load_all`), so that the server listens at once.
"""

import threading
from importlib import import_module

from flexprice_emulator.wire.routing import Operation, Routes, RouteTree

# First segment under /v1 -> modules of flexprice_emulator that hold a `routes` object.
SEGMENTS: dict[str, tuple[str, ...]] = {
    "customers": (
        "customers.routes",
        "subscriptions.routes",
        "invoices.routes",
        "events.customer_routes",
        "wallets.customer_routes",
        "grants.routes",
        "portal.link_routes",
    ),
    "customer": ("portal.routes",),
    "subscriptions": ("subscriptions.routes", "grants.routes", "subscriptions.lifecycle.routes", "subscriptions.modifications.routes"),
    "invoices": ("invoices.routes", "payments.invoice_routes"),
    "features": ("catalog.feature_routes",),
    "meters": ("catalog.meter_routes",),
    "groups": ("catalog.group_routes",),
    "prices": ("catalog.price_routes", "catalog.price_unit_routes"),
    "plans": ("catalog.plan_routes", "entitlements.routes", "grants.routes"),
    "addons": ("catalog.addon_routes", "entitlements.routes", "grants.routes"),
    "entitlements": ("entitlements.routes",),
    "costs": ("catalog.cost_routes",),
    "events": ("events.routes",),
    "meter-usage": ("events.meter_routes",),
    "environments": ("platform.routes.environments",),
    "settings": ("platform.routes.settings",),
    "secrets": ("platform.routes.secrets",),
    "tenants": ("platform.routes.tenants",),
    "users": ("platform.routes.users",),
    "rbac": ("platform.routes.rbac",),
    "auth": ("platform.routes.auth",),
    "taxes": ("taxes.routes",),
    "coupons": ("discounts.routes",),
    "payments": ("payments.routes", "payments.setup_routes"),
    "creditnotes": ("credit_notes.routes",),
    "wallets": ("wallets.routes",),
    "alerts": ("wallets.alert_search", "alerts.routes"),
    "creditgrants": ("grants.routes",),
    "connections": ("connections.routes",),
    "integrations": ("integrations.routes",),
    "marketplace": ("integrations.marketplace_routes",),
    "usage-records": ("integrations.usage_record_routes",),
    "tasks": ("tasks.routes", "tasks.schedule_routes"),
    "workflows": ("workflows.routes",),
    "checkout": ("checkout.routes",),
    "dashboard": ("dashboard.routes",),
    "webhooks": ("webhooks.routes", "payments.inbound.routes"),
}


class ApiTable:
    """Matches requests; thread-safe."""

    def __init__(self, segments: dict[str, tuple[str, ...]] = SEGMENTS) -> None:
        self._segments = segments
        self._tree = RouteTree()
        self._loaded: set[str] = set()
        self._modules: set[str] = set()
        self._lock = threading.Lock()

    def match(self, method: str, path: str) -> tuple[Operation, dict[str, str]] | None:
        """The operation for a path below /v1, or None."""
        segment = path.removeprefix("/").partition("/")[0]
        if segment not in self._segments:
            return None
        if segment not in self._loaded:
            self._load(segment)
        return self._tree.match(method, path)

    def _load(self, segment: str) -> None:
        with self._lock:
            for name in self._segments[segment]:
                if name not in self._modules:
                    routes: Routes = import_module(f"flexprice_emulator.{name}").routes
                    for operation in routes.operations:
                        self._tree.add(operation)
                    self._modules.add(name)
            self._loaded.add(segment)

    def load_all(self) -> None:
        """Import every domain."""
        for segment in self._segments:
            self._load(segment)

    def tagged(self) -> list[tuple[str, Operation]]:
        """All operations with their tags, in the table's order."""
        self.load_all()
        found: list[tuple[str, Operation]] = []
        for name in dict.fromkeys(module for modules in self._segments.values() for module in modules):
            routes: Routes = import_module(f"flexprice_emulator.{name}").routes
            found += [(routes.tag, operation) for operation in routes.operations]
        return found
