"""The two clients. They differ in nothing but waiting."""

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

import httpx

from flexprice_client.config import Config, load_config
from flexprice_client.errors import ConfigError
from flexprice_client.models.base import WireModel
from flexprice_client.resources import asynchronous, synchronous
from flexprice_client.transport import AsyncTransport, Request, RetryPolicy, Transport
from flexprice_client.transport.asgi import ASGIApp


class Flexprice(synchronous.Resources):
    """The blocking client.

    Without arguments the configuration comes from the environment, a profile and the defaults (`flexprice_client.config`).

    config     a ready configuration, instead of the arguments before it
    app        an ASGI app of this process to talk to instead of HTTP
    http       an httpx transport to use instead of the network
    transport  a ready transport, instead of everything else
    """

    def __init__(
        self,
        *,
        base_url: str | None = None,
        api_key: str | None = None,
        environment_id: str | None = None,
        timeout: float | None = None,
        max_retries: int | None = None,
        profile: str | None = None,
        config: Config | None = None,
        app: ASGIApp | None = None,
        http: httpx.BaseTransport | None = None,
        retry: RetryPolicy | None = None,
        transport: Transport | None = None,
    ) -> None:
        if transport is None:
            settings = {
                "base_url": base_url,
                "api_key": api_key,
                "environment_id": environment_id,
                "timeout": timeout,
                "max_retries": max_retries,
                "profile": profile,
            }
            transport = Transport(_configure(config, settings), app=app, http=http, retry=retry)
        self._transport = transport
        super().__init__(transport.send)

    @property
    def config(self) -> Config:
        return self._transport.config

    def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: WireModel | Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        at_root: bool = False,
    ) -> Any:
        """Any call, for what has no method here: the answer's JSON, decimals exact, None where empty.

        path     below `/v1`, already quoted
        at_root  beside `/v1` instead of below it
        """
        return self._transport.send(Request(method.upper(), path, query or {}, body, headers or {}, at_root)).json()

    def close(self) -> None:
        """Close connections."""
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


class AsyncFlexprice(asynchronous.AsyncResources):
    """The awaiting client. Arguments as for `Flexprice`."""

    def __init__(
        self,
        *,
        base_url: str | None = None,
        api_key: str | None = None,
        environment_id: str | None = None,
        timeout: float | None = None,
        max_retries: int | None = None,
        profile: str | None = None,
        config: Config | None = None,
        app: ASGIApp | None = None,
        http: httpx.AsyncBaseTransport | None = None,
        retry: RetryPolicy | None = None,
        transport: AsyncTransport | None = None,
    ) -> None:
        if transport is None:
            settings = {
                "base_url": base_url,
                "api_key": api_key,
                "environment_id": environment_id,
                "timeout": timeout,
                "max_retries": max_retries,
                "profile": profile,
            }
            transport = AsyncTransport(_configure(config, settings), app=app, http=http, retry=retry)
        self._transport = transport
        super().__init__(transport.send)

    @property
    def config(self) -> Config:
        return self._transport.config

    async def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: WireModel | Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        at_root: bool = False,
    ) -> Any:
        """Any call, for what has no method here: the answer's JSON, decimals exact, None where empty."""
        return (await self._transport.send(Request(method.upper(), path, query or {}, body, headers or {}, at_root))).json()

    async def close(self) -> None:
        """Close connections."""
        await self._transport.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.close()


def _configure(config: Config | None, settings: Mapping[str, Any]) -> Config:
    if config is None:
        return load_config(**settings)
    given = [name for name, value in settings.items() if value is not None]
    if given:
        raise ConfigError(f"argument config: it is complete already; leave out {', '.join(given)}, or give no config")
    return config
