"""What the request log and fault rules add to a request, against an empty call."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

from benchmarks.measure import Figure
from flexprice_emulator.faults.book import FaultBook
from flexprice_emulator.request_log.ring import RequestLog

ROUNDS = 50_000
BUDGET_MICROSECONDS = 20
_NAMES = ("host", "accept", "accept-encoding", "connection", "user-agent", "x-api-key", "content-length", "content-type")
HEADERS = [(name.encode(), b"value of a header") for name in _NAMES]
SCOPE = {"method": "POST", "path": "/v1/events", "query_string": b"", "http_version": "1.1", "headers": HEADERS}


def run() -> list[Figure]:
    return [
        _figure("a request in the log, body of 400 bytes", _logging(b"x" * 400)),
        _figure("a request in the log, body of 300 kB, cut", _logging(b"x" * 300_000)),
        _figure("asking whether there are fault rules", _asking()),
    ]


def _logging(body: bytes) -> Callable[[], None]:
    log = RequestLog()

    def once() -> None:
        record = log.begin(SCOPE, datetime.now(UTC))
        record.operation, record.name, record.environment_id = "POST /events", "ingest_event", "env_bench"
        record.take_request(body)
        record.take_answer(202, HEADERS, b'{"message":"Event accepted for processing"}', 0.001)
        log.add(record)

    return once


def _asking() -> Callable[[], None]:
    book = FaultBook()

    def once() -> None:
        if book:
            raise AssertionError("there are none")

    return once


def _nothing() -> None: ...


def _microseconds(act: Callable[[], None]) -> float:
    began = time.perf_counter()
    for _ in range(ROUNDS):
        act()
    return (time.perf_counter() - began) / ROUNDS * 1_000_000


def _figure(what: str, act: Callable[[], None]) -> Figure:
    empty, taken = _microseconds(_nothing), _microseconds(act)
    budget = f"≤ {BUDGET_MICROSECONDS} µs"
    return Figure(what, f"{taken:.2f} µs", budget, f"{empty:.2f} µs, an empty call", taken <= BUDGET_MICROSECONDS)
