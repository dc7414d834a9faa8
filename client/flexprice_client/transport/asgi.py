"""An ASGI app of this process behind an httpx client, awaiting or blocking.

Failures are those of HTTP: an exception before the answer is a 500, one in the middle of it a lost connection, and an answer that
does not come in time leaves the app working on it.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import httpx

_Message = MutableMapping[str, Any]
ASGIApp = Callable[[_Message, Callable[[], Awaitable[_Message]], Callable[[_Message], Awaitable[None]]], Awaitable[None]]


class AppTransport(httpx.AsyncBaseTransport):
    """Awaiting access to `app`. No lifespan events are sent."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._running: set[asyncio.Task[httpx.Response]] = set()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        task = asyncio.ensure_future(self._call(request))
        self._running.add(task)
        task.add_done_callback(self._ended)
        done, _ = await asyncio.wait({task}, timeout=request.extensions.get("timeout", {}).get("read"))
        if not done:
            raise httpx.ReadTimeout("the app gave no answer in time", request=request)
        return task.result()

    async def _call(self, request: httpx.Request) -> httpx.Response:
        begun = broken = False

        async def app(scope: _Message, receive: Callable[[], Awaitable[_Message]], send: Callable[[_Message], Awaitable[None]]) -> None:
            nonlocal begun, broken

            async def noted(message: _Message) -> None:
                nonlocal begun
                begun = message["type"] == "http.response.start" or bool(message.get("more_body"))
                await send(message)

            try:
                await self._app(scope, receive, noted)
            except Exception:
                broken = begun
                raise

        response = await httpx.ASGITransport(app, raise_app_exceptions=False).handle_async_request(request)
        if broken:
            raise httpx.RemoteProtocolError("the app broke off its answer", request=request)
        return response

    def _ended(self, task: asyncio.Task[httpx.Response]) -> None:
        self._running.discard(task)
        # Looked at even where nobody waits any more.
        if not task.cancelled():
            task.exception()

    async def aclose(self) -> None:
        running = list(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


class ThreadedASGITransport(httpx.BaseTransport):
    """Blocking access to `app`, on an event loop of its own in a daemon thread, so that it works inside a running loop too."""

    def __init__(self, app: ASGIApp) -> None:
        self._inner = AppTransport(app)
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
