"""A small shop for billing tests: customers, plans and prices by few words, in one workspace with a stopped clock."""

from typing import Any

NOW = "2026-03-10T12:00:00Z"
START = "2026-03-01T00:00:00Z"
LONG_AGO = "2020-01-01T00:00:00Z"


class Shop:
    """Calls the API; every answer is the plain JSON."""

    def __init__(self, api: Any, now: str = NOW) -> None:
        self.api = api
        api.freeze(now)

    def customer(self, external_id: str = "acme", **fields: Any) -> dict[str, Any]:
        made: dict[str, Any] = self.api.post("/customers", {"external_id": external_id, "name": external_id.title(), **fields})
        return made

    def plan(self, key: str = "pro", *prices: dict[str, Any]) -> dict[str, Any]:
        """A plan with prices; they run from long ago."""
        made: dict[str, Any] = self.api.post("/plans", {"name": key.title(), "lookup_key": key})
        made["price_ids"] = [self.price("PLAN", made["id"], **price)["id"] for price in prices]
        return made

    def price(self, entity_type: str, entity_id: str, **fields: Any) -> dict[str, Any]:
        body = {
            "currency": "usd",
            "billing_period": "MONTHLY",
            "billing_period_count": 1,
            "billing_model": "FLAT_FEE",
            "start_date": LONG_AGO,
            "entity_type": entity_type,
            "entity_id": entity_id,
            **fields,
        }
        made: dict[str, Any] = self.api.post("/prices", body, expect=201)
        return made

    def feature(self, key: str = "calls", aggregation: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
        meter = {
            "name": key.title(),
            "event_name": key,
            "aggregation": aggregation or {"type": "SUM", "field": "n"},
            "reset_usage": "BILLING_PERIOD",
        }
        made: dict[str, Any] = self.api.post(
            "/features", {"name": key.title(), "lookup_key": key, "type": "metered", "meter": meter, **fields}
        )
        return made

    def addon(self, key: str, *prices: dict[str, Any]) -> dict[str, Any]:
        made: dict[str, Any] = self.api.post("/addons", {"name": key.title(), "lookup_key": key})
        for price in prices:
            self.price("ADDON", made["id"], **price)
        return made

    def coupon(self, code: str, percentage_off: str, **fields: Any) -> dict[str, Any]:
        body = {"name": code, "coupon_code": code, "type": "percentage", "percentage_off": percentage_off, "cadence": "forever", **fields}
        made: dict[str, Any] = self.api.post("/coupons", body)
        return made

    def tax(self, code: str, percentage_value: str) -> dict[str, Any]:
        body = {"name": code, "code": code, "tax_rate_type": "percentage", "percentage_value": percentage_value}
        made: dict[str, Any] = self.api.post("/taxes/rates", body)
        return made

    def subscribe(self, customer: dict[str, Any], plan: dict[str, Any], *, expect: int = 201, **fields: Any) -> dict[str, Any]:
        body = {
            "customer_id": customer["id"],
            "plan_id": plan["id"],
            "currency": "usd",
            "billing_period": "MONTHLY",
            "start_date": START,
            **fields,
        }
        made: dict[str, Any] = self.api.post("/subscriptions", {k: v for k, v in body.items() if v is not None}, expect=expect)
        return made

    def use(self, customer: dict[str, Any], event_name: str, quantity: str, at: str, event_id: str = "") -> None:
        event = {
            "event_name": event_name,
            "external_customer_id": customer["external_id"],
            "event_id": event_id or f"{event_name}-{at}-{quantity}",
            "timestamp": at,
            "properties": {"n": quantity},
        }
        self.api.post("/events", event, expect=202)

    def invoices(self, subscription: dict[str, Any], **query: str) -> list[dict[str, Any]]:
        """Oldest first."""
        text = "".join(f"&{name}={value}" for name, value in query.items())
        found: list[dict[str, Any]] = self.api.get(f"/invoices?subscription_id={subscription['id']}&order=asc{text}")["items"]
        return found

    def preview(self, subscription: dict[str, Any], **fields: Any) -> dict[str, Any]:
        made: dict[str, Any] = self.api.post("/invoices/preview", {"subscription_id": subscription["id"], **fields})
        return made


ADVANCE = {"type": "FIXED", "invoice_cadence": "ADVANCE", "amount": "30", "display_name": "Base"}
ARREAR = {"type": "FIXED", "invoice_cadence": "ARREAR", "amount": "11", "display_name": "Support"}


def usage(meter_id: str, amount: str = "0.5", **fields: Any) -> dict[str, Any]:
    """A usage price."""
    return {"type": "USAGE", "invoice_cadence": "ARREAR", "amount": amount, "meter_id": meter_id, **fields}


def figures(invoice: dict[str, Any]) -> dict[str, str]:
    """What an invoice asks for."""
    names = ("subtotal", "total_discount", "total_prepaid_credits_applied", "total_tax", "total", "amount_due", "amount_remaining")
    return {name: invoice[name] for name in names}


def lines(invoice: dict[str, Any]) -> list[tuple[str, str, str]]:
    """(name, quantity, amount) of each line, sorted."""
    return sorted((line["display_name"], line["quantity"], line["amount"]) for line in invoice.get("line_items", []))
