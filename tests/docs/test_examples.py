"""The examples of docs/testing.md and docs/price-changes.md run as they stand."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SECTIONS = {
    "In the process of the tests": ["conftest.py", "test_bill.py", "test_app.py", "test_laws.py"],
    "Against a server": ["conftest.py", "test_server.py"],
}


@pytest.mark.parametrize("section", SECTIONS)
def test_the_tests_of_the_guide_pass(section: str, tmp_path: Path) -> None:
    text = (ROOT / "docs/testing.md").read_text(encoding="utf-8")
    body = re.split(r"^## ", text.partition(f"## {section}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]
    files = re.findall(r"`(\w+\.py)`:\n\n```python\n(.*?)```", body, re.DOTALL)
    assert [name for name, _ in files] == SECTIONS[section]
    for name, code in files:
        (tmp_path / name).write_text(code, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(tmp_path), str(tmp_path)]
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    run = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path, env={**os.environ, "PATH": path})
    assert run.returncode == 0, run.stdout + run.stderr
    assert f"{len(files) - 1} passed" in run.stdout


def test_past_months_are_billed_under_each_set_of_rules(tmp_path: Path) -> None:
    text = (ROOT / "docs/price-changes.md").read_text(encoding="utf-8")
    ((name, code),) = re.findall(r"`(\w+\.py)`:\n\n```python\n(.*?)```", text, re.DOTALL)
    (tmp_path / name).write_text(code, encoding="utf-8")
    meter = "{event_name: call, aggregation: {type: COUNT}}"
    price = "{lookup_key: pro.calls, type: USAGE, feature_lookup_key: calls, currency: usd, invoice_cadence: ARREAR, amount: 0.10}"
    old = f"""version: 1
features: [{{lookup_key: calls, name: Calls, type: metered, meter: {meter}}}]
plans: [{{lookup_key: pro, name: Pro, prices: [{price}]}}]
"""
    (tmp_path / "old.yaml").write_text(old)
    (tmp_path / "new.yaml").write_text(old.replace("0.10", "0.25"))
    used = {"a": ["2025-01-05", "2025-01-06", "2025-02-07"], "b": ["2025-02-28"]}
    events = [
        {"event_name": "call", "external_customer_id": customer, "event_id": f"{customer}{day}", "timestamp": f"{day}T12:00:00Z"}
        for customer, days in used.items()
        for day in days
    ]
    (tmp_path / "usage.ndjson").write_text("".join(json.dumps(event) + "\n" for event in events))
    command = [sys.executable, name, "pro", "2025-01-01T00:00:00Z", "2", "usage.ndjson", "old.yaml", "new.yaml"]
    run = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.splitlines() == ["customer\told.yaml\tnew.yaml", "a\t0.3\t0.75", "b\t0.1\t0.25"]
