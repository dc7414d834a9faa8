"""A receiver of webhooks on this machine: keeps what comes and answers as it is told.

As a program (`python receiver.py PORT`) it is the sink that the parity replay reads: GET /deliveries?since=N. Of a message that
came twice it shows the later one.
"""

import json
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Received:
    """One request, as it came."""

    path: str
    headers: dict[str, str]
    raw: bytes
    at: float

    @property
    def body(self) -> Any:
        return json.loads(self.raw)


@dataclass
class Told:
    """An answer. `pause`: seconds before it begins; `drip`: seconds between the bytes of `text`, or of the header before them.

    `closes`: there is none, the connection ends.
    """

    status: int = 200
    text: bytes = b"ok"
    headers: dict[str, str] = field(default_factory=dict)
    pause: float = 0
    drip: float = 0
    drip_header: float = 0
    closes: bool = False


class Receiver(ThreadingHTTPServer):
    """`answers` are given in turn, then 200. Stopped receivers end slow answers at once."""

    daemon_threads = True

    def __init__(self, port: int = 0) -> None:
        self.received: list[Received] = []
        self.answers: list[Told] = []
        self.stopped = threading.Event()
        self._lock = threading.Lock()
        super().__init__(("127.0.0.1", port), _Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/hook"

    @property
    def names(self) -> list[str]:
        return [item.body.get("event_type", "") for item in self.received]

    def answer(self, *statuses: int) -> None:
        """Have the next requests answered so."""
        self.answers += [Told(status) for status in statuses]

    def take(self, item: Received) -> Told:
        with self._lock:
            self.received.append(item)
            return self.answers.pop(0) if self.answers else Told()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A sender that gives up is what some tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Receiver

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers["content-length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        told = self.server.take(Received(self.path, headers, raw, time.time()))
        self.server.stopped.wait(told.pause)
        if told.closes:
            self.close_connection = True
            return
        self.send_response(told.status)
        for name, value in told.headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(told.text)))
        self.send_header("connection", "close")
        if told.drip_header:
            self._drip(b"".join(self._headers_buffer), told.drip_header)
            self._headers_buffer = []
        self.end_headers()
        self._drip(told.text, told.drip) if told.drip else self.wfile.write(told.text)

    def _drip(self, text: bytes, interval: float) -> None:
        for byte in text:
            self.wfile.write(bytes([byte]))
            self.wfile.flush()
            if self.server.stopped.wait(interval):
                return

    def do_GET(self) -> None:
        since = int(parse_qs(urlsplit(self.path).query).get("since", ["0"])[0])
        latest = {item.headers.get("svix-id", number): item for number, item in enumerate(list(self.server.received))}
        items = [{"received_at": item.at, "body": item.body} for item in latest.values()]
        text = json.dumps({"total": len(items), "items": items[since:]}).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A running receiver."""
    receiver = Receiver()
    thread = threading.Thread(target=receiver.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.stopped.set()
        receiver.shutdown()
        thread.join()
        receiver.server_close()


if __name__ == "__main__":
    Receiver(int(sys.argv[1])).serve_forever()
