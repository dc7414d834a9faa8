"""Figures, budgets and the processes they are taken from."""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx

KEY = "sk_local_flexprice_test_key"
HEADERS = {"x-api-key": KEY}


@dataclass(frozen=True)
class Figure:
    """One row of the results. `ok` compares the value, and the ratio where the budget names one, with the budget."""

    what: str
    value: str
    budget: str
    baseline: str
    ok: bool


def milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.2f} ms"


def p50(call: Callable[[], object], repeat: int = 200, warm: int = 20) -> float:
    """The median time of a call in seconds."""
    for _ in range(warm):
        call()
    taken = []
    for _ in range(repeat):
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


@contextmanager
def emulator(*options: str) -> Iterator[str]:
    """A server process of its own; its base URL without /v1."""
    command = [sys.executable, "-m", "flexprice_emulator.cli.main", "serve", "--port", "0", *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        url = process.stdout.readline().split(" listens on ")[1].strip().removesuffix("/v1")
        wait_for(f"{url}/health")
        yield url
    finally:
        process.terminate()
        process.wait(15)


def wait_for(url: str, seconds: float = 20) -> None:
    """Returns at the first 200."""
    limit = time.perf_counter() + seconds
    while True:
        try:
            if httpx.get(url).status_code == 200:
                return
        except httpx.TransportError:
            pass
        if time.perf_counter() > limit:
            raise TimeoutError(url)
        time.sleep(0.005)


BARE_APP = """
import sys, uvicorn
from fastapi import FastAPI, Request
from pydantic import BaseModel

app = FastAPI()

class Event(BaseModel):
    event_name: str
    external_customer_id: str
    event_id: str | None = None
    timestamp: str | None = None
    source: str = ""
    properties: dict[str, object] = {}

class Events(BaseModel):
    events: list[Event]

@app.get("/health")
def health():
    return {"status": "ok"}

@app.post("/event", status_code=202)
def event(body: Event):
    return {"message": "ok"}

@app.post("/events", status_code=202)
def events(body: Events):
    return {"message": "ok"}

if len(sys.argv) > 2:
    from flexprice_client.models.events import BulkIngestEventRequest

    @app.post("/events/whole", status_code=202)
    def whole(body: BulkIngestEventRequest):
        return {"message": "ok"}

uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning", access_log=False)
"""


@contextmanager
def bare_fastapi() -> Iterator[str]:
    """The baseline: FastAPI on uvicorn that only validates its bodies; at /events/whole as the API's own request model does."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-c", BARE_APP, str(port), "whole"])
    try:
        url = f"http://127.0.0.1:{port}"
        wait_for(f"{url}/health")
        yield url
    finally:
        process.terminate()
        process.wait(15)


def free_port() -> int:
    import socket

    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        port: int = holder.getsockname()[1]
        return port


def resident_megabytes(pid: int) -> float:
    """Resident memory of a process."""
    with open(f"/proc/{pid}/statm") as statm:  # noqa: PTH123 - a kernel file
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGESIZE") / 1e6
