"""An ASGI app of this process behind a blocking httpx client.

The app runs on an event loop of its own in a daemon thread, so blocking calls work inside a running loop too.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import httpx

_Message = MutableMapping[str, Any]
ASGIApp = Callable[[_Message, Callable[[], Awaitable[_Message]], Callable[[_Message], Awaitable[None]]], Awaitable[None]]


class ThreadedASGITransport(httpx.BaseTransport):
    """Blocking access to `app`. An exception of the app answers 500, as it would over HTTP. No lifespan events are sent."""

    def __init__(self, app: ASGIApp) -> None:
        self._inner = httpx.ASGITransport(app, raise_app_exceptions=False)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="flexprice-asgi", daemon=True)
        self._thread.start()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if self._loop.is_closed():
            raise RuntimeError("the transport is closed")
        timeout = request.extensions.get("timeout", {}).get("read")
        future = asyncio.run_coroutine_threadsafe(self._call(request), self._loop)
        try:
            return future.result(timeout)
        except TimeoutError:
            future.cancel()
            raise httpx.ReadTimeout("the app gave no answer in time", request=request) from None

    async def _call(self, request: httpx.Request) -> httpx.Response:
        request.read()
        outgoing = httpx.Request(request.method, request.url, headers=request.headers, content=request.content)
        response = await self._inner.handle_async_request(outgoing)
        content = await response.aread()
        return httpx.Response(response.status_code, headers=response.headers, content=content)

    def close(self) -> None:
        if self._loop.is_closed():
            return
        # Tidied on the loop itself, since the caller may be inside a running loop of its own.
        asyncio.run_coroutine_threadsafe(self._tidy(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _tidy(self) -> None:
        pending = asyncio.all_tasks() - {asyncio.current_task()}
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)
        await self._loop.shutdown_default_executor()
