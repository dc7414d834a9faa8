"""Advancing the clock over one month: every subscription renews, its usage is billed, its invoice finalized."""

import time
from typing import Any

import httpx

from benchmarks.measure import KEY, Figure, emulator

SIZES = (250, 500, 1000)
START = "2026-03-01T00:00:00Z"
BUDGET = 30.0
# Growth from the smallest size to the largest, over that of the sizes.
LINEAR = 1.3
EVENTS_EACH = 5
BULK = 1000


def run() -> list[Figure]:
    with emulator("--clock", START) as url:
        taken = {size: _advance(url, size) for size in SIZES}
    smallest, largest = SIZES[0], SIZES[-1]
    growth = (taken[largest] / largest) / (taken[smallest] / smallest)
    each = " / ".join(f"{taken[size] / size * 1000:.2f}" for size in SIZES)
    return [
        Figure(
            f"advancing one month of {largest:,} subscriptions",
            f"{taken[largest]:.2f} s",
            f"≤ {BUDGET:.0f} s",
            "",
            taken[largest] <= BUDGET,
        ),
        Figure(
            f"the same a subscription, of {' / '.join(map(str, SIZES))}",
            f"{each} ms, growth {growth:.2f}",
            f"linear: ≤ {LINEAR}",
            "",
            growth <= LINEAR,
        ),
    ]


def _advance(url: str, size: int) -> float:
    """Seconds for one month, in a workspace of `size` subscriptions with a fixed and a usage line each."""
    with httpx.Client(base_url=url, headers={"x-api-key": f"sk_ws_{KEY}_{size}"}, timeout=None) as client:
        plan_id = _plan(client)
        for number in range(size):
            _post(client, "/v1/customers", {"external_id": f"c{number}", "name": f"Customer {number}"})
            terms = {"plan_id": plan_id, "currency": "usd", "billing_period": "MONTHLY"}
            _post(client, "/v1/subscriptions", {"external_customer_id": f"c{number}", **terms})
        events = [_event(number) for number in range(size * EVENTS_EACH)]
        for first in range(0, len(events), BULK):
            _post(client, "/v1/events/bulk", {"events": events[first : first + BULK]})
        start = time.perf_counter()
        report = _post(client, "/_emulator/clock/advance", {"to": "2026-04-02T00:00:00Z"})
        taken = time.perf_counter() - start
        assert report["failed_count"] == 0, report["failed"]
        bills = client.get("/v1/invoices?limit=1&billing_reason=SUBSCRIPTION_CYCLE&invoice_status=FINALIZED").raise_for_status().json()
        assert bills["pagination"]["total"] == size, bills["pagination"]
        assert bills["items"][0]["total"] == "21", bills["items"][0]["total"]
    return taken


def _event(number: int) -> dict[str, Any]:
    """One of a customer's EVENTS_EACH events: five of 2 units at 0.1 make 1."""
    customer, nth = divmod(number, EVENTS_EACH)
    about = {"event_name": "tokens", "external_customer_id": f"c{customer}", "event_id": f"e{number}"}
    return {**about, "timestamp": f"2026-03-{nth + 2:02d}T00:00:00Z", "properties": {"n": 2}}


def _plan(client: httpx.Client) -> str:
    meter = {"name": "T", "event_name": "tokens", "aggregation": {"type": "SUM", "field": "n"}, "reset_usage": "BILLING_PERIOD"}
    feature = _post(client, "/v1/features", {"name": "Tokens", "lookup_key": "tokens", "type": "metered", "meter": meter})
    plan_id = str(_post(client, "/v1/plans", {"name": "Pro", "lookup_key": "pro"})["id"])
    terms = {"entity_type": "PLAN", "entity_id": plan_id, "currency": "usd", "billing_model": "FLAT_FEE", "price_unit_type": "FIAT"}
    terms |= {"billing_period": "MONTHLY", "billing_period_count": 1, "start_date": "2020-01-01T00:00:00Z"}
    _post(client, "/v1/prices", {**terms, "type": "FIXED", "invoice_cadence": "ADVANCE", "amount": "20"})
    _post(client, "/v1/prices", {**terms, "type": "USAGE", "invoice_cadence": "ARREAR", "amount": "0.1", "meter_id": feature["meter_id"]})
    return plan_id


def _post(client: httpx.Client, path: str, body: dict[str, Any]) -> Any:
    return client.post(path, json=body).raise_for_status().json()
