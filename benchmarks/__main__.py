"""`python -m benchmarks [NAME …]`: run, print, and write RESULTS.md (all) or RESULTS-NAME.md (what runs only by name)."""

import os
import platform
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from benchmarks.measure import Figure

NAMES = ("startup", "workspaces", "http", "events", "time", "webhooks", "request_log")
# Minutes long: only by name, with options of its own.
BY_NAME = ("year", "laws")


def table(figures: list[Figure]) -> str:
    rows = ["| what | measured | budget | baseline of the same run | |", "|---|---|---|---|---|"]
    rows += [f"| {f.what} | {f.value} | {f.budget} | {f.baseline} | {'✓' if f.ok else '✗'} |" for f in figures]
    return "\n".join(rows)


def main(names: list[str]) -> int:
    known = (*NAMES, *BY_NAME)
    unknown = set(names) - set(known)
    if unknown:
        print(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(known)}")
        return 2
    figures: list[Figure] = []
    for name in names or NAMES:
        run: Callable[[], list[Figure]] = import_module(f"benchmarks.{name}").run
        found = run()
        print(table(found), flush=True)
        figures += found
    if not names or (len(names) == 1 and names[0] in BY_NAME):
        command, file = (f"python -m benchmarks {names[0]}", f"RESULTS-{names[0]}.md") if names else ("make bench", "RESULTS.md")
        about = f"Written by `{command}`. Python {platform.python_version()}, {os.cpu_count()} cores; medians of one run."
        (Path(__file__).parent / file).write_text(f"# Benchmarks\n\n{about}\n\n{table(figures)}\n")
    return 0 if all(figure.ok for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main([name for name in sys.argv[1:] if name in BY_NAME] or sys.argv[1:]))
