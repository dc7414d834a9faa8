"""`flexprice-emulator rules`."""

import json
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from flexprice_emulator.cli.rules import app
from flexprice_rules.schema import schema_text
from tests.http_server import running
from tests.rules.samples import BASE, with_price


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "rules.yaml"
    path.write_text(with_price(BASE), encoding="utf-8")
    return path


def test_validate_counts_what_is_there(file: Path) -> None:
    result = CliRunner().invoke(app, ["validate", str(file)])
    assert (result.exit_code, result.stdout) == (0, "ok: 1 feature, 1 plan, 0 add-ons, 1 price\n")


def test_validate_takes_a_pack_by_name() -> None:
    assert CliRunner().invoke(app, ["validate", "seats"]).exit_code == 0


def test_validate_lists_all_errors_and_exits_with_1(file: Path) -> None:
    file.write_text("version: 1\nplan: []\nplans: [{name: P}]\n", encoding="utf-8")
    result = CliRunner().invoke(app, ["validate", str(file)])
    assert result.exit_code == 1
    lines = result.stderr.splitlines()
    assert [line.partition(": ")[0] for line in lines[:2]] == [f"{file}:2:1", f"{file}:3:9"]
    assert lines[-1] == "2 errors"


def test_schema_prints_the_committed_text() -> None:
    assert CliRunner().invoke(app, ["schema"]).stdout == schema_text()


def test_packs_lists_them_with_their_files() -> None:
    lines = CliRunner().invoke(app, ["packs"]).stdout.splitlines()
    assert [line.partition("\t")[0] for line in lines] == ["ai-media", "api-calls", "llm-tokens", "seats"]
    assert all(Path(line.partition("\t")[2]).is_file() for line in lines)


def test_apply_refuses_a_target_that_is_not_local(file: Path) -> None:
    result = CliRunner().invoke(app, ["apply", str(file), "--base-url", "https://us.api.flexprice.io/v1", "--api-key", "sk_x"])
    assert result.exit_code == 1
    assert "--live" in result.stderr


def test_apply_says_when_nobody_answers(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLEXPRICE_MAX_RETRIES", "0")
    result = CliRunner().invoke(app, ["apply", str(file), "--base-url", "http://127.0.0.1:9/v1"])
    assert result.exit_code == 1
    assert "cannot be read" in result.stderr


def test_apply_names_a_setting_that_cannot_be_used(file: Path) -> None:
    result = CliRunner().invoke(app, ["apply", str(file), "--base-url", "http://127.0.0.1:9"])
    assert result.exit_code == 1
    assert "/v1" in result.stderr


def test_a_file_that_is_not_there_is_told_with_the_packs() -> None:
    result = CliRunner().invoke(app, ["validate", "seat"])
    assert result.exit_code == 1
    assert result.stderr.splitlines()[1] == "ready packs are ai-media, api-calls, llm-tokens, seats"


def test_a_file_given_twice_is_read_once(file: Path) -> None:
    assert CliRunner().invoke(app, ["validate", str(file), str(file)]).exit_code == 0


def test_a_time_without_a_zone_is_refused(file: Path) -> None:
    result = CliRunner().invoke(app, ["apply", str(file), "--effective-from", "2026-01-01"])
    assert (result.exit_code, result.stderr.partition(":")[0]) == (1, "--effective-from 2026-01-01")


def test_a_changed_price_is_shown_and_existing_subscriptions_follow_if_asked_to(tmp_path: Path) -> None:
    terms = "lookup_key: pro.calls, type: USAGE, feature_lookup_key: calls, currency: usd, invoice_cadence: ARREAR, amount: 0.10"
    meter = "{event_name: call, aggregation: {type: COUNT}}"
    feature = f"{{lookup_key: calls, name: Calls, type: metered, meter: {meter}}}"
    text = f"version: 1\nfeatures: [{feature}]\nplans: [{{lookup_key: pro, name: Pro, prices: [{{{terms}}}]}}]\n"
    old, new = tmp_path / "old.yaml", tmp_path / "new.yaml"
    old.write_text(text)
    new.write_text(text.replace("0.10", "0.25"))
    headers = {"x-api-key": "sk_ws_prices"}
    with running("--clock", "2026-03-01T00:00:00Z", "--rules", str(old)) as url, httpx.Client(base_url=f"{url}/v1", headers=headers) as api:
        api.post("/customers", json={"external_id": "a", "name": "A"})
        plan = api.get("/plans").json()["items"][0]["id"]
        body = {"external_customer_id": "a", "plan_id": plan, "currency": "usd", "billing_period": "MONTHLY"}
        subscription = api.post("/subscriptions", json=body).json()["id"]
        api.post("/events", json={"event_name": "call", "external_customer_id": "a", "event_id": "1"})

        def rules(*options: str) -> list[str]:
            where = ("--base-url", f"{url}/v1", "--api-key", headers["x-api-key"], "--effective-from", "2026-03-01T00:00:00Z")
            result = CliRunner().invoke(app, ["apply", str(new), *where, *options])
            assert result.exit_code == 0, result.stderr
            return result.stdout.splitlines()

        def total() -> str:
            return str(json.loads(api.post("/invoices/preview", json={"subscription_id": subscription}).text)["total"])

        assert rules("--dry-run") == ["version price pro.calls (amount 0.1 -> 0.25)", f"1 change for {url}/v1"]
        assert rules()[1:] == [f"1 change applied to {url}/v1", "existing subscriptions keep the prices they have; with --sync they follow"]
        assert total() == "0.1"
        assert rules("--sync") == [f"0 changes applied to {url}/v1", "subscriptions of plan pro follow its prices"]
        assert total() == "0.25"
