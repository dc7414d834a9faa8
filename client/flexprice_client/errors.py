"""Every exception this package raises.

    FlexpriceError
    ├── ConfigError                   a setting is missing, contradictory or not allowed
    ├── ProviderResponseError         a provider's answer that no usage event can be read from
    ├── TransportError                no answer arrived
    │   ├── ConnectError              no connection: the request was never sent
    │   ├── TimeoutError              no answer in time: whether the call took effect is unknown
    │   └── ConnectionLostError       cut off midway: whether the call took effect is unknown
    ├── UnexpectedResponseError       a success whose body is not what the operation promises
    └── APIError                      the service refused (status, code, message, details, request_id)
        ├── BadRequestError           400 without a known code
        │   ├── ValidationError       400 validation_error
        │   └── InvalidOperationError 400 invalid_operation
        ├── AuthenticationError       401
        ├── PermissionDeniedError     403
        ├── NotFoundError             404
        ├── ConflictError             409 without a known code
        │   ├── AlreadyExistsError    409 already_exists
        │   └── VersionConflictError  409 version_conflict
        ├── RateLimitError            429 (retry_after)
        └── ServerError               5xx (retry_after)

The class follows the status; the body's `code` only tells kin apart. Bodies come in several forms (wire.md §2, §3): the flat
object, `{"error"}`, `{"error","message"}`, `{"message"}`, plain text, and nothing at all.

Invariant: no secret appears in `str()`, `repr()` or any attribute of an error.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import Any, Final

from flexprice_client.redaction import redact

_EXCERPT: Final = 500


class FlexpriceError(Exception):
    """Base of all errors of this package."""


class ConfigError(FlexpriceError):
    """A setting that cannot be used. The message names the place, the value and what is allowed."""


class ProviderResponseError(FlexpriceError):
    """A provider's answer without the facts an event needs. `provider` and `path` say where."""

    def __init__(self, provider: str, path: str, problem: str) -> None:
        super().__init__(f"{provider}: {path}: {problem}")
        self.provider = provider
        self.path = path
        self.problem = problem


class TransportError(FlexpriceError):
    """No answer arrived. `attempts` counts the tries; `maybe_applied` is False only where the request surely never left."""

    maybe_applied = True

    def __init__(self, message: str, *, method: str = "", path: str = "", attempts: int = 1) -> None:
        super().__init__(message)
        self.method = method
        self.path = path
        self.attempts = attempts


class ConnectError(TransportError):
    """No connection could be made."""

    maybe_applied = False


class TimeoutError(TransportError):  # noqa: A001 - the field's own word; reachable as flexprice_client.TimeoutError
    """No answer within the timeout."""


class ConnectionLostError(TransportError):
    """The connection broke after the request was sent, at least in part."""


