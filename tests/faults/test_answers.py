"""Latency, refusals and errors, in one process."""

import time
from collections.abc import Callable
from typing import Any

import pytest


def test_429_comes_before_anything_is_done_and_says_when_to_come_back(api: Any, faults: Any) -> None:
    rule = faults.set("rate_limit", operation="create_customer", count=1, retry_after=7)
    refused = api.send("POST", "/customers", {"external_id": "a", "name": "A"})
    assert (refused.status_code, refused.headers["retry-after"], refused.headers["x-emulator-fault"]) == (429, "7", rule)
    assert refused.json() == {"code": "too_many_requests", "message": "Too many requests", "http_status_code": 429}
    assert api.get("/customers")["items"] == []
    api.post("/customers", {"external_id": "a", "name": "A"})


def test_429_without_retry_after(api: Any, faults: Any) -> None:
    faults.set("rate_limit", retry_after=None)
    assert "retry-after" not in api.send("GET", "/customers").headers


@pytest.mark.parametrize(("when", "there"), [("before", 0), ("after", 1)])
def test_5xx_before_or_after_the_commit(when: str, there: int, api: Any, faults: Any) -> None:
    faults.set("error", operation="create_customer", when=when, count=1)
    failed = api.send("POST", "/customers", {"external_id": "a", "name": "A"})
    assert failed.status_code == 500
    assert failed.json()["code"] == "internal_error"
    assert len(api.get("/customers")["items"]) == there


@pytest.mark.parametrize(
    ("rule", "status", "body"),
    [
        ({"status": 503}, 503, '"code":"service_unavailable"'),
        ({"status": 502}, 502, "<h1>502 Bad Gateway</h1>"),
        ({"status": 599}, 599, "<h1>599 Error</h1>"),
        ({"status": 504, "body": "too late"}, 504, "too late"),
        ({"body": {"message": "no", "code": "own"}}, 500, '{"code":"own","message":"no"}'),
    ],
)
def test_errors_of_the_service_of_gateways_and_of_one_s_own(api: Any, faults: Any, rule: Any, status: int, body: str) -> None:
    faults.set("error", retry_after=3, **rule)
    answer = api.send("GET", "/customers")
    assert answer.status_code == status
    assert body in answer.text
    assert answer.headers["retry-after"] == "3"


@pytest.mark.parametrize("when", ["before", "after"])
def test_latencies_add_up(when: str, api: Any, faults: Any) -> None:
    faults.set("latency", duration=0.1, when=when)
    faults.set("latency", duration="PT0.1S", up_to=0.15, when=when)
    began = time.perf_counter()
    api.get("/customers")
    assert time.perf_counter() - began >= 0.2
    assert faults.injected() == {"latency": 2}


def test_of_rules_that_end_a_request_the_first_wins(api: Any, faults: Any) -> None:
    first, second = faults.set("error", status=503, count=1), faults.set("rate_limit")
    api.get("/customers", expect=503)
    api.get("/customers", expect=429)
    assert faults.rule(first)["injected"] == 1
    assert (faults.rule(second)["injected"], faults.rule(second)["overruled"]) == (1, 1)


def test_the_same_seed_disturbs_the_same_requests(api: Any, faults: Any) -> None:
    def run() -> list[int]:
        faults.call("DELETE")
        faults.set("error", operation="GET /customers", probability=0.4, seed="repeat")
        return [api.send("GET", "/customers").status_code for _ in range(25)]

    first = run()
    assert set(first) == {200, 500}
    assert run() == first


@pytest.mark.parametrize("fault", [{"kind": "drop"}, {"kind": "drop", "when": "after"}, {"kind": "truncate"}])
def test_in_one_process_a_broken_connection_is_an_exception(api: Any, faults: Any, fault: Any, raises_broken: Callable[..., None]) -> None:
    faults.call("POST", "", {"operation": "create_customer", **fault})
    raises_broken(lambda: api.post("/customers", {"external_id": "a", "name": "A"}))
    there = 0 if fault == {"kind": "drop"} else 1
    assert len(api.get("/customers")["items"]) == there
