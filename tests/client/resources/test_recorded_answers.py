"""Every recorded answer of the real service is one that the client can read, by the operation that makes the call."""

import inspect
import json
import re
from pathlib import Path
from typing import Any

import pytest

from flexprice_client.resources import synchronous
from flexprice_client.resources.operation import Call, operation, paged
from flexprice_client.resources.paging import Page
from flexprice_client.transport.codec import encode_json
from flexprice_client.transport.request import Answer

RECORDINGS = Path(__file__).parents[2] / "parity" / "recordings"


def is_described(item: Any) -> bool:
    return isinstance(item, operation | paged)


def built_calls() -> dict[str, tuple[str, Call[Any]]]:
    """`METHOD path` with ids as {} -> the operation's name and its call."""
    found: dict[str, tuple[str, Call[Any]]] = {}
    for name, resource in vars(synchronous.Resources(lambda request: Answer(200, b"", {}))).items():
        members = inspect.getmembers_static(type(resource), is_described)
        # Pages of the same call read the same answer; the plain operation comes first.
        for member, item in sorted(members, key=lambda found: isinstance(found[1], paged)):
            arguments: list[Any] = []
            for parameter in list(inspect.signature(item.build).parameters.values())[1:]:
                text = str(parameter.annotation)
                arguments.append(Page() if "Page" in text else "ID" if text in ("<class 'str'>", "str | None") else {})
            call = item.build(resource, *arguments)
            path = re.sub(r"(?<=/)ID(?=/|$)", "{}", call.request.path)
            found.setdefault(f"{call.request.method} {path}", (f"{name}.{member}", call))
    return found


CALLS = built_calls()


def exchanges() -> list[tuple[str, dict[str, Any]]]:
    found = []
    for file in sorted(RECORDINGS.glob("*.json")):
        for exchange in json.loads(file.read_text())["exchanges"]:
            operation_ = re.sub(r"\{[^}]*\}", "{}", exchange["op"].replace(" /v1/", " /"))
            if operation_ in CALLS and exchange["status"] < 300:
                found.append((operation_, exchange))
    return found


EXCHANGES = exchanges()


def test_recordings_reach_most_operations() -> None:
    assert len({operation_ for operation_, _ in EXCHANGES}) >= 60


@pytest.mark.parametrize("operation_", sorted({operation_ for operation_, _ in EXCHANGES}))
def test_recorded_answers_are_read_without_loss(operation_: str) -> None:
    _, call = CALLS[operation_]
    for which, exchange in EXCHANGES:
        response = exchange.get("response")
        if which == operation_ and not (isinstance(response, dict) and "$binary" in response):
            content = b"" if response is None else json.dumps(response).encode()
            result = call.read(Answer(exchange["status"], content, {"content-type": "application/json"}))
            assert (result == content) if isinstance(result, bytes) else (json.loads(encode_json(result)) == in_microseconds(response))


NANOSECONDS = re.compile(r"(T\d\d:\d\d:\d\d\.\d{6})\d+Z")


def in_microseconds(value: Any) -> Any:
    """The answer with its times as finely as Python tells them."""
    cut = NANOSECONDS.sub(lambda match: match[1].rstrip("0").rstrip(".") + "Z", json.dumps(value))
    return json.loads(cut)
