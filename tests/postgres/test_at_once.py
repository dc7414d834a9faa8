"""Requests that come at once: none is lost, none counts twice, on both databases, and by two processes of one."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest

from flexprice_emulator.platform.auth import Authenticator
from flexprice_emulator.wire.edge import Edge
from flexprice_emulator.wire.errors import EmulatorError
from flexprice_emulator.wire.table import ApiTable
from flexprice_emulator.workspace.registry import Registry
from tests.postgres.conftest import START, Target

CALLS = 32
Call = Callable[..., Any]


def caller(registry: Registry) -> Call:
    """Operations on one workspace of a process."""
    edge = Edge(registry, Authenticator(registry), ApiTable())
    workspace = registry.for_key("sk_ws_a")
    return lambda method, path, body=None: edge.call(workspace, method, path, body)


def at_once(acts: list[Callable[[], Any]]) -> list[Any]:
    """What each answers; an EmulatorError is an answer."""

    def answer(act: Callable[[], Any]) -> Any:
        try:
            return act()
        except EmulatorError as error:
            return error

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(answer, acts))


def open_wallet(call: Call) -> str:
    customer = call("POST", "/customers", {"external_id": "acme", "name": "Acme"})
    wallet: dict[str, Any] = call("POST", "/wallets", {"customer_id": customer["id"], "currency": "usd"})
    top_up(call, wallet["id"], "100", "first")
    return str(wallet["id"])


def top_up(call: Call, wallet_id: str, amount: str, key: str) -> Any:
    body = {"credits_to_add": amount, "transaction_reason": "FREE_CREDIT_GRANT", "idempotency_key": key}
    return call("POST", f"/wallets/{wallet_id}/top-up", body)


def debit(call: Call, wallet_id: str, amount: str, key: str) -> Any:
    body = {"credits": amount, "transaction_reason": "MANUAL_BALANCE_DEBIT", "idempotency_key": key}
    return call("POST", f"/wallets/{wallet_id}/debit", body)


@pytest.fixture
def calls(target: Target) -> list[Call]:
    """One process's, or two's where they can share the data."""
    processes = 2 if target.kind == "postgresql" else 1
    return [caller(target.registry(real_time=lambda: START)) for _ in range(processes)]


def test_each_debit_begins_where_the_one_before_ended(calls: list[Call]) -> None:
    wallet_id = open_wallet(calls[0])
    answers = at_once([lambda n=n: debit(calls[n % len(calls)], wallet_id, "7", f"d{n}") for n in range(CALLS)])  # type: ignore[misc]
    # A manual debit may overdraw.
    assert sorted(Decimal(answer["credit_balance"]) for answer in answers) == [100 - 7 * n for n in range(CALLS, 0, -1)]
    wallet = calls[-1]("GET", f"/wallets/{wallet_id}")
    assert Decimal(wallet["credit_balance"]) == 100 - 7 * CALLS
    rows = calls[-1]("GET", f"/wallets/{wallet_id}/transactions?limit=100")["items"]
    steps = {(Decimal(row["credit_balance_before"]), Decimal(row["credit_balance_after"])) for row in rows if row["type"] == "debit"}
    assert steps == {(100 - 7 * n, 93 - 7 * n) for n in range(CALLS)}


def test_one_idempotency_key_counts_once(calls: list[Call]) -> None:
    wallet_id = open_wallet(calls[0])
    answers = at_once([lambda n=n: top_up(calls[n % len(calls)], wallet_id, "5", "same") for n in range(CALLS)])  # type: ignore[misc]
    assert sum(not isinstance(answer, EmulatorError) for answer in answers) >= 1
    assert Decimal(calls[-1]("GET", f"/wallets/{wallet_id}")["credit_balance"]) == 105


def test_top_ups_and_debits_at_once_add_up(calls: list[Call]) -> None:
    wallet_id = open_wallet(calls[0])
    acts: list[Callable[[], Any]] = []
    for n in range(CALLS // 2):
        acts += [lambda n=n: top_up(calls[n % len(calls)], wallet_id, "3", f"t{n}")]  # type: ignore[misc]
        acts += [lambda n=n: debit(calls[(n + 1) % len(calls)], wallet_id, "2", f"d{n}")]  # type: ignore[misc]
    assert not any(isinstance(answer, EmulatorError) for answer in at_once(acts))
    assert Decimal(calls[0]("GET", f"/wallets/{wallet_id}")["credit_balance"]) == 100 + CALLS // 2
    rows = calls[-1]("GET", f"/wallets/{wallet_id}/transactions?limit=200")["items"]
    assert len(rows) == CALLS + 1
    assert len({row["id"] for row in rows}) == CALLS + 1


def test_an_event_that_comes_several_times_counts_once(calls: list[Call]) -> None:
    calls[0]("POST", "/customers", {"external_id": "acme", "name": "Acme"})
    meter = {"name": "Images", "event_name": "image", "aggregation": {"type": "SUM", "field": "n"}, "reset_usage": "BILLING_PERIOD"}
    calls[0]("POST", "/meters", meter)
    event = {"event_name": "image", "external_customer_id": "acme", "timestamp": "2026-01-30T00:00:00Z", "properties": {"n": 2}}
    bulk = {"events": [{**event, "event_id": f"e{n // 2}"} for n in range(200)]}
    answers = at_once([lambda n=n: calls[n % len(calls)]("POST", "/events/bulk", bulk) for n in range(8)])  # type: ignore[misc]
    assert not any(isinstance(answer, EmulatorError) for answer in answers)
    # The last copy of an id and time is the one that is kept, whatever else it says.
    calls[-1]("POST", "/events", {**event, "event_id": "e0", "properties": {"n": 5}})
    wanted = {
        "event_name": "image",
        "external_customer_id": "acme",
        "start_time": "2026-01-01T00:00:00Z",
        "end_time": "2026-02-01T00:00:00Z",
    }
    for aggregation, value in (("SUM", 203), ("COUNT", 100), ("MAX", 5)):
        usage = calls[0]("POST", "/events/usage", {**wanted, "aggregation_type": aggregation, "property_name": "n"})
        assert usage["value"] == value, aggregation
    listed = calls[-1]("POST", "/events/query", {**wanted, "page_size": 10, "property_filters": {"n": ["5"]}})
    assert [(item["id"], item["properties"]) for item in listed["events"]] == [("e0", {"n": 5})]
