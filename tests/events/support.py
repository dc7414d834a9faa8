"""A database of its own for tests of what lies below HTTP, and the usual objects over HTTP."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text

from flexprice_emulator.catalog.tables import MeterRow
from flexprice_emulator.tables import load_tables
from flexprice_emulator.workspace.clock import machine_time
from flexprice_emulator.workspace.context import Context
from flexprice_emulator.workspace.workspace import Workspace

NOW = datetime(2024, 5, 1, tzinfo=UTC)
_TABLES = ("events", "meter_usage", "repeated_events", "meters")


class Store:
    """One workspace for many examples; `fresh` empties what events and meters left."""

    def __init__(self) -> None:
        load_tables()
        self.workspace = Workspace("env_test", machine_time, seed="events")

    @contextmanager
    def fresh(self) -> Iterator[Context]:
        """A request's context on empty tables."""
        with self.workspace.transaction() as session:
            for table in _TABLES:
                session.execute(text(f"DELETE FROM {table}"))
            self.workspace.caches.clear()
            yield Context(self.workspace, session, NOW)

    def close(self) -> None:
        self.workspace.close()


def add_meter(ctx: Context, meter_id: str, aggregation: dict[str, Any], **options: Any) -> None:
    """A published meter of the event name `ev`."""
    columns = {"name": meter_id, "event_name": "ev", "filters": [], "reset_usage": "BILLING_PERIOD", **options}
    ctx.add(MeterRow(id=meter_id, aggregation=aggregation, **columns, **ctx.stamp()))


class Seller:
    """A customer `c` on a plan of usage prices, over HTTP."""

    def __init__(self, api: Any, *, start: str = "2026-11-10T00:00:00Z", currency: str = "usd") -> None:
        self.api, self.start, self.currency = api, start, currency
        self.customer = api.post("/customers", {"external_id": "c", "name": "C"})
        self.plan = api.post("/plans", {"name": "P", "lookup_key": "p"})
        self.features: dict[str, Any] = {}

    def feature(self, name: str, event_name: str, aggregation: dict[str, Any], **options: Any) -> Any:
        """A metered feature with a meter of its own."""
        meter = {
            "name": name,
            "event_name": event_name,
            "aggregation": aggregation,
            "reset_usage": "BILLING_PERIOD",
            "filters": options.pop("filters", []),
        }
        body = {"name": name, "lookup_key": name.lower(), "type": "metered", "meter": meter, **options}
        self.features[name] = self.api.post("/features", body)
        return self.features[name]

    def price(self, name: str, amount: str = "1", **options: Any) -> Any:
        """A monthly price in arrears for a feature's usage."""
        terms = {
            "currency": self.currency,
            "type": "USAGE",
            "price_unit_type": "FIAT",
            "billing_period": "MONTHLY",
            "billing_period_count": 1,
            "billing_model": "FLAT_FEE",
            "invoice_cadence": "ARREAR",
            "start_date": "2020-01-01T00:00:00Z",
            "entity_type": "PLAN",
            "entity_id": self.plan["id"],
            "meter_id": self.features[name]["meter_id"],
            "amount": amount,
        }
        return self.api.post("/prices", {**terms, **options})

    def subscribe(self, **options: Any) -> Any:
        """A monthly subscription."""
        terms = {
            "customer_id": self.customer["id"],
            "plan_id": self.plan["id"],
            "currency": self.currency,
            "billing_period": "MONTHLY",
            "billing_period_count": 1,
            "billing_cycle": "anniversary",
            "start_date": self.start,
        }
        return self.api.post("/subscriptions", {**terms, **options})

    def send(self, event_name: str, event_id: str, timestamp: str, customer: str = "c", source: str = "", **properties: Any) -> None:
        """One event."""
        body = {
            "event_name": event_name,
            "event_id": event_id,
            "external_customer_id": customer,
            "timestamp": timestamp,
            "source": source,
            "properties": properties,
        }
        self.api.post("/events", body, expect=202)
