import asyncio
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from flexprice_client import errors
from flexprice_client.config import Config
from flexprice_client.transport import AsyncTransport, Request, RetryPolicy, Transport

CONFIG = Config(base_url="http://inside/v1")


async def echo(scope: Any, receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]) -> None:
    message = await receive()
    if scope["path"] == "/v1/crash":
        raise RuntimeError("boom")
    if scope["path"] == "/v1/hang":
        await asyncio.sleep(60)
    body = b'{"method":"%s","path":"%s","body":%s}' % (scope["method"].encode(), scope["path"].encode(), message["body"] or b"null")
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": body})


def test_blocking_calls_reach_the_app() -> None:
    with Transport(CONFIG, app=echo) as transport:
        answer = transport.send(Request("POST", "/customers", body={"name": "é"}))
    assert answer.json() == {"method": "POST", "path": "/v1/customers", "body": {"name": "é"}}


def test_blocking_calls_work_inside_a_running_loop() -> None:
    async def inside() -> int:
        with Transport(CONFIG, app=echo) as transport:
            return transport.send(Request("GET", "/x")).status

    assert asyncio.run(inside()) == 200


def test_awaited_calls_reach_the_app() -> None:
    async def run() -> Any:
        async with AsyncTransport(CONFIG, app=echo) as transport:
            return (await transport.send(Request("GET", "/x"))).json()

    assert asyncio.run(run()) == {"method": "GET", "path": "/v1/x", "body": None}


def test_a_crash_of_the_app_is_a_500() -> None:
    with Transport(CONFIG, app=echo, retry=RetryPolicy(max_retries=0)) as transport, pytest.raises(errors.ServerError):
        transport.send(Request("GET", "/crash"))


def test_an_app_that_hangs_times_out() -> None:
    config = Config(base_url="http://inside/v1", timeout=0.05, max_retries=0)
    with Transport(config, app=echo) as transport, pytest.raises(errors.TimeoutError):
        transport.send(Request("GET", "/hang"))


def test_closing_ends_the_thread_and_twice_is_fine() -> None:
    before = threading.active_count()
    transport = Transport(CONFIG, app=echo)
    transport.send(Request("GET", "/x"))
    transport.close()
    transport.close()
    assert threading.active_count() <= before


def test_app_and_http_exclude_each_other() -> None:
    with pytest.raises(ValueError, match="not both"):
        Transport(CONFIG, app=echo, http=httpx.MockTransport(lambda request: httpx.Response(200)))


Send = Callable[[Any], Awaitable[None]]


async def break_off(scope: Any, receive: Callable[[], Awaitable[Any]], send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"9")]})
    await send({"type": "http.response.body", "body": b"{", "more_body": True})
    raise OSError("gone")


async def call(kind: str, config: Config, app: Any, path: str) -> Any:
    """One call by either transport; `app` is closed with it."""
    if kind == "async":
        async with AsyncTransport(config, app=app) as awaiting:
            return await awaiting.send(Request("GET", path))
    with Transport(config, app=app) as blocking:
        return blocking.send(Request("GET", path))


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_an_answer_that_breaks_off_is_a_lost_connection(kind: str) -> None:
    with pytest.raises(errors.ConnectionLostError, match="broke off"):
        asyncio.run(call(kind, Config(base_url="http://inside/v1", max_retries=0), break_off, "/x"))


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_awaited_and_blocking_calls_time_out_alike(kind: str) -> None:
    with pytest.raises(errors.TimeoutError):
        asyncio.run(call(kind, Config(base_url="http://inside/v1", timeout=0.05, max_retries=0), echo, "/hang"))


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_an_app_goes_on_after_the_caller_has_given_up(kind: str) -> None:
    ended = threading.Event()

    async def slow(scope: Any, receive: Any, send: Send) -> None:
        await asyncio.sleep(0.1)
        ended.set()
        await echo({**scope, "path": "/x"}, receive, send)

    async def run() -> None:
        config = Config(base_url="http://inside/v1", timeout=0.02, max_retries=0)
        if kind == "async":
            async with AsyncTransport(config, app=slow) as awaiting:
                with pytest.raises(errors.TimeoutError):
                    await awaiting.send(Request("GET", "/x"))
                await asyncio.sleep(0.3)
        else:
            with Transport(config, app=slow) as blocking:
                with pytest.raises(errors.TimeoutError):
                    blocking.send(Request("GET", "/x"))
                await asyncio.to_thread(ended.wait, 5)

    asyncio.run(run())
    assert ended.is_set()
