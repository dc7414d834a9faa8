"""Runs every measured case of every YAML file in $VECTORS_DIR (default: beside this file), one test a case.

A format is a line of FORMATS; an unknown format or kind is a failure, never a skip.
"""

import importlib
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

HERE = Path(__file__).parent
Case = Mapping[str, Any]
Document = Mapping[str, Any]


@dataclass(frozen=True)
class Format:
    """How a file is recognised by its content, and how one of its cases is run."""

    recognises: Callable[[Document], bool]
    run: Callable[[Case, Document], None]


@cache
def kinds() -> dict[str, Callable[[Case], None]]:
    """The KINDS of every module in kinds/; two modules never share a kind."""
    registry: dict[str, Callable[[Case], None]] = {}
    for path in sorted((HERE / "kinds").glob("*.py")):
        for kind, runner in getattr(importlib.import_module(f"tests.vectors.kinds.{path.stem}"), "KINDS", {}).items():
            assert kind not in registry, f"kind {kind!r} has two runners"
            registry[kind] = runner
    return registry


def run_kind(case: Case, _document: Document) -> None:
    """A rating case: one operation, named by its kind."""
    runner = kinds().get(case["kind"])
    assert runner is not None, f"unknown kind {case['kind']!r}: add it to a module of tests/vectors/kinds"
    runner(case)


def run_event(case: Case, document: Document) -> None:
    """An event case: events in, reads out."""
    importlib.import_module("tests.vectors.kinds.events").run_event_case(case, document.get("defaults", {}))


def run_billing(case: Case, _document: Document) -> None:
    """A billing case: a life cycle, step by step."""
    importlib.import_module("tests.vectors.kinds.billing").run_billing_case(case)


def run_wallet(case: Case, _document: Document) -> None:
    """A wallet case: credits in and out, and what follows."""
    importlib.import_module("tests.vectors.kinds.wallets").run_wallet_case(case)


FORMATS = (
    Format(lambda document: bool(document["cases"]) and all("kind" in case for case in document["cases"]), run_kind),
    Format(lambda document: "reads" in document, run_event),
    Format(lambda document: document.get("format_version") == 1 and any("steps" in case for case in document["cases"]), run_billing),
    Format(lambda document: document.get("format") == 1 and "reference" in document, run_wallet),
)


def unknown_format(_case: Case, document: Document) -> None:
    """A file no format recognises."""
    pytest.fail(f"unknown vector format with top-level keys {sorted(document)}: add a line to FORMATS")


def collected() -> Iterator[Any]:
    """One parameter a case; a file of unknown format is one failing parameter."""
    for path in sorted(Path(os.environ.get("VECTORS_DIR") or HERE).glob("*.yaml")):
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        known = document if isinstance(document, dict) and isinstance(document.get("cases"), list) else {"cases": [], "document": document}
        run = next((form.run for form in FORMATS if form.recognises(known)), None)
        if run is None:
            yield pytest.param({}, known, unknown_format, id=f"{path.stem}:format")
            continue
        for case in known["cases"]:
            yield pytest.param(case, known, run, id=f"{path.stem}:{case['id']}")


@pytest.mark.parametrize(("case", "document", "run"), list(collected()))
def test_vector(case: Case, document: Document, run: Callable[[Case, Document], None]) -> None:
    """The measured figures are met to the last digit."""
    run(case, document)


def test_there_are_vectors() -> None:
    """An empty directory proves nothing."""
    assert list(collected())
