"""Single requests over HTTP, p50, over 1,000 events, against a bare FastAPI route on the same machine."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import httpx

from benchmarks.measure import HEADERS, Figure, bare_fastapi, emulator, milliseconds, p50

EVENTS = 1000
BUDGETS = {"GET": 2.3, "create": 4.0, "event": 3.0, "usage": 8.0, "preview": 11.0}


def _prepare(post: Any) -> str:
    """A subscription with a usage line over 1,000 events and a fixed line; its id."""
    start = datetime.now(UTC).replace(microsecond=0) - timedelta(days=10)
    customer = post("/customers", {"external_id": "bench", "name": "Bench"})
    feature = post(
        "/features",
        {
            "name": "Tokens",
            "lookup_key": "tokens",
            "type": "metered",
            "meter": {
                "name": "Tokens",
                "event_name": "tokens",
                "aggregation": {"type": "SUM", "field": "n"},
                "reset_usage": "BILLING_PERIOD",
            },
        },
    )
    plan = post("/plans", {"name": "Pro", "lookup_key": "pro"})
    terms = {
        "entity_type": "PLAN",
        "entity_id": plan["id"],
        "currency": "usd",
        "billing_model": "FLAT_FEE",
        "billing_period": "MONTHLY",
        "billing_period_count": 1,
        "price_unit_type": "FIAT",
        "start_date": "2020-01-01T00:00:00Z",
    }
    post("/prices", {**terms, "type": "USAGE", "invoice_cadence": "ARREAR", "amount": "0.002", "meter_id": feature["meter_id"]})
    post("/prices", {**terms, "type": "FIXED", "invoice_cadence": "ADVANCE", "amount": "20"})
    subscription = post(
        "/subscriptions",
        {
            "customer_id": customer["id"],
            "plan_id": plan["id"],
            "currency": "usd",
            "billing_period": "MONTHLY",
            "start_date": start.isoformat().replace("+00:00", "Z"),
        },
    )
    post(
        "/events/bulk",
        {
            "events": [
                {
                    "event_name": "tokens",
                    "external_customer_id": "bench",
                    "event_id": f"e{index}",
                    "timestamp": (start + timedelta(minutes=index)).isoformat().replace("+00:00", "Z"),
                    "properties": {"n": index},
                }
                for index in range(EVENTS)
            ]
        },
    )
    return str(subscription["id"])


def run() -> list[Figure]:
    with emulator() as url, bare_fastapi() as bare, httpx.Client(headers=HEADERS) as client:

        def post(path: str, body: Any) -> Any:
            answer = client.post(f"{url}/v1{path}", json=body)
            answer.raise_for_status()
            return answer.json()

        subscription = _prepare(post)
        number = count()
        event = {"event_name": "tokens", "external_customer_id": "other", "properties": {"n": 1}}
        taken = {
            "GET": p50(lambda: client.get(f"{url}/v1/customers/external/bench")),
            "create": p50(lambda: post("/customers", {"external_id": f"c{next(number)}", "name": "C"})),
            "event": p50(lambda: post("/events", {**event, "event_id": f"x{next(number)}"})),
            "usage": p50(lambda: post("/subscriptions/usage", {"subscription_id": subscription})),
            "preview": p50(lambda: post("/invoices/preview", {"subscription_id": subscription})),
        }
        baselines = {
            "GET": p50(lambda: client.get(f"{bare}/health")),
            "event": p50(lambda: client.post(f"{bare}/event", json=event)),
        }
    return [
        Figure(
            f"{name} over HTTP, p50",
            milliseconds(value),
            f"≤ {BUDGETS[name]} ms",
            f"{milliseconds(baselines.get(name, baselines['event']))}, a bare FastAPI route",
            value * 1000 <= BUDGETS[name],
        )
        for name, value in taken.items()
    ]
