"""Every recorded webhook comes, with the recorded body, or is listed in tests/parity/known.yaml with its reason."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.http_server import running
from tests.webhooks.receiver import receiving

PARITY = Path(__file__).parents[1] / "parity"
SCENARIOS = sorted(path.stem for path in (PARITY / "recordings").glob("*.json"))
KNOWN: dict[str, dict[str, str]] = yaml.safe_load((PARITY / "known.yaml").read_text()) or {}


@pytest.fixture(scope="module")
def emulator() -> Iterator[tuple[str, str]]:
    """(its base URL, that of the sink its webhooks go to)"""
    with receiving() as sink, running("--ephemeral", "--webhook", sink.url) as url:
        yield url, sink.url.removesuffix("/hook")


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_recorded_webhooks_come_with_the_recorded_bodies(scenario: str, emulator: tuple[str, str]) -> None:
    command = [sys.executable, "-m", "tests.webhooks.replay", scenario, *emulator]
    run = subprocess.run(command, cwd=PARITY.parents[1], capture_output=True, text=True, timeout=300, check=False)
    assert run.returncode == 0, run.stderr
    found: list[tuple[str, list[Any]]] = json.loads(run.stdout)
    differing = {f"webhook {name}": differences[:5] for name, differences in found if differences}
    listed = {name for name in KNOWN.get(scenario, {}) if name.startswith("webhook ")}
    assert found
    assert {name: why for name, why in differing.items() if name not in listed} == {}
    assert listed - set(differing) == set(), "known.yaml lists webhooks that agree by now"