class UnexpectedResponseError(FlexpriceError):
    """A 2xx whose body does not have the promised form."""

    def __init__(self, message: str, *, status: int, request_id: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.request_id = request_id


class APIError(FlexpriceError):
    """The service answered with an error.

    status      HTTP status
    code        the body's `code` (`not_found`, …), None where the body has none
    message     the service's own text, or `HTTP <status>` where it gives none
    details     the body's `details`, empty where left out
    request_id  `X-Request-ID` of the answer
    attempts    tries made; above 1 an AlreadyExistsError, or the NotFoundError of a delete, may mean that an earlier try succeeded
    retry_after seconds the service asks to wait, None where it does not say
    """

    def __init__(
        self,
        message: str,
        *,
        status: int,
        code: str | None = None,
        details: Mapping[str, Any] | None = None,
        request_id: str | None = None,
        method: str = "",
        path: str = "",
        retry_after: float | None = None,
        attempts: int = 1,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.code = code
        self.details: dict[str, Any] = dict(details or {})
        self.request_id = request_id
        self.method = method
        self.path = path
        self.retry_after = retry_after
        self.attempts = attempts

    def __str__(self) -> str:
        call = f"{self.method} {self.path}: " if self.method else ""
        kind = f"{self.status} {self.code}" if self.code else str(self.status)
        details = f" {json.dumps(self.details, default=str, sort_keys=True)}" if self.details else ""
        request = f" [request {self.request_id}]" if self.request_id else ""
        return f"{call}{kind}: {self.message}{details}{request}"

    def __repr__(self) -> str:
        return f"{type(self).__name__}(status={self.status}, code={self.code!r}, message={self.message!r}, request_id={self.request_id!r})"


class BadRequestError(APIError):
    """400."""


class ValidationError(BadRequestError):
    """400 `validation_error`: the input is not allowed."""


class InvalidOperationError(BadRequestError):
    """400 `invalid_operation`: not in the object's present state."""


class AuthenticationError(APIError):
    """401: no key, or one the service does not know."""


class PermissionDeniedError(APIError):
    """403: environment, role or tenant does not allow it."""


class NotFoundError(APIError):
    """404: no such object, or no such route."""


class ConflictError(APIError):
    """409."""


class AlreadyExistsError(ConflictError):
    """409 `already_exists`: a unique key or idempotency key is taken."""


class VersionConflictError(ConflictError):
    """409 `version_conflict`: somebody else wrote first."""


class RateLimitError(APIError):
    """429: too many requests."""


class ServerError(APIError):
    """5xx."""


_BY_STATUS: Final[dict[int, type[APIError]]] = {
    400: BadRequestError,
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    429: RateLimitError,
}
_BY_CODE: Final[dict[tuple[int, str], type[APIError]]] = {
    (400, "validation_error"): ValidationError,
    (400, "invalid_operation"): InvalidOperationError,
    (409, "already_exists"): AlreadyExistsError,
    (409, "version_conflict"): VersionConflictError,
}


@dataclass(frozen=True)
class ErrorBody:
    """What an error body of any of the documented forms says."""

    message: str
    code: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


def read_error_body(status: int, content: bytes) -> ErrorBody:
    """The parts of an error body in any form; unknown forms keep an excerpt of their text as the message."""
    text = content.decode("utf-8", errors="replace").strip()
    try:
        body = json.loads(text, parse_float=Decimal) if text else {}
    except (ValueError, RecursionError):
        body = text
    if not isinstance(body, dict):
        return ErrorBody(message=text[:_EXCERPT])
    error, message, code, details = (body.get(name) for name in ("error", "message", "code", "details"))
    texts = [part for part in (error, message) if isinstance(part, str) and part]
    return ErrorBody(
        message=": ".join(texts) or f"HTTP {status}",
        code=code if isinstance(code, str) and code else None,
        details=details if isinstance(details, dict) else {},
    )


def error_from_response(
    *,
    status: int,
    content: bytes,
    headers: Mapping[str, str],
    method: str = "",
    path: str = "",
    secrets: Iterable[str] = (),
    now: datetime | None = None,
) -> APIError:
    """The exception of an answer with a status outside 2xx. `now` reads a dated `Retry-After` where the answer has no `Date`."""
    secrets = tuple(secrets)
    body = read_error_body(status, content)
    cls = _BY_CODE.get((status, body.code or "")) or _BY_STATUS.get(status) or (ServerError if status >= 500 else APIError)
    return cls(
        redact(body.message, secrets),
        status=status,
        code=body.code,
        details=_redact_all(body.details, secrets),
        request_id=headers.get("x-request-id"),
        method=method,
        path=redact(path, secrets),
        retry_after=read_retry_after(headers, now),
    )


def read_retry_after(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Seconds of `Retry-After`: a number, or an HTTP date against the answer's `Date` (else `now`). None where absent or unreadable."""
    value = headers.get("retry-after", "").strip()
    if not value:
        return None
    if value.replace(".", "", 1).isascii() and value.replace(".", "", 1).isdigit():
        return float(value)
    until = _http_date(value)
    since = _http_date(headers.get("date", "")) or now
    if until is None or since is None:
        return None
    return max(0.0, (until - since).total_seconds())


def _http_date(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, IndexError, OverflowError):
        return None
    return moment if moment.tzinfo else None


def _redact_all(value: Any, secrets: tuple[str, ...]) -> Any:
    if isinstance(value, str):
        return redact(value, secrets)
    if isinstance(value, Mapping):
        return {redact(str(key), secrets): _redact_all(item, secrets) for key, item in value.items()}
    if isinstance(value, list):
        return [_redact_all(item, secrets) for item in value]
    return value
