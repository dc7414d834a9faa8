"""The emulator in the process of the tests."""

from pathlib import Path

import pytest

from flexprice_client import Flexprice
from flexprice_client.config import Config
from flexprice_emulator.cli.seeding import SeedFailure
from flexprice_emulator.testing.app import in_process


def _plans(*rules: str | Path, key: str = "sk_ws_one") -> list[str]:
    with in_process(*rules) as app, Flexprice(config=Config(api_key=key), app=app) as flexprice:
        return sorted(plan.lookup_key or "" for plan in flexprice.plans.iter_all())


def test_without_rules_a_workspace_is_empty() -> None:
    assert _plans() == []


def test_every_workspace_begins_with_the_files_and_packs_that_are_named(tmp_path: Path) -> None:
    file = tmp_path / "rules.yaml"
    file.write_text("version: 1\nplans: [{lookup_key: mine, name: Mine}]\n")
    assert _plans(file, "api-calls") == ["api_scale", "api_starter", "mine"]


def test_wrong_rules_are_named_by_their_place(tmp_path: Path) -> None:
    file = tmp_path / "rules.yaml"
    file.write_text("version: 1\nplan: []\n")
    with pytest.raises(SeedFailure, match=rf"{file}:2:1: unknown field: plan"), in_process(file):
        pass
