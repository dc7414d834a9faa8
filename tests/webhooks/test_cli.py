"""`flexprice-emulator webhooks` and `serve --webhook` against a running server."""

import re
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from flexprice_emulator.cli.webhooks import app
from tests.http_server import KEY, running
from tests.webhooks.receiver import Receiver, receiving


@pytest.fixture(scope="module")
def sink() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture(scope="module")
def url(sink: Receiver) -> Iterator[str]:
    with running("--clock", "2026-01-31T00:00:00Z", "--webhook", sink.url) as url:
        yield url


def _run(url: str, *arguments: str, key: str = "sk_ws_hooks", code: int = 0) -> str:
    run = CliRunner().invoke(app, [*arguments, "--base-url", f"{url}/v1", "--api-key", key])
    assert run.exit_code == code, run.output
    return run.output.strip()


def _customer(url: str, external_id: str, key: str = "sk_ws_hooks") -> None:
    body = {"external_id": external_id, "name": external_id}
    httpx.post(f"{url}/v1/customers", json=body, headers={"x-api-key": key}).raise_for_status()


def _wait_for(sink: Receiver, external_id: str) -> Any:
    """The runner sends by itself, though the clock stands."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        for item in list(sink.received):
            if item.body["customer"]["external_id"] == external_id:
                return item
        time.sleep(0.02)
    raise AssertionError(f"nothing came of {external_id}")


def test_every_workspace_of_a_server_sends_to_its_webhook_option(url: str, sink: Receiver) -> None:
    for external_id, key in (("of a workspace", "sk_ws_one"), ("of another", "sk_ws_two"), ("of the sandbox", KEY)):
        _customer(url, external_id, key)
        assert _wait_for(sink, external_id).body["event_type"] == "customer.created"


def test_endpoints_are_added_listed_and_removed(url: str) -> None:
    target = "http://127.0.0.1:9/x"
    added = _run(url, "add", target, "--style", "svix", "--event", "customer.created", "--header", "X-A: b", key="sk_ws_cli")
    line, secret = added.splitlines()
    endpoint = line.split()[0]
    assert line == f"{endpoint} {target} svix: customer.created"
    shown = secret.removeprefix("secret ")
    assert _run(url, "secret", endpoint, key="sk_ws_cli") == shown
    assert _run(url, "secret", endpoint, "--rotate", key="sk_ws_cli").splitlines()[1] == shown
    assert line in _run(url, "endpoints", key="sk_ws_cli").splitlines()
    assert _run(url, "remove", endpoint, key="sk_ws_cli") == ""
    assert target not in _run(url, "endpoints", key="sk_ws_cli")


def test_the_log_shows_what_became_of_each_and_sends_again(url: str, sink: Receiver) -> None:
    sink.answer(500)
    _customer(url, "failing", "sk_ws_log")
    _wait_for(sink, "failing")
    until = time.monotonic() + 10
    while "waiting, 1 try" not in (said := _run(url, "log", key="sk_ws_log")) and time.monotonic() < until:
        time.sleep(0.02)
    assert re.fullmatch(r"\S+ whd_\w+ customer.created waiting, 1 try: status 500, again at 2026-01-31T00:15:00Z", said)
    delivery = said.split()[1]
    assert "customer.created waiting" in _run(url, "resend", delivery, key="sk_ws_log")
    while "delivered, 2 tries" not in (said := _run(url, "log", "--state", "delivered", key="sk_ws_log")) and time.monotonic() < until:
        time.sleep(0.02)
    assert said.split()[1] == delivery
    assert '"response": "ok"' in _run(url, "show", delivery, key="sk_ws_log")
    assert "is delivered already" in _run(url, "cancel", delivery, key="sk_ws_log", code=1)


def test_pause_collect_and_resume(url: str, sink: Receiver) -> None:
    assert _run(url, "pause", key="sk_ws_modes") == "mode pause"
    _customer(url, "paused", "sk_ws_modes")
    assert "customer.created held, 0 tries" in _run(url, "log", key="sk_ws_modes")
    assert _run(url, "resume", key="sk_ws_modes") == "mode deliver"
    _wait_for(sink, "paused")
    assert _run(url, "collect", key="sk_ws_modes") == "mode collect"


def test_events_with_their_bodies(url: str) -> None:
    for number in range(3):
        _customer(url, f"e{number}", "sk_ws_events")
    said = _run(url, "events", "--name", "customer.created", "--limit", "1", "--bodies", key="sk_ws_events")
    assert said.splitlines()[0].endswith("customer.created")
    assert '"external_id": "e2"' in said
    assert '"e1"' not in said


def test_what_is_refused_is_one_line(url: str) -> None:
    said = _run(url, "add", "http://192.0.2.1/hook", code=1)
    assert said.startswith("url: 192.0.2.1 is not this machine")
    assert _run(url, "add", "http://127.0.0.1:9/", "--header", "nonsense", code=1) == "give a header as NAME:VALUE"


def test_a_server_does_not_start_with_a_webhook_elsewhere() -> None:
    with pytest.raises(AssertionError, match=r"--webhook: 192\.0\.2\.1 is not this machine"), running("--webhook", "http://192.0.2.1/"):
        pass
