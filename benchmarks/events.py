"""Events over HTTP: ingestion into a durable file database, and the usage of one customer among a million events."""

import http.client
import json
import tempfile
import threading
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import httpx

from benchmarks.measure import HEADERS, Figure, bare_fastapi, emulator, milliseconds, p50

START = datetime(2026, 3, 1, tzinfo=UTC)
RANGE = {"start_time": "2026-03-01T00:00:00Z", "end_time": "2026-04-01T00:00:00Z"}
CUSTOMERS = 10
BULK = 1000
CONNECTIONS = 16
MILLION = 1_000_000


def run() -> list[Figure]:
    with (
        tempfile.TemporaryDirectory() as data,
        emulator("--data", data) as url,
        bare_fastapi() as bare,
        httpx.Client(headers=HEADERS, timeout=60) as client,
    ):
        meter_id = _meter(client, url)
        # Later than the range that is read below, and with ids of their own.
        bodies, warming = _bulks(60 * MILLION), _bulks(50 * MILLION)
        _rate(client, f"{bare}/events/whole", warming)
        baseline = _rate(client, f"{bare}/events/whole", bodies)
        plain = _rate(client, f"{bare}/events", bodies)
        _rate(client, f"{url}/v1/events/bulk", warming[:5])
        rate = _rate(client, f"{url}/v1/events/bulk", bodies)
        figures = [
            Figure(
                "events, bulks of 1,000",
                f"{rate:,.0f} events/s, {rate / baseline:.0%}",
                "≥ 8,000 events/s, ≥ 40 %",
                f"{baseline:,.0f} events/s, a bare FastAPI route that validates the API's request model"
                f" ({plain:,.0f} with times and properties taken as they are)",
                rate >= 8000 and rate / baseline >= 0.4,
            ),
            _singles(url, bare),
        ]
        rates = [_rate(client, f"{url}/v1/events/bulk", _bulks(first)) for first in range(0, MILLION, 50 * BULK)]
        slowest = min(rates)
        figures.append(
            Figure(
                "the same while a million are stored, slowest 50,000", f"{slowest:,.0f} events/s", "≥ 8,000 events/s", "", slowest >= 8000
            )
        )
        return [*figures, *_usage(client, url, meter_id), _preview(client, url, meter_id)]


def _usage(client: httpx.Client, url: str, meter_id: str) -> list[Figure]:
    wanted = {**RANGE, "external_customer_id": "customer-3"}
    raw = {"event_name": "llm", "aggregation_type": "SUM", "property_name": "tokens"}
    reads: dict[str, tuple[str, dict[str, Any]]] = {
        "/events/usage SUM": ("/events/usage", {**wanted, **raw}),
        "/events/usage COUNT": ("/events/usage", {**wanted, **raw, "aggregation_type": "COUNT"}),
        "/events/usage/meter": ("/events/usage/meter", {**wanted, "meter_id": meter_id}),
        "/events/analytics": ("/events/analytics", wanted),
        "/events/analytics by day": ("/events/analytics", {**wanted, "window_size": "DAY"}),
    }
    figures = []
    for what, (path, body) in reads.items():
        taken = p50(lambda path=path, body=body: client.post(f"{url}/v1{path}", json=body).raise_for_status(), repeat=7, warm=1)  # type: ignore[misc]
        figures.append(Figure(f"{what}, 100,000 of 1,000,000 events", milliseconds(taken), "≤ 150 ms", "", taken <= 0.15))
    return figures


