"""A small Flexprice in memory: enough of the catalogue and the seeds to apply rules to, with the API's own habits."""

import itertools
from collections.abc import Mapping
from copy import deepcopy
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from flexprice_client.errors import NotFoundError, ServerError

NOW = "2026-01-15T00:00:00.123456789Z"
_KINDS = {
    "/prices/units": "price_unit",
    "/groups": "group",
    "/features": "feature",
    "/plans": "plan",
    "/prices": "price",
    "/entitlements": "ent",
    "/creditgrants": "cg",
    "/addons": "addon",
    "/coupons": "coupon",
    "/taxes/rates": "taxrate",
    "/customers": "cust",
    "/taxes/associations": "ta",
    "/wallets": "wallet",
    "/subscriptions": "subs",
}
_MONEY = {"amount", "billing_model", "tier_mode", "tiers", "transform_quantity", "price_unit_amount", "price_unit_tiers"}
_SEARCH_KEYS = {"lookup_keys": "lookup_key", "external_ids": "external_id", "entity_ids": "entity_id"}


def trimmed(value: Any, name: str = "") -> Any:
    """Decimals as the API shows them."""
    if isinstance(value, Mapping):
        return {key: value[key] if key in ("metadata", "config_value", "static_value") else trimmed(value[key], key) for key in value}
    if isinstance(value, list):
        return [trimmed(item) for item in value]
    if isinstance(value, str) and name.endswith(("amount", "rate", "off", "value", "credits", "threshold")):
        return format(Decimal(value).normalize(), "f")
    return value


class FakeTarget:
    """Target. `calls` are the writes; `fail_on` makes the nth write fail with a 500."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, dict[str, Any]]] = {path: {} for path in (*_KINDS, "/meters")}
        self.calls: list[tuple[str, str, Any]] = []
        self.fail_on: int | None = None
        self._number = itertools.count(1)

    def request(self, method: str, path: str, json: Mapping[str, Any] | None = None) -> Any:
        parts = urlsplit(path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        steps = unquote(parts.path)
        if method == "GET":
            return deepcopy(self._get(steps, query))
        body = deepcopy(dict(json or {}))
        if steps.endswith("/search"):
            return deepcopy(self._search(steps.removesuffix("/search"), body))
        self.calls.append((method, steps, body))
        if self.fail_on == len(self.calls):
            raise ServerError("out of order", status=500)
        if method == "POST":
            return deepcopy(self._create(steps, trimmed(body)))
        collection, _, own_id = steps.rpartition("/")
        row = self._row(collection, own_id)
        if method == "DELETE":
            row["end_date"] = body["end_date"]
            return {"message": "price deleted successfully"}
        return deepcopy(self._update(collection, row, trimmed(body)))

    def one(self, path: str, **fields: Any) -> dict[str, Any]:
        """The only row with these fields."""
        (row,) = [row for row in self.rows[path].values() if all(row.get(name) == value for name, value in fields.items())]
        return row

    def _row(self, path: str, own_id: str) -> dict[str, Any]:
        if own_id not in self.rows[path]:
            raise NotFoundError("not found", status=404)
        return self.rows[path][own_id]

    def _create(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        row = {**body, "id": f"{_KINDS[path]}_{next(self._number)}", "status": "published"}
        for name in ("currency", "base_currency", "coupon_code"):
            if name in row:
                row[name] = row[name].lower()
        if path == "/features" and "meter" in row:
            meter = {**row.pop("meter"), "id": f"meter_{next(self._number)}", "status": "published"}
            self.rows["/meters"][meter["id"]] = meter
            row["meter_id"] = meter["id"]
        if path == "/prices":
            unit = row.pop("price_unit_config", None)
            if unit is not None:
                row |= {"price_unit": unit["price_unit"], "price_unit_amount": unit.get("amount")}
                row["price_unit_tiers"] = unit.get("price_unit_tiers")
            row.setdefault("amount", "0")
            row.setdefault("start_date", NOW)
            row.setdefault("transform_quantity", {"divide_by": 1})
        if path == "/entitlements":
            row |= {"is_enabled": True, "static_value": row.get("static_value", "")}
            row.setdefault("usage_limit", None)
        if path == "/taxes/associations":
            code = row.pop("tax_rate_code")
            row["tax_rate_id"] = self.one("/taxes/rates", code=code)["id"]
        if path in ("/wallets", "/subscriptions"):
            customer = self.one("/customers", external_id=row.pop("external_customer_id"))
            row["customer_id"] = customer["id"]
        if path == "/wallets":
            row |= {"wallet_status": "active", "name": "Prepaid Wallet", "config": {"allowed_price_types": ["USAGE"]}}
        if path == "/subscriptions":
            row |= {"subscription_status": row.get("subscription_status", "active")}
        self.rows[path][row["id"]] = row
        return row

    def _update(self, path: str, row: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
        if path == "/features" and "filters" in body:
            self.rows["/meters"][row["meter_id"]]["filters"] = body.pop("filters")
        if path == "/prices" and _MONEY & set(body):
            start = body.pop("effective_from", NOW)
            row["end_date"] = start
            successor = {**row, **body, "id": f"price_{next(self._number)}", "start_date": start, "parent_price_id": row["id"]}
            del successor["end_date"]
            self.rows[path][successor["id"]] = successor
            return successor
        row |= body
        return row

    def _search(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        rows = list(self.rows[path].values())
        for name, value in body.items():
            if name in _SEARCH_KEYS:
                rows = [row for row in rows if row.get(_SEARCH_KEYS[name]) in value]
            elif name in ("lookup_key", "entity_type", "customer_id", "status"):
                rows = [row for row in rows if row.get(name) == value]
            elif name == "subscription_status":
                rows = [row for row in rows if row.get(name) in value]
        if path == "/prices" and not body.get("allow_expired_prices"):
            rows = [row for row in rows if row.get("end_date") is None or row["end_date"] > NOW]
        return self._page(rows, body)

    def _page(self, rows: list[dict[str, Any]], paging: Mapping[str, Any]) -> dict[str, Any]:
        start, limit = int(paging.get("offset", 0)), int(paging.get("limit", 50))
        return {"items": rows[start : start + limit], "pagination": {"total": len(rows), "limit": limit, "offset": start + limit}}

    def _get(self, path: str, query: Mapping[str, str]) -> Any:
        if path == "/users/me":
            return {"id": "user_1", "tenant": {"id": "tenant_1"}}
        steps = path.strip("/").split("/")
        if len(steps) == 3 and steps[0] in ("plans", "addons"):
            rows = self.rows["/entitlements" if steps[2] == "entitlements" else "/creditgrants"].values()
            owned = [row for row in rows if steps[1] in (row.get("entity_id"), row.get("plan_id"), row.get("addon_id"))]
            return {"items": owned, "pagination": {"total": len(owned), "limit": 0, "offset": 0}}
        if len(steps) == 3 and steps[2] == "wallets":
            return [row for row in self.rows["/wallets"].values() if row["customer_id"] == steps[1]]
        if "code" in steps:
            collection, key = path.split("/code/")
            name = "coupon_code" if collection == "/coupons" else "code"
            rows = [row for row in self.rows[collection].values() if row[name].lower() == key.lower()]
            if not rows:
                raise NotFoundError("not found", status=404)
            return rows[0]
        rows = list(self.rows[path].values())
        if "taxrate_codes" in query:
            rows = [row for row in rows if row["code"] == query["taxrate_codes"]]
        if "entity_id" in query:
            rows = [row for row in rows if row["entity_id"] == query["entity_id"]]
        return self._page(rows, query)
