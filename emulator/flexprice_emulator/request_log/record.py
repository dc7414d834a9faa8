"""What is kept of one request. Taken as it comes, in a few microseconds; decoded and redacted when somebody looks.

Invariant: no header that carries a secret is ever kept, and no secret of a body is ever shown.
"""

import json
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from math import isfinite
from typing import Any, Final
from urllib.parse import parse_qsl

from flexprice_emulator.request_log.redaction import redact_text, redact_value

Headers = list[tuple[bytes, bytes]]

SECRET_HEADERS: Final = frozenset(
    (b"x-api-key", b"authorization", b"cookie", b"set-cookie", b"proxy-authorization", b"x-session-token", b"svix-signature")
)
# Of each body; what is longer is cut and said to be.
BODY_LIMIT: Final = 64 * 1024
DEEPEST: Final = 64
# What a record takes besides its bodies, about.
OVERHEAD: Final = 3000


class Record:
    """A request and its answer. `status` is None where none was sent; `faults` are the ids of the rules that disturbed it."""

    number: int = 0

    def __init__(self, *, method: str, path: str, query: bytes, http_version: str, headers: Headers, real_time: datetime) -> None:
        self.method, self.path, self.query_bytes, self.http_version = method, path, query, http_version
        self.request_headers = [header for header in headers if header[0] not in SECRET_HEADERS]
        self.real_time = real_time
        self.environment_id = ""
        self.operation, self.name = "", ""
        self.time: datetime = real_time
        self.request_body, self.request_size = b"", 0
        self.status: int | None = None
        self.response_headers: Headers = []
        self.response_body, self.response_size = b"", 0
        self.seconds = 0.0
        self.faults: tuple[str, ...] = ()

    def take_request(self, body: bytes | None) -> None:
        """`body` is None where it was over the operation's limit."""
        if body is not None:
            self.request_body, self.request_size = body[:BODY_LIMIT], len(body)

    def take_answer(self, status: int | None, headers: Headers, body: bytes, seconds: float) -> None:
        self.status, self.response_headers, self.seconds = status, headers, seconds
        self.response_body, self.response_size = body[:BODY_LIMIT], len(body)

    @property
    def weight(self) -> int:
        """Bytes it takes, about."""
        return OVERHEAD + len(self.request_body) + len(self.response_body)

    @property
    def query(self) -> list[tuple[str, str]]:
        pairs = parse_qsl(self.query_bytes.decode("latin-1"), keep_blank_values=True)
        return [(name, redact_text(value)) for name, value in pairs]

    @cached_property
    def request(self) -> Any:
        """The body as JSON, as text where it is none, None where empty or cut."""
        return read_body(self.request_body, cut=self.request_cut)

    @cached_property
    def response(self) -> Any:
        return read_body(self.response_body, cut=self.response_cut)

    @property
    def request_cut(self) -> bool:
        return self.request_size > len(self.request_body)

    @property
    def response_cut(self) -> bool:
        return self.response_size > len(self.response_body)


def read_body(body: bytes, *, cut: bool) -> Any:
    """A body's value, redacted. Numbers keep their digits."""
    if not body or cut:
        return None
    text = body.decode("utf-8", "replace")
    try:
        value = json.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError):
        return redact_text(text)
    return redact_value(value) if is_shallow(value) else redact_text(text)


def text_of(body: bytes) -> str:
    """A body's text as it was, but for its secrets."""
    text = body.decode("utf-8", "replace")
    try:
        value = json.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError):
        return redact_text(text)
    if not is_shallow(value):
        return redact_text(text)
    masked = redact_value(value)
    return text if masked == value else json.dumps(plain(masked), ensure_ascii=False, separators=(",", ":"))


def is_shallow(value: Any, levels: int = DEEPEST) -> bool:
    """Whether JSON is nested at most so deep: what is deeper is shown as text, and not searched."""
    if isinstance(value, dict):
        return levels > 0 and all(is_shallow(item, levels - 1) for item in value.values())
    if isinstance(value, list):
        return levels > 0 and all(is_shallow(item, levels - 1) for item in value)
    return True


def plain(value: Any) -> Any:
    """JSON values with numbers that JSON libraries keep; one with more digits than a float holds becomes text."""
    if isinstance(value, Decimal):
        number = float(value)
        return number if isfinite(number) and Decimal(repr(number)) == value else str(value)
    if isinstance(value, float):
        # NaN and the infinities, which Python reads in JSON and JSON does not have.
        return value if isfinite(value) else str(value)
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    return value