def _preview(client: httpx.Client, url: str, meter_id: str) -> Figure:
    """The preview of an invoice over the same events."""

    def post(path: str, body: dict[str, Any]) -> Any:
        return client.post(f"{url}/v1{path}", json=body).raise_for_status().json()

    post("/customers", {"external_id": "customer-3", "name": "Three"})
    plan = post("/plans", {"name": "Pro", "lookup_key": "pro"})
    terms = {"currency": "usd", "billing_period": "MONTHLY", "billing_period_count": 1, "billing_cadence": "RECURRING"}
    price = {"type": "USAGE", "billing_model": "FLAT_FEE", "invoice_cadence": "ARREAR", "meter_id": meter_id, "amount": "0.001"}
    begin = {"start_date": RANGE["start_time"]}
    post("/prices", {"entity_type": "PLAN", "entity_id": plan["id"], **terms, **price, **begin})
    terms = {"external_customer_id": "customer-3", "plan_id": plan["id"], **terms, "billing_cycle": "anniversary", **begin}
    subscription = post("/subscriptions", terms)["id"]
    body = {"subscription_id": subscription, "period_start": RANGE["start_time"], "period_end": RANGE["end_time"]}
    found: list[Any] = []
    taken = p50(lambda: found.append(post("/invoices/preview", body)), repeat=7, warm=1)
    usage = [line["quantity"] for line in found[-1]["line_items"] if line["price_type"] == "USAGE"]
    assert [Decimal(quantity) for quantity in usage] == [_expected()], usage
    return Figure("/invoices/preview over 100,000 of 1,000,000 events", milliseconds(taken), "≤ 250 ms", "", taken <= 0.25)


def _expected() -> Decimal:
    """The tokens of customer-3 among the million events that lie in the range."""
    start, end = (datetime.fromisoformat(RANGE[bound].replace("Z", "+00:00")) for bound in ("start_time", "end_time"))
    within = range(int((start - START).total_seconds()) // 2, min(MILLION, int((end - START).total_seconds()) // 2))
    return Decimal(sum(number % 997 for number in within if number % CUSTOMERS == 3))


def _singles(url: str, bare: str) -> Figure:
    found = _parallel(f"{url}/v1/events")
    baseline = _parallel(f"{bare}/event")
    return Figure(
        f"single events, {CONNECTIONS} connections",
        f"{found:,.0f} events/s",
        "≥ 600 events/s",
        f"{baseline:,.0f} events/s, a bare FastAPI route",
        found >= 600,
    )


def _meter(client: httpx.Client, url: str) -> str:
    """The id of a meter that sums the tokens of every event."""
    meter = {
        "name": "Tokens",
        "event_name": "llm",
        "aggregation": {"type": "SUM", "field": "tokens"},
        "reset_usage": "BILLING_PERIOD",
    }
    body = {"name": "Tokens", "lookup_key": "tokens", "type": "metered", "meter": meter}
    return str(client.post(f"{url}/v1/features", json=body).raise_for_status().json()["meter_id"])


def _event(number: int, customers: int = CUSTOMERS) -> dict[str, Any]:
    return {
        "event_name": "llm",
        "event_id": f"e{number}",
        "external_customer_id": f"customer-{number % customers}",
        "timestamp": (START + timedelta(seconds=number * 2)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "source": "api",
        "properties": {"tokens": number % 997, "model": "a" if number % 3 else "b", "region": "eu", "seconds": 0.25},
    }


def _bulk(first: int, customers: int = CUSTOMERS) -> bytes:
    return json.dumps({"events": [_event(number, customers) for number in range(first, first + BULK)]}).encode()


def _bulks(first: int) -> list[bytes]:
    return [_bulk(start) for start in range(first, first + 50 * BULK, BULK)]


def _rate(client: httpx.Client, url: str, bodies: list[bytes]) -> float:
    """Events a second."""
    start = time.perf_counter()
    for body in bodies:
        client.post(url, content=body, headers={"content-type": "application/json"}).raise_for_status()
    return len(bodies) * BULK / (time.perf_counter() - start)


def _parallel(url: str, count: int = 150) -> float:
    """Single events a second over several connections."""
    target = urlsplit(url)

    def work(worker: int) -> None:
        connection = http.client.HTTPConnection(target.hostname or "", target.port, timeout=60)
        for number in range(count):
            body = json.dumps(_event(10 * MILLION + worker * count + number)).encode()
            connection.request("POST", target.path, body, {**HEADERS, "content-type": "application/json"})
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 202, answer.status
        connection.close()

    threads = [threading.Thread(target=work, args=(worker,)) for worker in range(CONNECTIONS)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return CONNECTIONS * count / (time.perf_counter() - start)
