"""A scripted service for the resources: requests in, recorded; answers out."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from flexprice_client.client import Flexprice
from flexprice_client.config import Config


class Service:
    """Answers from a list, and keeps what was asked."""

    def __init__(self) -> None:
        self.answers: list[Any] = []
        self.seen: list[httpx.Request] = []
        self.rule: Callable[[httpx.Request], Any] | None = None

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request)
        answer = self.rule(request) if self.rule else self.answers.pop(0)
        return answer if isinstance(answer, httpx.Response) else httpx.Response(200, json=answer)

    def bodies(self) -> list[Any]:
        return [json.loads(request.content) for request in self.seen]

    def calls(self) -> list[str]:
        return [f"{request.method} {request.url.raw_path.decode()}" for request in self.seen]


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
def flexprice(service: Service) -> Iterator[Flexprice]:
    config = Config(base_url="http://service.test/v1", max_retries=0)
    with Flexprice(config=config, http=httpx.MockTransport(service)) as client:
        yield client
