"""The examples of docs/testing.md run as they stand."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SECTIONS = {
    "In the process of the tests": ["conftest.py", "test_bill.py", "test_app.py"],
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
