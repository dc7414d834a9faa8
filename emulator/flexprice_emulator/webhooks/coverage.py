"""docs/webhooks.md, from the code: every event, what sends it, and which tests see it arrive."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from flexprice_client.models.webhooks import WEBHOOK_PAYLOADS
from flexprice_emulator.webhooks.catalogue import NEVER_SENT, WHEN

PACKAGE = Path(__file__).resolve().parents[1]


def emitters(package: Path = PACKAGE) -> Mapping[str, list[str]]:
    """Event name -> `module.function` of each place that names it where events are emitted."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in sorted(package.rglob("*.py")):
        module = path.relative_to(package).with_suffix("")
        text = path.read_text(encoding="utf-8")
        if module.parts[0] == "webhooks" or ".emit(" not in text:
            continue
        for function, names in _named(ast.parse(text)):
            for name in names:
                found[name].add(".".join((*module.parts, function)))
    return {name: sorted(places) for name, places in found.items()}


def tests(folder: Path) -> Mapping[str, list[str]]:
    """Event name -> `file::test` of each test in tests/webhooks that names it."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in sorted(folder.rglob("test_events_*.py")):
        for function, names in _named(ast.parse(path.read_text(encoding="utf-8"))):
            for name in names if function.startswith("test_") else ():
                found[name].add(f"{path.name}::{function}")
    return {name: sorted(places) for name, places in found.items()}


def page(test_folder: Path) -> str:
    """The text of docs/webhooks.md."""
    sources, covered = emitters(), tests(test_folder)
    lines = [
        "# Webhook events",
        "",
        "Every event of the API, written by `make generate` from the code. `sent by` names the functions below",
        "`flexprice_emulator`, `seen by` the tests in `tests/webhooks` that wait for it.",
        "",
        f"{len(WEBHOOK_PAYLOADS)} events, of which {len(NEVER_SENT)} are never sent.",
        "",
        "| event | body | when | sent by | seen by |",
        "|---|---|---|---|---|",
    ]
    for name in sorted(WEBHOOK_PAYLOADS.keys() - NEVER_SENT.keys()):
        places = (_listed(sources.get(name, [])), _listed(covered.get(name, [])))
        lines.append(f"| `{name}` | {WEBHOOK_PAYLOADS[name].__name__} | {WHEN[name]} | {places[0]} | {places[1]} |")
    lines += ["", "## Never sent", "", "| event | body | why |", "|---|---|---|"]
    lines += [f"| `{name}` | {WEBHOOK_PAYLOADS[name].__name__} | {NEVER_SENT[name]} |" for name in sorted(NEVER_SENT)]
    return "\n".join([*lines, ""])


def _listed(places: list[str]) -> str:
    return "<br>".join(f"`{place}`" for place in places)


def _named(tree: ast.Module) -> Iterator[tuple[str, set[str]]]:
    """(function, event names among its texts) of a module; f-strings name every event they can become."""
    for node in tree.body:
        function = node.name if isinstance(node, ast.FunctionDef) else "module"
        names: set[str] = set()
        for part in ast.walk(node):
            if isinstance(part, ast.JoinedStr):
                names |= _possible(part)
            elif isinstance(part, ast.Constant) and isinstance(part.value, str) and part.value in WEBHOOK_PAYLOADS:
                names.add(part.value)
        if names:
            yield function, names


def _possible(text: ast.JoinedStr) -> set[str]:
    parts = [re.escape(str(part.value)) if isinstance(part, ast.Constant) else "[a-z_]+" for part in text.values]
    # A text that is mostly filled in could become anything.
    if not any(isinstance(part, ast.Constant) and "." in str(part.value) for part in text.values):
        return set()
    pattern = re.compile("".join(parts) + r"\Z")
    return {name for name in WEBHOOK_PAYLOADS if pattern.match(name)}
