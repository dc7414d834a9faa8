"""Both transports by the same cases: `send` runs one call through either."""

import asyncio
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx
import pytest

from flexprice_client import errors
from flexprice_client.config import Config
from flexprice_client.transport import Answer, AsyncTransport, Request, Transport

Handler = Callable[[httpx.Request], httpx.Response]


class Wire:
    """A transport of one kind over a scripted service, with the waits it took."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.seen: list[httpx.Request] = []
        self.waits: list[float] = []
        self.config = Config(base_url="http://service.test/v1", api_key="sk_test_secret", environment_id="env_1", max_retries=2)

    def send(self, request: Request, *script: httpx.Response | Exception) -> Answer:
        answers: Iterator[httpx.Response | Exception] = iter(script)

        def handle(outgoing: httpx.Request) -> httpx.Response:
            self.seen.append(outgoing)
            answer = next(answers)
            if isinstance(answer, Exception):
                raise answer
            return answer

        ids = (f"request-{number}" for number in range(10))
        common: dict[str, Any] = {
            "random": lambda: 0.0,
            "now": lambda: datetime(2026, 1, 1, tzinfo=UTC),
            "request_id": lambda: next(ids),
            "http": httpx.MockTransport(handle),
        }
        if self.kind == "sync":
            with Transport(self.config, sleep=self.waits.append, **common) as transport:
                return transport.send(request)

        async def rest(seconds: float) -> None:
            self.waits.append(seconds)

        async def run() -> Answer:
            async with AsyncTransport(self.config, sleep=rest, **common) as transport:
                return await transport.send(request)

        return asyncio.run(run())


@pytest.fixture(params=["sync", "async"])
def wire(request: pytest.FixtureRequest) -> Wire:
    return Wire(request.param)


def test_a_call_as_it_goes_out(wire: Wire) -> None:
    answer = wire.send(
        Request("POST", "/customers", {"ids": ["a", "b"], "on": True, "none": None}, {"amount": Decimal("1.50")}),
        httpx.Response(201, json={"id": "cust_1"}, headers={"x-request-id": "echo"}),
    )
    (sent,) = wire.seen
    assert str(sent.url) == "http://service.test/v1/customers?ids=a&ids=b&on=true"
    assert json.loads(sent.content) == {"amount": "1.5"}
    expected = {
        "x-api-key": "sk_test_secret", "x-environment-id": "env_1", "x-request-id": "request-0",
        "content-type": "application/json", "accept": "application/json",
    }  # fmt: skip
    assert {name: sent.headers[name] for name in expected} == expected
    assert (answer.status, answer.json(), answer.request_id, answer.attempts) == (201, {"id": "cust_1"}, "echo", 1)


def test_no_body_sends_no_content_type(wire: Wire) -> None:
    wire.send(Request("GET", "/customers"), httpx.Response(200, json={}))
    assert "content-type" not in wire.seen[0].headers
    assert wire.seen[0].content == b""


def test_decimals_of_the_answer_are_exact(wire: Wire) -> None:
    answer = wire.send(Request("POST", "/events/usage", body={}), httpx.Response(200, content=b'{"value":0.1}'))
    assert answer.json() == {"value": Decimal("0.1")}


def test_reads_are_tried_again_with_growing_waits_and_one_request_id(wire: Wire) -> None:
    answer = wire.send(
        Request("GET", "/customers"), httpx.Response(503), httpx.ReadTimeout("slow"), httpx.Response(200, json={"items": []})
    )
    assert answer.attempts == 3
    assert wire.waits == [0.125, 0.25]
    assert [sent.headers["x-request-id"] for sent in wire.seen] == ["request-0"] * 3


def test_tries_end_with_the_last_error(wire: Wire) -> None:
    with pytest.raises(errors.ServerError) as caught:
        wire.send(Request("GET", "/customers"), httpx.Response(500), httpx.Response(502), httpx.Response(504))
    assert (caught.value.status, caught.value.attempts) == (504, 3)


def test_an_unsafe_call_is_sent_once(wire: Wire) -> None:
    with pytest.raises(errors.ServerError):
        wire.send(Request("POST", "/customers", body={"external_id": "x"}), httpx.Response(503))
    with pytest.raises(errors.TimeoutError) as caught:
        wire.send(Request("POST", "/customers", body={"external_id": "x"}), httpx.ReadTimeout("slow"))
    assert caught.value.maybe_applied
    assert len(wire.seen) == 2
    assert wire.waits == []


def test_an_identified_event_is_sent_again_byte_for_byte(wire: Wire) -> None:
    event = {"event_id": "e1", "timestamp": datetime(2026, 1, 1, tzinfo=UTC), "event_name": "x", "external_customer_id": "c"}
    wire.send(Request("POST", "/events", body=event), httpx.RemoteProtocolError("cut"), httpx.Response(202, json={}))
    first, second = wire.seen
    assert first.content == second.content


def test_a_refused_connection_is_retried_for_every_call(wire: Wire) -> None:
    answer = wire.send(Request("POST", "/customers", body={}), httpx.ConnectError("refused"), httpx.Response(201, json={}))
    assert answer.attempts == 2


def test_retry_after_is_honoured(wire: Wire) -> None:
    wire.send(
        Request("POST", "/customers", body={}),
        httpx.Response(429, headers={"retry-after": "7"}),
        httpx.Response(429, headers={"retry-after": "Thu, 01 Jan 2026 00:00:03 GMT"}),
        httpx.Response(201, json={}),
    )
    assert wire.waits == [7.0, 3.0]


def test_a_conflict_after_a_retry_says_how_many_tries_there_were(wire: Wire) -> None:
    conflict = httpx.Response(409, json={"code": "already_exists", "message": "key used", "http_status_code": 409})
    with pytest.raises(errors.AlreadyExistsError) as caught:
        wire.send(Request("POST", "/wallets/w/top-up", body={"idempotency_key": "k"}), httpx.ReadError("cut"), conflict)
    assert caught.value.attempts == 2


@pytest.mark.parametrize(
    ("failure", "cls"),
    [
        (httpx.ConnectTimeout("x"), errors.ConnectError),
        (httpx.PoolTimeout("x"), errors.ConnectError),
        (httpx.ConnectError("x"), errors.ConnectError),
        (httpx.WriteTimeout("x"), errors.TimeoutError),
        (httpx.ReadTimeout("x"), errors.TimeoutError),
        (httpx.WriteError("x"), errors.ConnectionLostError),
        (httpx.RemoteProtocolError("x"), errors.ConnectionLostError),
    ],
)
def test_failures_of_the_connection(wire: Wire, failure: Exception, cls: type[errors.TransportError]) -> None:
    with pytest.raises(errors.TransportError) as caught:
        wire.send(Request("GET", "/customers"), failure, failure, failure)
    assert (type(caught.value), caught.value.attempts) == (cls, 3)
    assert "http://service.test/v1" in str(caught.value)


def test_redirects_are_not_followed(wire: Wire) -> None:
    with pytest.raises(errors.APIError) as caught:
        wire.send(Request("GET", "/customers/"), httpx.Response(301, headers={"location": "/v1/customers"}))
    assert caught.value.status == 301


def test_the_key_is_in_no_error(wire: Wire) -> None:
    with pytest.raises(errors.AuthenticationError) as caught:
        wire.send(Request("GET", "/x/sk_test_secret"), httpx.Response(401, json={"error": "no such key sk_test_secret"}))
    assert "secret" not in f"{caught.value} {caught.value!r} {vars(caught.value)}"
    with pytest.raises(errors.ConnectError) as failed:
        wire.send(Request("POST", "/x", body={}), *[httpx.ConnectError("sk_test_secret")] * 3)
    assert "secret" not in str(failed.value)


def test_a_success_that_is_not_json_is_told_apart(wire: Wire) -> None:
    answer = wire.send(Request("GET", "/x"), httpx.Response(200, text="<html>", headers={"content-type": "text/html"}))
    with pytest.raises(errors.UnexpectedResponseError, match="text/html"):
        answer.json()


@pytest.mark.parametrize("content", [b"", b" \n"])
def test_an_empty_answer_is_none(wire: Wire, content: bytes) -> None:
    assert wire.send(Request("DELETE", "/x"), httpx.Response(200, content=content)).json() is None
