"""`flexprice-emulator rules`."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from flexprice_emulator.cli.rules import app
from flexprice_rules.schema import schema_text
from tests.rules.samples import BASE, with_price


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "rules.yaml"
    path.write_text(with_price(BASE), encoding="utf-8")
    return path


def test_validate_counts_what_is_there(file: Path) -> None:
    result = CliRunner().invoke(app, ["validate", str(file)])
    assert (result.exit_code, result.stdout) == (0, "ok: 1 features, 1 plans, 0 add-ons, 1 prices\n")


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
