"""The awaiting transport; the same rules as the blocking one."""

import asyncio
import random as _random
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

import httpx

from flexprice_client.config import Config
from flexprice_client.errors import FlexpriceError
from flexprice_client.transport.asgi import AppTransport, ASGIApp
from flexprice_client.transport.codec import encode_json, to_plain
from flexprice_client.transport.outcome import read_failure, read_response
from flexprice_client.transport.request import Answer, Request, headers_for, new_request_id, query_pairs
from flexprice_client.transport.retry import RetryPolicy
from flexprice_client.transport.safety import is_repeatable


class AsyncTransport:
    """Sends calls over HTTP, through a given httpx transport, or into an ASGI app of this process.

    sleep, random, now and request_id are the only contacts with time and chance; tests give their own.
    """

    def __init__(
        self,
        config: Config,
        *,
        app: ASGIApp | None = None,
        http: httpx.AsyncBaseTransport | None = None,
        retry: RetryPolicy | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        random: Callable[[], float] = _random.random,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        request_id: Callable[[], str] = new_request_id,
    ) -> None:
        if app is not None and http is not None:
            raise ValueError("give app or http, not both")
        self.config = config
        self.retry = retry or RetryPolicy(max_retries=config.max_retries)
        self._sleep, self._random, self._now, self._request_id = sleep, random, now, request_id
        self._client = httpx.AsyncClient(
            transport=AppTransport(app) if app is not None else http,
            timeout=config.timeout,
            follow_redirects=False,
        )

    async def send(self, request: Request) -> Answer:
        """The answer of the call. Raises APIError or TransportError once tries are used up."""
        body = to_plain(request.body)
        repeatable = is_repeatable(request.method, request.path, body)
        outgoing = self._client.build_request(
            request.method,
            request.url(self.config.base_url),
            params=httpx.QueryParams(query_pairs(request.query)) or None,
            headers=headers_for(self.config, request, self._request_id),
            content=None if body is None else encode_json(body),
        )
        attempt = 1
        while True:
            outcome = await self._try(request, outgoing, attempt)
            if isinstance(outcome, Answer):
                return outcome
            delay = self.retry.delay(outcome, attempt=attempt, repeatable=repeatable, random=self._random)
            if delay is None:
                raise outcome
            await self._sleep(delay)
            attempt += 1

    async def _try(self, request: Request, outgoing: httpx.Request, attempt: int) -> Answer | FlexpriceError:
        secrets = (self.config.api_key,)
        try:
            response = await self._client.send(outgoing)
        except httpx.HTTPError as error:
            return read_failure(request, error, base_url=self.config.base_url, attempts=attempt, secrets=secrets)
        return read_response(request, response, attempts=attempt, secrets=secrets, now=self._now())

    async def close(self) -> None:
        """Close connections."""
        await self._client.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> Any:
        await self.close()
