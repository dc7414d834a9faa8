"""The request log of the workspace of `api`."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest


class Log:
    """/_emulator/requests of one workspace."""

    def __init__(self, api: Any) -> None:
        self.api = api

    def call(self, method: str, path: str = "", body: Any = None, status: int = 200) -> Any:
        answer = self.api.send(method, f"//_emulator/requests{path}", body)
        assert answer.status_code == status, answer.text
        return answer.json()

    def find(self, **wanted: Any) -> list[Any]:
        """The matching requests, oldest first; parts of bodies as Python values."""
        query = {name: json.dumps(value) if isinstance(value, dict | list) else value for name, value in wanted.items()}
        items: list[Any] = self.call("GET", f"?{urlencode(query)}")["items"]
        return items

    def check(self, expect: int = 200, /, **wanted: Any) -> Any:
        return self.call("POST", "/assert", wanted, expect)


@pytest.fixture
def log(api: Any) -> Log:
    return Log(api)
