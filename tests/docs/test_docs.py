"""What the documents tell a reader to type, and where they send him, exists."""

import re
import shlex
from pathlib import Path

import pytest

from flexprice_emulator.cli.page import NAME, commands

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(page for page in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("docker/*.md")] if page.name != "cli.md")
COMMANDS = dict(commands())


def _typed(page: Path) -> list[list[str]]:
    """The words of every use of the command line in a page's examples."""
    found = re.findall(rf"^(?:    |\$ )?(?:\S+/)?{NAME} (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return [shlex.split(line.split(" #")[0].split(" > ")[0].split(" | ")[0].rstrip("\\& ").replace("'s ", " ")) for line in found]


def _unknown(words: list[str]) -> list[str]:
    """What of a command the program does not have."""
    name = next((name for name in (" ".join(words[:2]), words[0]) if name in COMMANDS), None)
    if name is None:
        return [" ".join(words[:2])]
    known = {option for parameter in COMMANDS[name].params for option in (*parameter.opts, *parameter.secondary_opts)}
    return [word for word in words if word.startswith("--") and word.partition("=")[0] not in {*known, "--help"}]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_in_examples_exist(page: Path) -> None:
    assert [(words, unknown) for words in _typed(page) if (unknown := _unknown(words))] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?://|#|mailto:)([^)#\s]+)", page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_the_readme_names_every_option_of_serve() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    options = {option for parameter in COMMANDS["serve"].params for option in parameter.opts if option != "--help"}
    assert sorted(option for option in options if f"`{option}" not in text) == []


def test_the_readme_has_examples_of_commands() -> None:
    assert len(_typed(ROOT / "README.md")) >= 8
