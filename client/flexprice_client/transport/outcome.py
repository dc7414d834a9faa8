"""What one try came to, the same for both worlds: an answer, or one of our errors."""

from collections.abc import Iterable
from datetime import datetime

import httpx

from flexprice_client import errors
from flexprice_client.redaction import redact
from flexprice_client.transport.request import Answer, Request


def read_response(
    request: Request, response: httpx.Response, *, attempts: int, secrets: Iterable[str], now: datetime
) -> Answer | errors.APIError:
    """2xx is an answer, everything else an error; redirects are not followed, as they would change the call."""
    if response.is_success:
        return Answer(response.status_code, response.content, response.headers, attempts)
    error = errors.error_from_response(
        status=response.status_code,
        content=response.content,
        headers=response.headers,
        method=request.method,
        path=request.path,
        secrets=secrets,
        now=now,
    )
    error.attempts = attempts
    return error


def read_failure(
    request: Request, error: httpx.HTTPError, *, base_url: str, attempts: int, secrets: Iterable[str]
) -> errors.TransportError:
    """Our error for one of httpx. Only failures before sending count as surely not applied."""
    secrets = tuple(secrets)
    path = redact(request.path, secrets)
    reason = redact(str(error), secrets) or type(error).__name__
    call = f"{request.method} {path}"
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout | httpx.UnsupportedProtocol | httpx.ProxyError):
        return errors.ConnectError(f"{call}: no connection to {base_url}: {reason}", method=request.method, path=path, attempts=attempts)
    if isinstance(error, httpx.TimeoutException):
        return errors.TimeoutError(
            f"{call}: no answer in time from {base_url}: {reason}", method=request.method, path=path, attempts=attempts
        )
    return errors.ConnectionLostError(
        f"{call}: connection to {base_url} lost: {reason}", method=request.method, path=path, attempts=attempts
    )
