"""10,000 webhooks on their way to a slow receiver, and what the API's own requests take meanwhile."""

import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count

import httpx

from benchmarks.measure import HEADERS, Figure, emulator, free_port, milliseconds, wait_for

DELIVERIES = 10_000
ENDPOINTS = 10
REQUESTS = 1500


class BUDGET:
    """How much slower requests may be while deliveries go out: so many times, and `more` seconds, which is one wait for the interpreter."""

    p50, p99, more = 1.25, 1.5, 0.001


SLOW_RECEIVER = """
import asyncio, sys

async def take(reader, writer):
    try:
        head = await reader.readuntil(b"\\r\\n\\r\\n")
        size = [int(line.split(b":")[1]) for line in head.lower().split(b"\\r\\n") if line.startswith(b"content-length")]
        await reader.readexactly(sum(size))
        await asyncio.sleep(0 if head.startswith(b"GET") else float(sys.argv[2]))
        writer.write(b"HTTP/1.1 200 OK\\r\\ncontent-length: 2\\r\\nconnection: close\\r\\n\\r\\nok")
        await writer.drain()
        writer.close()
    except (asyncio.IncompleteReadError, ConnectionError):
        pass

async def main():
    async with await asyncio.start_server(take, "127.0.0.1", int(sys.argv[1])) as server:
        await server.serve_forever()

asyncio.run(main())
"""


def run() -> list[Figure]:
    """Two receivers: one that takes 100 ms, and one that is as fast as it can be, which is the harder case."""
    return [figure for seconds in (0.1, 0.0) for figure in _against(seconds)]


def _against(seconds: float) -> list[Figure]:
    """An emulator that delivers and one that has nothing to deliver, asked in turn, so that whatever else the machine does meets both."""
    with _receiver(seconds) as hook, emulator() as busy, emulator() as idle, httpx.Client(headers=HEADERS, timeout=120) as client:
        number = count()
        _fill(client, busy, hook)
        _customers(client, idle)
        for url in (busy, idle):
            for _ in range(50):
                _timed(client, url, next(number))
        client.put(f"{busy}/_emulator/webhooks/mode", json={"mode": "deliver"}).raise_for_status()
        time.sleep(1)
        sent, began = _delivered(client, busy), time.perf_counter()
        taken = [(_timed(client, busy, next(number)), _timed(client, idle, next(number))) for _ in range(REQUESTS)]
        after = _delivered(client, busy)
        rate = (after - sent) / (time.perf_counter() - began)
        assert sent < after < DELIVERIES, f"from {sent} to {after} deliveries while the API was measured"
    figures = []
    for name in ("GET", "POST /events"):
        along, without = (_shares([pair[side][name] for pair in taken]) for side in (0, 1))
        figures.append(
            Figure(
                f"{name} while {DELIVERIES:,} webhooks go to a receiver of {seconds * 1000:.0f} ms ({rate:.0f}/s), p50 and p99",
                " and ".join(map(milliseconds, along)),
                f"≤ {BUDGET.p50:g} × and ≤ {BUDGET.p99:g} × without, + {BUDGET.more * 1000:g} ms"
                if seconds
                else "none: all share the cores",
                f"{' and '.join(map(milliseconds, without))}, an emulator without deliveries",
                not seconds or (along[0] <= BUDGET.p50 * without[0] + BUDGET.more and along[1] <= BUDGET.p99 * without[1] + BUDGET.more),
            )
        )
    return figures


def _timed(client: httpx.Client, url: str, number: int) -> dict[str, float]:
    event = {"event_name": "tokens", "external_customer_id": "c1", "event_id": f"x{number}", "properties": {"n": 1}}
    began = time.perf_counter()
    client.get(f"{url}/v1/customers/external/c1").raise_for_status()
    between = time.perf_counter()
    client.post(f"{url}/v1/events", json=event).raise_for_status()
    return {"GET": between - began, "POST /events": time.perf_counter() - between}


def _shares(taken: list[float]) -> tuple[float, float]:
    """(p50, p99)"""
    ordered = sorted(taken)
    return ordered[len(ordered) // 2], ordered[len(ordered) * 99 // 100]


def _fill(client: httpx.Client, url: str, hook: str) -> None:
    """Deliveries that a pause holds back."""
    client.put(f"{url}/_emulator/webhooks/mode", json={"mode": "pause"}).raise_for_status()
    for _ in range(ENDPOINTS):
        client.post(f"{url}/_emulator/webhooks/endpoints", json={"url": hook}).raise_for_status()

    _customers(client, url)
    held = client.get(f"{url}/_emulator/webhooks/deliveries", params={"state": "held", "limit": 1}).json()["total"]
    assert held == DELIVERIES, f"{held} deliveries instead of {DELIVERIES}"


def _customers(client: httpx.Client, url: str) -> None:
    def make(number: int) -> httpx.Response:
        return client.post(f"{url}/v1/customers", json={"external_id": f"c{number}", "name": "C"}).raise_for_status()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(make, range(DELIVERIES // ENDPOINTS)))


def _delivered(client: httpx.Client, url: str) -> int:
    answer = client.get(f"{url}/_emulator/webhooks/deliveries", params={"state": "delivered", "limit": 1}).raise_for_status()
    return int(answer.json()["total"])


@contextmanager
def _receiver(seconds: float) -> Iterator[str]:
    """A process that answers each POST after so many seconds."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-c", SLOW_RECEIVER, str(port), str(seconds)])
    try:
        wait_for(f"http://127.0.0.1:{port}/")
        yield f"http://127.0.0.1:{port}/hook"
    finally:
        process.terminate()
        process.wait(15)
