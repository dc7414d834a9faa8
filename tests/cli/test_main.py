"""What the program says of itself."""

import subprocess
import sys

from flexprice_emulator.cli.main import GROUPS
from flexprice_emulator.cli.page import commands


def _run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "flexprice_emulator.cli.main", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_the_version() -> None:
    run = _run("--version")
    assert (run.returncode, run.stdout.split()[0], run.stderr) == (0, "flexprice-emulator", "")


def test_help_names_every_group_and_a_typo_is_told_of() -> None:
    said = _run("--help").stdout
    assert [name for name in (*GROUPS, "serve", "explain", "doctor") if name not in said] == []
    wrong = _run("clok")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "clok" in wrong.stderr


def test_a_group_alone_has_all_its_commands() -> None:
    said = _run("rules", "--help").stdout
    assert [words for words, _ in commands() if words.startswith("rules ") and words.split()[1] not in said] == []
