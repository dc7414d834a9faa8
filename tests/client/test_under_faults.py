"""What the client does when things go wrong, over HTTP and in one process, blocking and awaiting.

Every fault is injected by the emulator's rules (docs/faults.md), and what happened there is read from its request log.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any
from uuid import uuid4

import httpx
import pytest

from flexprice_client import (
    AlreadyExistsError,
    AsyncFlexprice,
    Config,
    Flexprice,
    NotFoundError,
    RateLimitError,
    ServerError,
    errors,
)
from flexprice_client.transport import AsyncTransport, RetryPolicy, Transport
from flexprice_emulator.app import create_app
from flexprice_emulator.workspace.registry import Registry
from tests.http_server import running

NOW = "2026-03-10T12:00:00Z"
EVENT = {"event_name": "image", "external_customer_id": "acme", "event_id": "e1", "timestamp": NOW}


class Service:
    """One workspace, and clients of all kinds for it."""

    def __init__(self, kind: str, url: str, app: Any) -> None:
        self.kind, self.app = kind, app
        self.config = Config(base_url=f"{url}/v1", api_key=f"sk_ws_{uuid4().hex}", timeout=30)
        self.waits: list[float] = []
        self.policy = RetryPolicy(max_retries=2)

    def call(self, act: Callable[[Any], Any], **settings: Any) -> Any:
        """`act` by a client of this kind. Waits are noted and not waited."""
        config = Config(**{**vars_of(self.config), **settings})
        common: dict[str, Any] = {"retry": self.policy, "random": lambda: 0.0, "app": self.app}
        if self.kind == "sync":
            with Flexprice(transport=Transport(config, sleep=self.waits.append, **common)) as client:
                return act(client)

        async def rest(seconds: float) -> None:
            self.waits.append(seconds)

        async def run() -> Any:
            async with AsyncFlexprice(transport=AsyncTransport(config, sleep=rest, **common)) as client:
                return await act(client)

        return asyncio.run(run())

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """/_emulator of the workspace."""
        with Flexprice(config=self.config, app=self.app) as client:
            return client.request(method, f"/_emulator{path}", body=body, at_root=True)

    def fault(self, kind: str, operation: str, **rule: Any) -> None:
        self.control("POST", "/faults", {"kind": kind, "operation": operation, **rule})

    def statuses(self, operation: str) -> list[int | None]:
        """How often an operation was asked for, and what was answered."""
        items = self.control("GET", "/requests")["items"]
        return [item["status"] for item in items if item["name"] == operation]

    def customer(self) -> Any:
        return self.call(lambda client: client.customers.create({"external_id": "acme", "name": "Acme"}))

    def customers(self) -> int:
        with Flexprice(config=self.config, app=self.app) as client:
            return len(client.customers.list().items)

    def wallet(self) -> str:
        customer = self.customer()
        body = {"customer_id": customer.id, "currency": "usd", "name": "Prepaid"}
        wallet_id: str = self.call(lambda client: client.wallets.create(body)).id
        return wallet_id


def vars_of(config: Config) -> dict[str, Any]:
    return {"base_url": config.base_url, "api_key": config.api_key, "timeout": config.timeout}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with running() as base:
        # What is loaded on first use would count in the first test's time-outs.
        with httpx.Client(base_url=base, headers={"x-api-key": "sk_ws_warm"}, timeout=60) as client:
            client.get("/_emulator/health")
            for path in ("customers", "wallets", "events", "plans"):
                client.get(f"/v1/{path}")
        yield base


@pytest.fixture(scope="module")
def app() -> Iterator[Any]:
    registry = Registry()
    app = create_app(registry)
    app.load()
    yield app
    registry.close()


@pytest.fixture(params=["sync over HTTP", "async over HTTP", "sync in process", "async in process"])
def service(request: pytest.FixtureRequest) -> Service:
    kind, _, where = request.param.partition(" ")
    if where == "over HTTP":
        return Service(kind, request.getfixturevalue("url"), None)
    return Service(kind, "http://inside", request.getfixturevalue("app"))


# --- 429


def test_a_429_is_waited_out_by_every_call_for_as_long_as_it_asks(service: Service) -> None:
    service.fault("rate_limit", "create_customer", count=2, retry_after=7)
    assert service.customer().external_id == "acme"
    assert service.waits == [7.0, 7.0]
    assert service.statuses("create_customer") == [429, 429, 201]


def test_a_pause_that_is_too_long_is_not_waited_for(service: Service) -> None:
    service.fault("rate_limit", "create_customer", count=1, retry_after=3600)
    with pytest.raises(RateLimitError) as refused:
        service.customer()
    assert (refused.value.retry_after, refused.value.attempts, service.waits) == (3600.0, 1, [])


def test_without_retry_after_the_client_backs_off_by_itself(service: Service) -> None:
    service.fault("rate_limit", "create_customer", count=2, retry_after=None)
    service.customer()
    assert service.waits == [0.125, 0.25]


def test_a_429_that_does_not_end_is_raised_in_the_end(service: Service) -> None:
    service.fault("rate_limit", "create_customer")
    with pytest.raises(RateLimitError) as refused:
        service.customer()
    assert (refused.value.status, refused.value.code, refused.value.attempts) == (429, "too_many_requests", 3)
    assert service.statuses("create_customer") == [429] * 3


# --- 5xx


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_read_is_tried_again_after_a_5xx(service: Service, status: int) -> None:
    service.fault("error", "GET /customers", status=status, count=2, retry_after=3)
    assert service.call(lambda client: client.customers.list()).items == []
    assert service.waits == [3.0, 3.0]


def test_other_5xx_are_not(service: Service) -> None:
    service.fault("error", "GET /customers", status=501)
    with pytest.raises(ServerError) as failed:
        service.call(lambda client: client.customers.list())
    assert (failed.value.status, failed.value.attempts) == (501, 1)


@pytest.mark.parametrize(("when", "there"), [("before", 0), ("after", 1)])
def test_a_create_is_never_repeated_after_a_5xx(service: Service, when: str, there: int) -> None:
    service.fault("error", "create_customer", when=when)
    with pytest.raises(ServerError) as failed:
        service.customer()
    assert (failed.value.attempts, service.statuses("create_customer")) == (1, [500])
    assert service.customers() == there


def test_a_5xx_after_the_commit_does_not_bill_an_event_twice(service: Service) -> None:
    service.fault("error", "ingest_event", when="after", count=2)
    assert service.call(lambda client: client.events.ingest(EVENT)).event_id == "e1"
    assert service.statuses("ingest_event") == [500, 500, 202]
    year = {"start_time": "2026-01-01T00:00:00Z", "end_time": "2027-01-01T00:00:00Z"}
    assert [event.id for event in service.call(lambda client: client.events.query(year)).events] == ["e1"]


def test_an_event_without_id_or_time_is_sent_once_only(service: Service) -> None:
    service.fault("error", "ingest_event", when="after")
    for missing in ("event_id", "timestamp"):
        with pytest.raises(ServerError):
            service.call(lambda client, gone=missing: client.events.ingest({k: v for k, v in EVENT.items() if k != gone}))
    assert service.statuses("ingest_event") == [500, 500]


def test_a_top_up_with_a_key_counts_once_and_its_repeat_says_so(service: Service) -> None:
    wallet_id = service.wallet()
    service.fault("error", "POST /wallets/*/top-up", when="after", count=1)
    request = {"credits_to_add": "10", "transaction_reason": "FREE_CREDIT_GRANT", "idempotency_key": "once"}
    with pytest.raises(AlreadyExistsError) as taken:
        service.call(lambda client: client.wallets.top_up(wallet_id, request))
    assert taken.value.attempts == 2
    assert service.call(lambda client: client.wallets.get(wallet_id)).credit_balance == 10


def test_a_top_up_without_a_key_is_sent_once(service: Service) -> None:
    wallet_id = service.wallet()
    service.fault("error", "POST /wallets/*/top-up", when="after", count=1)
    request = {"credits_to_add": "10", "transaction_reason": "FREE_CREDIT_GRANT"}
    with pytest.raises(ServerError):
        service.call(lambda client: client.wallets.top_up(wallet_id, request))
    assert service.call(lambda client: client.wallets.get(wallet_id)).credit_balance == 10


def test_a_repeated_delete_may_find_nothing_any_more(service: Service) -> None:
    customer = service.customer()
    service.fault("error", "delete_customer", when="after", count=1)
    with pytest.raises(NotFoundError) as gone:
        service.call(lambda client: client.customers.delete(customer.id))
    assert gone.value.attempts == 2
    assert service.customers() == 0


# --- connections


@pytest.mark.parametrize("fault", [{"kind": "drop"}, {"kind": "drop", "when": "after"}, {"kind": "truncate", "keep": 0.3}])
def test_a_read_survives_a_broken_connection(service: Service, fault: dict[str, Any]) -> None:
    service.fault(operation="GET /customers", count=2, **fault)
    assert service.call(lambda client: client.customers.list()).items == []
    assert len(service.statuses("list_customers")) == 3


@pytest.mark.parametrize(
    ("fault", "there"), [({"kind": "drop"}, 0), ({"kind": "drop", "when": "after"}, 1), ({"kind": "truncate", "keep": 0.3}, 1)]
)
def test_a_create_over_a_broken_connection_is_left_to_the_caller(service: Service, fault: dict[str, Any], there: int) -> None:
    service.fault(operation="create_customer", **fault)
    with pytest.raises(errors.ConnectionLostError) as lost:
        service.customer()
    assert (lost.value.maybe_applied, lost.value.attempts, service.waits) == (True, 1, [])
    assert service.customers() == there


def test_a_bulk_of_identified_events_is_repeated_until_an_answer_comes_whole(service: Service) -> None:
    service.fault("truncate", "ingest_events_bulk", count=1)
    service.fault("drop", "ingest_events_bulk", when="after", after=1, count=1)
    service.call(lambda client: client.events.ingest_bulk([EVENT, {**EVENT, "event_id": "e2"}]))
    year = {"start_time": "2026-01-01T00:00:00Z", "end_time": "2027-01-01T00:00:00Z"}
    assert {event.id for event in service.call(lambda client: client.events.query(year)).events} == {"e1", "e2"}


def test_a_connection_that_stays_broken_is_raised_in_the_end(service: Service) -> None:
    service.fault("drop", "GET /customers")
    with pytest.raises(errors.ConnectionLostError) as lost:
        service.call(lambda client: client.customers.list())
    assert lost.value.attempts == 3
    assert service.config.api_key not in str(lost.value)


# --- time


def test_a_read_is_tried_again_after_a_time_out(service: Service) -> None:
    service.fault("latency", "GET /customers", duration=3, count=1)
    assert service.call(lambda client: client.customers.list(), timeout=1.5).items == []
    assert len(service.waits) == 1


def test_a_create_that_times_out_is_left_to_the_caller_though_it_took_effect(service: Service) -> None:
    service.fault("latency", "create_customer", duration=3, when="after")
    with pytest.raises(errors.TimeoutError) as late:
        service.call(lambda client: client.customers.create({"external_id": "acme", "name": "Acme"}), timeout=1.5)
    assert (late.value.maybe_applied, late.value.attempts) == (True, 1)


def test_latency_below_the_time_out_is_no_error(service: Service) -> None:
    service.fault("latency", "create_customer", duration=0.2)
    assert service.customer().external_id == "acme"
    assert service.waits == []


# --- the same each time


def test_a_run_with_faults_repeats_by_seed(service: Service) -> None:
    def run() -> list[int | None]:
        service.control("DELETE", "/faults")
        service.control("DELETE", "/requests")
        service.fault("error", "GET /customers", probability=0.5, seed="again")
        for _ in range(8):
            with suppress(ServerError):
                service.call(lambda client: client.customers.list())
        return service.statuses("list_customers")

    first = run()
    assert {200, 500} == set(first)
    assert run() == first
