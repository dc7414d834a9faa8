"""Over HTTP: what a socket sees."""

import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import pytest

from tests.http_server import running

BODY = b'{"external_id":"a","name":"A"}'


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with running() as base:
        yield base


@pytest.fixture
def target(url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=url, headers={"x-api-key": f"sk_ws_{uuid4().hex}"}, timeout=30) as client:
        yield client


def fault(target: httpx.Client, **rule: Any) -> None:
    answer = target.post("/_emulator/faults", json={"operation": "create_customer", **rule})
    assert answer.status_code == 200, answer.text


def bytes_seen(target: httpx.Client) -> bytes:
    """All that comes back before the server closes."""
    address = urlsplit(str(target.base_url))
    head = f"POST /v1/customers HTTP/1.1\r\nhost: x\r\nx-api-key: {target.headers['x-api-key']}\r\ncontent-length: {len(BODY)}\r\n\r\n"
    with socket.create_connection((address.hostname, address.port), timeout=30) as connection:
        connection.sendall(head.encode() + BODY)
        seen = b""
        while chunk := connection.recv(65536):
            seen += chunk
    return seen


def customers(target: httpx.Client) -> int:
    return len(target.get("/v1/customers").json()["items"])


@pytest.mark.parametrize(("when", "there"), [("before", 0), ("after", 1)])
def test_a_dropped_connection_closes_without_a_byte(target: httpx.Client, when: str, there: int) -> None:
    fault(target, kind="drop", when=when)
    assert bytes_seen(target) == b""
    assert customers(target) == there


@pytest.mark.parametrize("keep", [0.0, 0.5, 0.99])
def test_a_truncated_body_is_shorter_than_its_content_length(target: httpx.Client, keep: float) -> None:
    fault(target, kind="truncate", keep=keep)
    head, _, body = bytes_seen(target).partition(b"\r\n\r\n")
    length = next(int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length"))
    assert head.startswith(b"HTTP/1.1 201")
    assert len(body) == int(length * keep) < length
    assert customers(target) == 1


def test_httpx_tells_both_apart_from_answers(target: httpx.Client) -> None:
    fault(target, kind="drop", count=1)
    fault(target, kind="truncate", after=1)
    with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
        target.post("/v1/customers", content=BODY)
    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete message"):
        target.post("/v1/customers", content=BODY)
    assert target.get("/_emulator/faults").json()["injected"] == {"drop": 1, "truncate": 1}
    statuses = [item["status"] for item in target.get("/_emulator/requests").json()["items"]]
    assert statuses == [None, 201]


def test_the_server_has_nothing_to_complain_of() -> None:
    import subprocess
    import sys

    command = [sys.executable, "-m", "flexprice_emulator.cli.main", "serve", "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        url = process.stdout.readline().split(" listens on ")[1].strip().removesuffix("/v1")
        with httpx.Client(base_url=url, headers={"x-api-key": "sk_ws_quiet"}, timeout=30) as client:
            fault(client, kind="drop", count=1)
            fault(client, kind="truncate")
            for _ in range(2):
                with pytest.raises(httpx.RemoteProtocolError):
                    client.post("/v1/customers", content=BODY)
    finally:
        process.terminate()
        _, errors = process.communicate(timeout=20)
    assert errors == ""
