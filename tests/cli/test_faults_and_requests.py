"""`flexprice-emulator faults` and `requests` against a running server."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from click.testing import Result
from typer.testing import CliRunner

from flexprice_emulator.cli.faults import app as faults
from flexprice_emulator.cli.requests import app as requests
from tests.http_server import running


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with running() as base:
        yield base


class Shell:
    """Runs commands for one workspace."""

    def __init__(self, url: str) -> None:
        self.url, self.key = f"{url}/v1", f"sk_ws_{uuid4().hex}"

    def run(self, group: Any, *arguments: str) -> Result:
        return CliRunner().invoke(group, [*arguments, "--base-url", self.url, "--api-key", self.key])

    def said(self, group: Any, *arguments: str) -> list[str]:
        run = self.run(group, *arguments)
        assert run.exit_code == 0, run.output
        return run.stdout.splitlines()

    def ask(self, method: str, path: str, **body: Any) -> int:
        return httpx.request(method, self.url + path, json=body or None, headers={"x-api-key": self.key}, timeout=60).status_code


@pytest.fixture
def shell(url: str) -> Shell:
    return Shell(url)


def test_rules_are_set_listed_and_removed(shell: Shell) -> None:
    (made,) = shell.said(faults, "add", "error", "create_customer", "--count", "1", "--set", "status=503", "--set", "retry_after=0.5")
    rule_id = made.split()[0]
    assert made == f"{rule_id} error create_customer retry_after=0.5 status=503 when=before: struck 0 of 1 time in 0 matches"
    assert [shell.ask("POST", "/customers", external_id="a", name="A") for _ in range(2)] == [503, 201]
    assert shell.said(faults, "list")[0].endswith("struck 1 of 1 time in 2 matches, used up")
    assert shell.said(faults, "remove", rule_id)[0].startswith(rule_id)
    shell.said(faults, "add", "rate_limit", "--probability", "0.5", "--seed", "s", "--after", "2", "--set", "retry_after=null")
    assert "rate_limit * probability=0.5 seed=s after=2: struck 0 times" in shell.said(faults, "clear")[0]
    assert shell.said(faults, "list") == []


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["add", "error", "creat_customer"], "did you mean create_customer"),
        (["add", "latency"], "duration: Field required"),
        (["add", "error", "--set", "status"], "give NAME=VALUE"),
        (["remove", "fault_0"], "no fault rule fault_0"),
        (["add", "explosion"], "'explosion' is not one of"),
    ],
)
def test_what_cannot_be_set_is_said_in_a_line(shell: Shell, arguments: list[str], says: str) -> None:
    run = shell.run(faults, *arguments)
    assert run.exit_code != 0
    assert says in " ".join(run.stderr.replace("│", " ").split())


def test_requests_are_listed_shown_exported_and_forgotten(shell: Shell, tmp_path: Path) -> None:
    shell.ask("POST", "/customers", external_id="a", name="A")
    shell.ask("GET", "/customers?limit=1")
    first, second = shell.said(requests, "list")
    assert first.startswith("1 ")
    assert " POST /v1/customers 201, " in first
    assert " GET /v1/customers?limit=1 200, " in second
    assert shell.said(requests, "list", "--operation", "create_customer", "--body", '{"name": "A"}') == [first]
    assert json.loads("\n".join(shell.said(requests, "show", "1")))["request"]["external_id"] == "a"
    shell.said(requests, "har", str(tmp_path / "log.har"), "--status", "201")
    assert len(json.loads((tmp_path / "log.har").read_text())["log"]["entries"]) == 1
    assert len(json.loads("\n".join(shell.said(requests, "har")))["log"]["entries"]) == 2
    assert shell.said(requests, "clear") == ["2 forgotten"]


def test_an_assertion_that_fails_exits_with_1_and_the_closest(shell: Shell) -> None:
    shell.ask("POST", "/customers", external_id="a", name="A")
    assert shell.said(requests, "assert", "--operation", "create_customer", "--count", "1") == ["1 request"]
    assert shell.said(requests, "assert", "--status", "5xx", "--never") == ["0 requests"]
    failed = shell.run(requests, "assert", "--operation", "create_customer", "--body", '{"name": "B"}')
    assert failed.exit_code == 1
    assert "closest is request 1, body.name: expected B, found A" in failed.stderr
    assert "not JSON" in shell.run(requests, "assert", "--body", "{").stderr
