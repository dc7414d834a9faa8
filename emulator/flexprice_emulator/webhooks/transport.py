"""One POST to a receiver: no redirects, no proxies, one limit for the whole of it and one for the answer's size.

Plain sockets below http.client, for a delivery must cost the requests that are answered meanwhile as little as can be; nothing of
it logs URLs or headers.
"""

import io
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from http.client import HTTPConnection, HTTPException
from typing import Any, Final
from urllib.parse import SplitResult, quote, urlsplit

from flexprice_emulator.webhooks.targets import RefusedTarget, check_target

ANSWER_LIMIT: Final = 64 * 1024
KEPT: Final = 2000
_PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What is sent. `timeout` in seconds, from connecting to the end of the answer."""

    url: str
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    timeout: float


@dataclass(frozen=True, slots=True)
class Answer:
    """`status` is None when none came, and `error` then says why. `response` is the start of the answer's text."""

    status: int | None
    error: str
    response: str
    duration_ms: int

    @property
    def accepted(self) -> bool:
        """200 to 299; a redirect is a failure (webhooks.md §3)."""
        return self.status is not None and 200 <= self.status < 300 and not self.error


def send(outgoing: Outgoing) -> Answer:
    """Never raises."""
    began = time.monotonic()
    status, response, error = _send(outgoing, began + outgoing.timeout)
    if status is not None and not 200 <= status < 300 and not error:
        error = f"status {status}" + (", and redirects are not followed" if 300 <= status < 400 else "")
    return Answer(status, error, response, round((time.monotonic() - began) * 1000))


def _send(outgoing: Outgoing, deadline: float) -> tuple[int | None, str, str]:
    try:
        addresses = check_target(outgoing.url)
        status, text = _post(outgoing, urlsplit(outgoing.url), addresses, deadline)
        return status, text, ""
    except TimeoutError:
        return None, "", f"no complete answer within {outgoing.timeout:g} s"
    except RefusedTarget as refused:
        return None, "", str(refused)
    except (HTTPException, OSError, ValueError) as error:
        return None, "", f"{type(error).__name__}: {error}".rstrip(": ")


def _post(outgoing: Outgoing, parts: SplitResult, addresses: tuple[str, ...], deadline: float) -> tuple[int, str]:
    host = (parts.hostname or "").encode("idna").decode("ascii") if not (parts.hostname or "").isascii() else parts.hostname or ""
    connection = HTTPConnection(host)
    with _connected(parts, host, addresses, deadline) as held:
        connection.sock = _Limited(held, deadline)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.putrequest("POST", quote(target, safe="%/?:@!$&'()*+,;=~[]"), skip_host=True, skip_accept_encoding=True)
        named = f"[{host}]" if ":" in host else host
        own = {"host": f"{named}:{parts.port}" if parts.port else named, "accept-encoding": "identity", "connection": "close"}
        for name, value in {**outgoing.headers, **own, "content-length": str(len(outgoing.body))}.items():
            connection.putheader(name, value)
        connection.endheaders(outgoing.body)
        answer = connection.getresponse()
        whole: int | None = answer.length
        expected = ANSWER_LIMIT if whole is None else min(whole, ANSWER_LIMIT)
        text = answer.read(expected)
        if whole is not None and len(text) < expected:
            raise HTTPException(f"the answer ends after {len(text)} of {whole} bytes")
        return answer.status, text[: 4 * KEPT].decode("utf-8", "replace")[:KEPT].replace("\x00", "")


def _connected(parts: SplitResult, host: str, addresses: tuple[str, ...], deadline: float) -> socket.socket:
    """A connection to the first of the addresses that is reached."""
    port = parts.port or _PORTS[parts.scheme]
    for address in addresses[:-1]:
        try:
            plain = socket.create_connection((address, port), _left(deadline))
            break
        except ConnectionError:
            continue
    else:
        plain = socket.create_connection((addresses[-1], port), _left(deadline))
    if parts.scheme == "http":
        return plain
    plain.settimeout(_left(deadline))
    try:
        return _certificates().wrap_socket(plain, server_hostname=host)
    except BaseException:
        plain.close()
        raise


@cache
def _certificates() -> ssl.SSLContext:
    # Loaded only where it is needed: it takes longer than a delivery.
    return ssl.create_default_context()


def _left(deadline: float) -> float:
    """Seconds. Raises TimeoutError when there are none."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


class _Limited:
    """A socket as http.client uses it, with what is left of the time as the limit of each call."""

    def __init__(self, held: socket.socket, deadline: float) -> None:
        self._held, self._deadline = held, deadline

    def sendall(self, content: bytes) -> None:
        self._held.settimeout(_left(self._deadline))
        self._held.sendall(content)

    def makefile(self, _mode: str) -> io.BufferedReader:
        """For reading bytes, the only mode that is asked for."""
        return io.BufferedReader(_Received(self._held, self._deadline))

    def close(self) -> None:
        """Left to who opened it: http.client closes it while it still reads."""


class _Received(io.RawIOBase):
    def __init__(self, held: socket.socket, deadline: float) -> None:
        self._held, self._deadline = held, deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._held.settimeout(_left(self._deadline))
        return self._held.recv_into(buffer)
