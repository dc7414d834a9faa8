"""One billing case's workspace: what it set up, and calls of the API by the case's own names."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import anyio.from_thread
import httpx
from sqlalchemy import select

from flexprice_emulator.app import create_app
from flexprice_emulator.explain.invoices import explain_invoice
from flexprice_emulator.invoices.tables import InvoiceRow
from flexprice_emulator.subscriptions.tables import SubscriptionRow
from flexprice_emulator.workspace.context import Context
from flexprice_emulator.workspace.registry import Registry
from flexprice_emulator.workspace.storage import OutboxRow
from flexprice_emulator.workspace.workspace import Workspace
from tests.conftest import Api

OWNER = "owner"
DEFAULT_CLOCK = "2026-01-15T00:00:00Z"
_LONG_AGO = "2020-01-01T00:00:00Z"


def iso(value: Any) -> str:
    """A date, time or text of a case as RFC 3339; a bare date is midnight UTC."""
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC) if value.tzinfo else value:%Y-%m-%dT%H:%M:%SZ}"
    if isinstance(value, date):
        return f"{value:%Y-%m-%dT00:00:00Z}"
    text = str(value)
    return f"{text}T00:00:00Z" if len(text) == 10 else text


def wired(value: Any) -> Any:
    """A part of a case as JSON: times as text, the rest as it is."""
    if isinstance(value, Mapping):
        return {key: wired(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [wired(entry) for entry in value]
    return iso(value) if isinstance(value, date) else value


class World:
    """`prices`, `coupons` and `plans` are ids by the case's names; `subscriptions` in the order they were made."""

    def __init__(self, api: Api, registry: Registry, clock: str) -> None:
        self.api, self._registry = api, registry
        self.prices: dict[str, str] = {}
        self.coupons: dict[str, str] = {}
        self.plans: dict[str, str] = {}
        self.customers: dict[str, str] = {}
        self.subscriptions: list[str] = []
        self.credit_notes: list[str] = []
        self.addon_id = self.association_id = ""
        self.payments: list[str] = []
        self.responses: dict[str, Any] = {}
        self.events_of: dict[str, list[str]] = {}
        api.freeze(clock)
        # The measured runs finalize a renewal's invoice at once.
        config = api.get("/settings/invoice_config")["value"]
        api.put("/settings/invoice_config", {"value": {**config, "finalization_delay_seconds": 0}})

    @property
    def subscription(self) -> str:
        """The case's subscription."""
        return self.subscriptions[0]

    def set_up(self, case: Mapping[str, Any]) -> None:
        """Settings, the owner, the plan with prices and entitlements, another plan, an add-on."""
        for key, value in (case.get("settings") or {}).items():
            self.api.put(f"/settings/{key}", {"value": value})
        self.create_customer(OWNER)
        self._plan("main", "Plan A", case.get("prices") or ())
        if "other_plan" in case:
            self._plan("other", "Plan B", case["other_plan"])
        if "addon" in case:
            self.addon_id = self.api.post("/addons", {"name": "Extra", "lookup_key": "extra"})["id"]
            for text in case["addon"]:
                self._price(text, "ADDON", self.addon_id)
        for entitlement in case.get("entitlements") or ():
            self._entitlement(entitlement)

    def create_customer(self, external_id: str) -> None:
        self.customers[external_id] = self.api.post("/customers", {"external_id": external_id, "name": external_id})["id"]

    def advance(self, now: Any) -> None:
        """Move the clock; what falls due on the way is performed, and all of it must succeed."""
        answer = self.api.send("POST", "//_emulator/clock/advance", {"to": iso(now)})
        assert answer.status_code == 200, answer.text
        assert answer.json()["failed"] == []

    def settle(self) -> None:
        """Perform what is due now."""
        answer = self.api.send("POST", "//_emulator/settle")
        assert answer.status_code == 200, answer.text
        assert answer.json()["failed"] == []

    def invoices(self, subscription_id: str | None = None) -> list[dict[str, Any]]:
        """All that are not SKIPPED, oldest first, in full."""
        query = f"&subscription_id={subscription_id}" if subscription_id else ""
        listed = self.api.get(f"/invoices?limit=1000&order=asc{query}")["items"]
        return [self.api.get(f"/invoices/{invoice['id']}") for invoice in listed]

    def named(self, price_id: str) -> str:
        """The price id of a case's name; other texts stay."""
        return self.prices.get(price_id, price_id)

    def events(self) -> list[str]:
        """Names of all webhook events so far, in order."""
        with self._workspace().transaction() as session:
            return list(session.scalars(select(OutboxRow.event_name).order_by(OutboxRow.id)))

    def within(self, act: Callable[[Context, SubscriptionRow], object]) -> None:
        """Something no route leads to, done to the case's subscription in a transaction."""
        workspace = self._workspace()
        with workspace.transaction() as session:
            act(Context(workspace, session, workspace.clock.now()), session.get_one(SubscriptionRow, self.subscription))

    def explanations(self) -> list[dict[str, Any]]:
        """How every stored invoice came about."""
        workspace = self._workspace()
        with workspace.transaction() as session:
            ctx = Context(workspace, session, workspace.clock.now())
            return [explain_invoice(ctx, identity) for identity in session.scalars(select(InvoiceRow.id))]

    def _workspace(self) -> Workspace:
        environment = self.api.send("GET", "//_emulator/clock").json()["environment_id"]
        return next(held for held in self._registry.opened() if held.environment_id == environment)

    def _plan(self, key: str, name: str, prices: Any) -> None:
        self.plans[key] = self.api.post("/plans", {"name": name, "lookup_key": key})["id"]
        for text in prices:
            self._price(text, "PLAN", self.plans[key])

    def _price(self, text: str, entity_type: str, entity_id: str) -> None:
        """`base: 10 fixed advance MONTHLY, trial_period_days 7`."""
        head, *extras = text.split(",")
        name, _, terms = head.partition(":")
        amount, kind, cadence, period = terms.split()
        body: dict[str, Any] = {
            "amount": amount,
            "type": kind.upper(),
            "invoice_cadence": cadence.upper(),
            "billing_period": period,
            "billing_period_count": 1,
            "billing_model": "FLAT_FEE",
            "price_unit_type": "FIAT",
            "currency": "usd",
            "display_name": name,
            "entity_type": entity_type,
            "entity_id": entity_id,
            "start_date": _LONG_AGO,
        }
        for extra in extras:
            key, value = extra.split()
            body[key] = int(value)
        if kind == "usage":
            body["meter_id"] = self._feature(name)
        self.prices[name] = self.api.post("/prices", body)["id"]

    def _feature(self, name: str) -> str:
        """A metered feature that sums `qty` of events of its name; its meter's id."""
        meter = {"name": name, "event_name": name, "aggregation": {"type": "SUM", "field": "qty"}, "reset_usage": "BILLING_PERIOD"}
        feature = self.api.post("/features", {"name": name, "lookup_key": name, "type": "metered", "meter": meter})
        self.responses[f"feature {name}"] = feature
        return str(feature["meter_id"])

    def _entitlement(self, given: Mapping[str, Any]) -> None:
        body = {
            "entity_type": "PLAN",
            "entity_id": self.plans["main"],
            "feature_id": self.responses[f"feature {given['feature']}"]["id"],
            "feature_type": "metered",
            "is_enabled": True,
            "usage_limit": given.get("usage_limit"),
            "usage_reset_period": given["reset"],
        }
        self.api.post("/entitlements", body)


@contextmanager
def opened(clock: str) -> Iterator[World]:
    """A world in a server of its own, its clock stopped."""
    with ExitStack() as stack:
        portal = stack.enter_context(anyio.from_thread.start_blocking_portal())
        registry = Registry()
        app = create_app(registry)
        client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://emulator")
        stack.callback(registry.close)
        stack.callback(lambda: portal.call(client.aclose))
        yield World(Api(portal, client, f"sk_ws_{uuid4().hex}"), registry, clock)
