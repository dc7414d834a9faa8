"""Starting and stopping the server as a user does."""

import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.http_server import KEY, running

HEADERS = {"x-api-key": KEY}


def _serve(*options: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "flexprice_emulator.cli.main", "serve", *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)


def _line(run: Any) -> str:
    assert run.returncode == 1, run.stdout + run.stderr
    lines = run.stderr.strip().splitlines()
    assert len(lines) == 1, run.stderr
    return str(lines[0])


def test_the_default_key_works_without_an_environment_header() -> None:
    with running() as url:
        assert httpx.get(f"{url}/health").json() == {"status": "ok"}
        assert httpx.get(f"{url}/v1/customers", headers=HEADERS).status_code == 200


def test_busy_port_is_one_clear_line() -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        assert f"cannot listen on 127.0.0.1:{port}" in _line(_serve("--port", str(port)))


def test_locked_data_directory_is_one_clear_line(tmp_path: Path) -> None:
    with running("--data", str(tmp_path)):
        line = _line(_serve("--port", "0", "--data", str(tmp_path)))
    assert f"data directory {tmp_path} is in use by process" in line


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--clock", "yesterday"), "--clock yesterday: give `real` or an RFC 3339 time"),
        (("--database-url", "mysql://x"), "--database-url mysql://x: give sqlite:///FOLDER or postgresql"),
        (("--ephemeral", "--data", "x"), "give one of --data, --ephemeral"),
    ],
)
def test_bad_options_are_one_clear_line(options: tuple[str, ...], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert said in _line(_serve("--port", "0", *options))


def test_data_survives_a_restart_and_a_frozen_clock_too(tmp_path: Path) -> None:
    with running("--data", str(tmp_path)) as url:
        made = httpx.post(f"{url}/v1/customers", headers=HEADERS, json={"external_id": "a", "name": "A"}).json()
        httpx.post(f"{url}/_emulator/clock", json={"mode": "frozen", "now": "2026-03-01T00:00:00Z"})
    with running("--data", str(tmp_path)) as url:
        assert httpx.get(f"{url}/v1/customers/external/a", headers=HEADERS).json() == made
        assert httpx.get(f"{url}/_emulator/clock").json()["now"] == "2026-03-01T00:00:00Z"


def test_clock_option_freezes_new_workspaces() -> None:
    with running("--clock", "2026-01-31T00:00:00Z") as url:
        made = httpx.post(f"{url}/v1/customers", headers={"x-api-key": "sk_ws_a"}, json={"external_id": "a", "name": "A"}).json()
    assert made["created_at"] == "2026-01-31T00:00:00Z"


def test_an_address_of_six_is_printed_as_a_url_has_it() -> None:
    with running("--host", "::1") as url:
        assert url.startswith("http://[::1]:")
        assert httpx.get(f"{url}/health").json() == {"status": "ok"}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_stop_it_cleanly(number: signal.Signals) -> None:
    command = [sys.executable, "-m", "flexprice_emulator.cli.main", "serve", "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    url = process.stdout.readline().split(" listens on ")[1].strip().removesuffix("/v1")
    httpx.get(f"{url}/health")
    process.send_signal(number)
    _, errors = process.communicate(timeout=15)
    assert (process.returncode, errors) == (0, "")


def test_a_bad_rule_file_is_one_clear_line(tmp_path: Path) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text("version: 1\nplans:\n  - {lookup_key: p, nme: P}\n")
    line = _line(_serve("--port", "0", "--rules", str(file)))
    assert f"{file}:3:" in line
    assert "required field is missing: name (and 1 more: `flexprice-emulator rules validate` lists all)" in line


def test_the_rules_bill_whatever_time_a_workspace_begins_at(tmp_path: Path) -> None:
    file = tmp_path / "rules.yaml"
    fee = "{lookup_key: pro.fee, type: FIXED, currency: usd, amount: 20, invoice_cadence: ADVANCE}"
    file.write_text(f"version: 1\nplans: [{{lookup_key: pro, name: Pro, prices: [{fee}]}}]\n")
    headers = {"x-api-key": "sk_ws_past"}
    with running("--rules", str(file)) as url:
        httpx.post(f"{url}/_emulator/clock", headers=headers, json={"mode": "frozen", "now": "2020-03-01T00:00:00Z"})
        httpx.post(f"{url}/v1/customers", headers=headers, json={"external_id": "a", "name": "A"})
        plan = httpx.get(f"{url}/v1/plans", headers=headers).json()["items"][0]["id"]
        terms = {"billing_cadence": "RECURRING", "billing_period": "MONTHLY", "billing_period_count": 1, "currency": "usd"}
        body = {"external_customer_id": "a", "plan_id": plan, "start_date": "2020-03-01T00:00:00Z", **terms}
        made = httpx.post(f"{url}/v1/subscriptions", headers=headers, json=body).json()
        assert made["line_items"][0]["start_date"] == "2020-03-01T00:00:00Z"
        assert made["latest_invoice"]["total"] == "20"
        told = httpx.get(f"{url}/_emulator/webhooks/events", headers=headers).json()["items"]
        assert told[0]["event_name"] == "customer.created"
