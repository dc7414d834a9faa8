"""Two server processes on one database: due work and webhooks are done by one of them, and taken over from one that was killed."""

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.http_server import KEY
from tests.postgres_server import Server
from tests.webhooks.receiver import Receiver, Told, receiving


class Running:
    """A server process, and a client of its sandbox."""

    def __init__(self, url: str) -> None:
        command = [sys.executable, "-m", "flexprice_emulator.cli.main", "serve", "--port", "0", "--database-url", url]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert self.process.stdout is not None
        base = self.process.stdout.readline().split(" listens on ")[1].strip().removesuffix("/v1")
        self.client = httpx.Client(base_url=base, headers={"x-api-key": KEY}, timeout=60)

    def call(self, method: str, path: str, body: Any = None) -> Any:
        answer = self.client.request(method, path, json=body)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text[:300]}"
        return answer.json() if answer.content else None

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def close(self) -> None:
        self.client.close()
        self.process.terminate()
        self.process.wait(20)
        assert self.process.stdout is not None
        self.process.stdout.close()


@pytest.fixture(scope="module")
def pair(postgresql: Server) -> Iterator[tuple[Running, Running]]:
    """Two servers of one database, for tests that leave both alive; each works in an environment of its own."""
    url = postgresql.fresh_url()
    with closing(Running(url)) as one, closing(Running(url)) as two:
        yield one, two


@pytest.fixture
def servers(pair: tuple[Running, Running]) -> tuple[Running, Running]:
    """Both, in a new environment."""
    key = f"sk_ws_{uuid4().hex}"
    for server in pair:
        server.client.headers["x-api-key"] = key
    return pair


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as running:
        yield running


def soon(wanted: Callable[[], bool], seconds: float = 90) -> bool:
    deadline = time.monotonic() + seconds
    while not wanted() and time.monotonic() < deadline:
        time.sleep(0.02)
    return wanted()


def add_customers(servers: list[Running], count: int, prefix: str) -> None:
    for n in range(count):
        servers[n % len(servers)].call("POST", "/v1/customers", {"external_id": f"{prefix}{n}", "name": "n"})


def ids(receiver: Receiver) -> Counter[str]:
    """How often each message came."""
    return Counter(item.headers["svix-id"] for item in list(receiver.received))


def test_what_one_writes_the_other_answers_with(servers: tuple[Running, Running]) -> None:
    one, two = servers
    one.call("POST", "/_emulator/clock", {"mode": "frozen", "now": "2026-01-31T00:00:00Z"})
    made = two.call("POST", "/v1/customers", {"external_id": "acme", "name": "Acme"})
    assert made["created_at"] == "2026-01-31T00:00:00Z"
    assert one.call("GET", f"/v1/customers/{made['id']}") == made
    # What is kept between requests is dropped: a key, a meter.
    event = {"event_name": "image", "external_customer_id": "acme", "properties": {"n": 2}}
    two.call("POST", "/v1/events", event)
    meter = {"name": "Images", "event_name": "image", "aggregation": {"type": "SUM", "field": "n"}, "reset_usage": "BILLING_PERIOD"}
    meter_id = one.call("POST", "/v1/meters", meter)["id"]
    two.call("POST", "/v1/events", event)
    assert one.call("POST", "/v1/events/usage/meter", {"meter_id": meter_id, "external_customer_id": "acme"})["value"] == 4
    # Ids of an instant rise, whoever makes them.
    identities = [(one, two)[n % 2].call("POST", "/v1/customers", {"external_id": f"c{n}", "name": "n"})["id"] for n in range(6)]
    assert identities == sorted(identities)
    one.call("POST", "/_emulator/clock/advance", {"by": "P1D"})
    assert two.call("GET", "/_emulator/clock")["now"] == "2026-02-01T00:00:00Z"


def test_advances_by_two_processes_at_once_do_each_row_once(servers: tuple[Running, Running], receiver: Receiver) -> None:
    one, two = servers
    one.call("POST", "/_emulator/clock", {"mode": "frozen", "now": "2026-01-31T00:00:00Z"})
    customer = one.call("POST", "/v1/customers", {"external_id": "acme", "name": "Acme"})
    wallet = one.call("POST", "/v1/wallets", {"customer_id": customer["id"], "currency": "usd"})
    for n in range(20):
        top_up = {"credits_to_add": "1", "transaction_reason": "FREE_CREDIT_GRANT", "idempotency_key": f"k{n}"}
        one.call("POST", f"/v1/wallets/{wallet['id']}/top-up", {**top_up, "expiry_date_utc": f"2026-02-{n + 1:02}T00:00:00Z"})
    with ThreadPoolExecutor(2) as pool:
        reports = list(pool.map(lambda server: server.call("POST", "/_emulator/clock/advance", {"by": "P40D"}), [one, two]))
    assert sum(report["performed_count"] for report in reports) >= 20
    assert one.call("GET", "/_emulator/clock")["now"] == two.call("GET", "/_emulator/clock")["now"] == "2026-04-21T00:00:00Z"
    rows = two.call("GET", f"/v1/wallets/{wallet['id']}/transactions?limit=100")["items"]
    assert Counter(row["type"] for row in rows) == {"credit": 20, "debit": 20}
    assert float(one.call("GET", f"/v1/wallets/{wallet['id']}")["credit_balance"]) == 0


def test_no_webhook_is_sent_twice_while_both_live(servers: tuple[Running, Running], receiver: Receiver) -> None:
    one, two = servers
    one.call("POST", "/_emulator/webhooks/endpoints", {"url": receiver.url})
    add_customers([one, two], 30, "c")
    assert soon(lambda: len(ids(receiver)) == 30), len(ids(receiver))
    time.sleep(2.5)
    assert set(ids(receiver).values()) == {1}


def test_a_killed_process_s_webhooks_are_taken_over(url: str, receiver: Receiver) -> None:
    with closing(Running(url)) as one, closing(Running(url)) as two:
        taken_over(one, two, receiver)


def taken_over(one: Running, two: Running, receiver: Receiver) -> None:
    one.call("POST", "/_emulator/webhooks/endpoints", {"url": receiver.url})
    receiver.answers += [Told(pause=60)]
    add_customers([one], 5, "c")
    assert soon(lambda: len(receiver.received) == 1)
    one.kill()
    assert soon(lambda: two.call("GET", "/_emulator/due")["count"] == 0)
