"""Every recorded exchange agrees, or is listed in known.yaml with its reason."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.http_server import KEY, running

HERE = Path(__file__).parent
SCENARIOS = sorted(path.stem for path in (HERE / "recordings").glob("*.json"))
KNOWN: dict[str, dict[str, str]] = yaml.safe_load((HERE / "known.yaml").read_text()) or {}


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with running("--ephemeral") as url:
        yield url


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_recorded_answers_agree(scenario: str, base_url: str, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    command = [sys.executable, str(HERE / "compare.py"), str(HERE / "recordings"), f"{base_url}/v1", KEY]
    command += ["--control", f"{base_url}/_emulator", "--only", scenario, "--json", str(report)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert report.exists(), run.stdout + run.stderr

    exchanges = json.loads(report.read_text())["exchanges"]
    differing = {f"{item['n']} {item['name']}" for item in exchanges if not item["body_equal"]}
    # Webhooks are compared in tests/webhooks/test_recordings.py.
    listed = {name for name in KNOWN.get(scenario, {}) if not name.startswith("webhook ")}
    assert differing - listed == set(), f"differences that known.yaml does not list:\n{run.stdout}"
    assert listed - differing == set(), "known.yaml lists exchanges that agree by now"


def test_known_differences_have_reasons() -> None:
    for scenario, differences in KNOWN.items():
        assert scenario in SCENARIOS
        for exchange, reason in differences.items():
            assert len(reason) > 20, f"{scenario}: {exchange}"
