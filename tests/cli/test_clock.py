"""`flexprice-emulator clock` against a running server."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from click.testing import Result
from typer.testing import CliRunner

from flexprice_emulator.cli.clock import app
from tests.http_server import running


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with running("--clock", "2026-01-31T00:00:00Z") as url:
        yield url


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def _said(url: str, *arguments: str, key: str = "sk_ws_cli") -> str:
    run = _run(*arguments, "--base-url", f"{url}/v1", "--api-key", key)
    assert run.exit_code == 0, run.stderr
    return re.sub(r" \(environment env_\w+\)\n", "", run.stdout)


def test_show_advance_set_freeze_real(url: str) -> None:
    assert _said(url, "show") == "2026-01-31T00:00:00Z frozen"
    assert _said(url, "advance", "P1M") == "2026-02-28T00:00:00Z frozen"
    assert _said(url, "advance", "--to", "2026-03-05T06:00:00Z") == "2026-03-05T06:00:00Z frozen"
    assert _said(url, "set", "2026-01-01T00:00:00Z") == "2026-01-01T00:00:00Z frozen"
    assert _said(url, "set", "2026-01-01T00:00:00Z", "--mode", "accelerated", "--rate", "60").endswith("accelerated at rate 60")
    assert _said(url, "freeze", "2026-02-01T00:00:00Z") == "2026-02-01T00:00:00Z frozen"
    assert _said(url, "freeze") == "2026-02-01T00:00:00Z frozen"
    assert _said(url, "real").endswith(" real")
    assert _said(url, "show", key="sk_ws_another") == "2026-01-31T00:00:00Z frozen"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("advance",), "give either a duration, such as P1M, or --to TIME"),
        (("advance", "tomorrow"), "by: not an ISO 8601 duration forward in time; give one such as P1M, P1DT12H or PT30M (got 'tomorrow')"),
        (("advance", "--to", "2020-01-01T00:00:00Z"), "to: is before the present time"),
        (("set", "noon"), "now: not an RFC 3339 time with a zone"),
    ],
)
def test_mistakes_are_one_clear_line(url: str, arguments: tuple[str, ...], said: str) -> None:
    run = _run(*arguments, "--base-url", f"{url}/v1", "--api-key", "sk_ws_mistakes")
    assert (run.exit_code, run.stdout, len(run.stderr.splitlines())) == (1, "", 1)
    assert said in run.stderr


def test_without_a_server_it_says_so() -> None:
    run = _run("show", "--base-url", "http://127.0.0.1:1/v1")
    assert run.exit_code == 1
    assert "is `flexprice-emulator serve` running there?" in run.stderr


def test_the_real_service_is_never_asked() -> None:
    run = _run("real", "--base-url", "https://us.api.flexprice.io/v1", "--api-key", "sk_live")
    assert (run.exit_code, run.stderr) == (1, "https://us.api.flexprice.io/v1 is not an emulator: only an emulator has a clock to move\n")


def test_an_advance_prints_what_happened_and_fails_when_some_of_it_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    work = {"kind": "k", "key": "renewal/1", "due_at": "2026-02-01T00:00:00Z", "subject": {}}
    failed = [{**work, "error": "no", "attempts": 1, "retry_at": retry_at} for retry_at in ("2026-02-01T01:00:00Z", None)]
    report: dict[str, Any] = {"environment_id": "e", "mode": "frozen", "now": "2026-03-01T00:00:00Z", "rate": 1.0, "performed": [work]}
    report |= {"performed_count": 3, "failed": failed, "failed_count": 2}
    monkeypatch.setattr(httpx, "request", lambda *_, **__: httpx.Response(200, json=report))
    run = _run("advance", "P1M")
    assert run.exit_code == 1
    assert run.stdout.splitlines() == ["2026-02-01T00:00:00Z renewal/1", "and 2 more", "2026-03-01T00:00:00Z frozen (environment e)"]
    assert run.stderr.splitlines() == [
        "2026-02-01T00:00:00Z renewal/1 failed: no (again at 2026-02-01T01:00:00Z)",
        "2026-02-01T00:00:00Z renewal/1 failed: no (given up)",
    ]


def test_an_advance_that_stopped_at_the_limit_says_how_to_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    report: dict[str, Any] = {"environment_id": "e", "mode": "frozen", "now": "2026-03-01T00:00:00Z", "rate": 1.0, "performed": []}
    report |= {"performed_count": 5, "failed": [], "failed_count": 0, "items": [], "count": 0}
    report["stopped"] = {"target": "2126-01-31T00:00:00Z", "limit": 5, "message": ""}
    sent: list[Any] = []
    monkeypatch.setattr(httpx, "request", lambda *_, **more: sent.append(more.get("json")) or httpx.Response(200, json=report))
    run = _run("advance", "P100Y", "--limit", "5")
    assert (run.exit_code, sent[0]) == (1, {"by": "P100Y", "limit": 5})
    assert run.stderr == "stopped after 5 rows of due work; to go on: clock advance --to 2126-01-31T00:00:00Z\n"
