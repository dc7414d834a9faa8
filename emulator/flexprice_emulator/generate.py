"""`make generate`: the files that are written from the code. A test holds them to what this writes."""

import re
import sys
from pathlib import Path
from typing import Any

import yaml

from flexprice_emulator.cli.page import page as cli_page
from flexprice_emulator.coverage.facts import data, facts
from flexprice_emulator.coverage.page import page as coverage_page
from flexprice_emulator.migrations.freeze import FOLDER
from flexprice_emulator.migrations.freeze import files as frozen
from flexprice_emulator.webhooks.coverage import page as webhook_page
from flexprice_rules.schema import schema_text

ROOT = Path(__file__).resolve().parents[2]


def recorded_differences() -> str:
    """The generated part of docs/parity.md, from tests/parity/known.yaml."""
    known: dict[str, dict[str, str]] = yaml.safe_load((ROOT / "tests/parity/known.yaml").read_text(encoding="utf-8")) or {}
    rows = ["| recording | exchange | reason |", "|---|---|---|"]
    for scenario in sorted(known):
        rows += [f"| {scenario} | {exchange} | {reason} |" for exchange, reason in known[scenario].items()]
    return "\n".join(rows) if len(rows) > 2 else "None."


def between(text: str, name: str, content: str) -> str:
    """`text` with what stands between its markers replaced. Raises ValueError where they are missing."""
    pattern = re.compile(rf"(<!-- generated: {re.escape(name)} -->\n).*?(\n?<!-- end -->)", re.DOTALL)
    replaced, count = pattern.subn(lambda match: match[1] + content + "\n<!-- end -->", text)
    if count != 1:
        raise ValueError(f"no place for {name}")
    return replaced


def files() -> dict[Path, str]:
    """What each generated file holds."""
    parity = ROOT / "docs/parity.md"
    covered = facts(ROOT)
    return {
        ROOT / "docs/coverage.md": coverage_page(covered),
        ROOT / "emulator/flexprice_emulator/coverage/operations.json": data(covered),
        ROOT / "docs/cli.md": cli_page(),
        ROOT / "docs/webhooks.md": webhook_page(ROOT / "tests/webhooks"),
        parity: between(parity.read_text(encoding="utf-8"), "recorded differences", recorded_differences()),
        ROOT / "pricing_rules/schema/flexprice-rules.schema.json": schema_text(),
        **{FOLDER / name: text for name, text in frozen().items()},
    }


def main(argv: list[Any] | None = None) -> int:
    """Write the files and name those that changed; with --check only name them, and fail if there are any."""
    check = "--check" in (sys.argv[1:] if argv is None else argv)
    stale = [path for path, text in files().items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    for path in stale:
        if not check:
            path.write_text(files()[path], encoding="utf-8")
        sys.stdout.write(f"{'stale' if check else 'written'}: {path.relative_to(ROOT)}\n")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
