"""Bodies of the catalogue's requests."""

from typing import Any
from uuid import uuid4

import pytest


class Catalogue:
    """Creates what a test needs and is not about."""

    def __init__(self, api: Any) -> None:
        self.api = api

    def plan(self, name: str = "Pro", **fields: Any) -> dict[str, Any]:
        return self.api.post("/plans", {"name": name, **fields}, expect=201)

    def addon(self, name: str = "Extra", lookup_key: str = "extra", **fields: Any) -> dict[str, Any]:
        return self.api.post("/addons", {"name": name, "lookup_key": lookup_key, **fields}, expect=201)

    def feature(self, lookup_key: str = "tokens", aggregation: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
        """A metered feature unless `type` says otherwise."""
        body: dict[str, Any] = {"name": lookup_key.title(), "lookup_key": lookup_key, "type": "metered", **fields}
        if body["type"] == "metered":
            body["meter"] = {
                "name": body["name"],
                "event_name": lookup_key,
                "aggregation": aggregation or {"type": "SUM", "field": "n"},
                "reset_usage": "BILLING_PERIOD",
            }
        return self.api.post("/features", body, expect=201)

    @staticmethod
    def fixed(owner: dict[str, Any], amount: str = "10", **fields: Any) -> dict[str, Any]:
        """The body of a fixed monthly price; fields of None are left out."""
        body = {
            "amount": amount,
            "currency": "USD",
            "entity_type": owner["id"].partition("_")[0].upper(),
            "entity_id": owner["id"],
            "type": "FIXED",
            "price_unit_type": "FIAT",
            "billing_period": "MONTHLY",
            "billing_period_count": 1,
            "billing_model": "FLAT_FEE",
            "invoice_cadence": "ADVANCE",
            **fields,
        }
        return {name: value for name, value in body.items() if value is not None}

    def usage(self, owner: dict[str, Any], feature: dict[str, Any], amount: str = "0.5", **fields: Any) -> dict[str, Any]:
        """The body of a usage price of the feature's meter."""
        return self.fixed(owner, amount, **{"type": "USAGE", "invoice_cadence": "ARREAR", "meter_id": feature["meter_id"], **fields})

    def price(self, body: dict[str, Any]) -> dict[str, Any]:
        return self.api.post("/prices", body, expect=201)


@pytest.fixture
def shop(api: Any) -> Catalogue:
    return Catalogue(api)


@pytest.fixture(scope="session")
def new_shop(server: Any) -> Any:
    """Makes a catalogue of an empty workspace at each call, for property tests."""
    from tests.conftest import Api

    return lambda: Catalogue(Api(*server, f"sk_ws_{uuid4().hex}"))
