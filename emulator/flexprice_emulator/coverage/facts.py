"""The facts, put together from the code, the recordings and the tests. Needs the project's folders; the server reads what it wrote."""

import csv
import json
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

import yaml

from flexprice_emulator.coverage.tests_scan import Asked, Call, client_calls, path_of, scan
from flexprice_emulator.wire.table import ApiTable

HERE: Final = Path(__file__).resolve().parent
NAMED_TESTS: Final = 10
Truth = Literal["recorded", "recorded with differences", "tested", "served", "absent"]


@dataclass
class Recordings:
    """Exchanges with the real service that ask for an operation. `differences`: the known ones, `recording: number name: reason`."""

    exchanges: int = 0
    scenarios: list[str] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)


@dataclass
class Covered:
    """One operation. `truth`: agreeing with all its recordings, with all but known differences, asked by tests only, by none, or absent.

    `tests` names the first ten that ask for it, those that do so themselves before those that have a helper do it; `test_count` all.
    """

    operation: str
    name: str
    tag: str
    tier: str
    documented_only: bool
    served: bool
    status: int | None
    permission: str | None
    truth: Truth
    recordings: Recordings
    tests: list[str]
    test_count: int


def facts(root: Path) -> list[Covered]:
    """Every operation of the real service and of the emulator, by tag and path."""
    table = ApiTable()
    served = {_shape(operation.method, operation.path): (tag, operation) for tag, operation in table.tagged()}

    def named(method: str, text: str) -> str | None:
        if text.endswith("/health"):
            return f"{method} /health"
        path = path_of(text)
        found = table.match(method, path) if path else None
        return found[0].name if found else None

    names: Mapping[str, Call] = {op.handler.__name__: (op.method, op.path) for _, op in served.values()}
    asked = scan(root / "tests", named, client_calls(root / "client/flexprice_client/resources"), names)
    recorded = recordings(root / "tests/parity", named)
    with (HERE / "reference.csv").open(encoding="utf-8", newline="") as file:
        reference = {_shape(row["method"], row["path"]): row for row in csv.DictReader(file)}
    found = []
    for shape in {**reference, **served}:
        row = reference.get(shape, {"tag": "", "tier": "", "source": ""})
        tag, operation = served.get(shape, (row["tag"], None))
        if operation is not None:
            name, about = operation.handler.__name__, operation.name
        else:
            name, about = "", f"{row['method']} {row['path']}"
        # It is answered by the edge, before any table.
        is_served = operation is not None or shape[1] == "/health"
        seen, tests = recorded.get(about, Recordings()), asked.get(about, Asked([], []))
        found.append(
            Covered(
                operation=about,
                name=name,
                tag=tag,
                tier=row["tier"],
                documented_only=row["source"] == "openapi",
                served=is_served,
                status=operation.status if operation else 200 if is_served else None,
                permission=operation.permission if operation else None,
                truth=_truth(is_served, seen, tests),
                recordings=seen,
                tests=[*tests.direct, *tests.through_helpers][:NAMED_TESTS],
                test_count=len(tests.direct) + len(tests.through_helpers),
            )
        )
    return sorted(found, key=lambda each: (each.tag, each.operation.partition(" ")[2], each.operation))


def recordings(parity: Path, named: Any) -> dict[str, Recordings]:
    """Operation -> its recorded exchanges."""
    known: dict[str, dict[str, str]] = yaml.safe_load((parity / "known.yaml").read_text(encoding="utf-8")) or {}
    found: dict[str, Recordings] = defaultdict(Recordings)
    for path in sorted((parity / "recordings").glob("*.json")):
        # Others are of webhooks, which no operation is asked for.
        numbered = {key: reason for key, reason in known.get(path.stem, {}).items() if key.partition(" ")[0].isdigit()}
        differing = {int(key.partition(" ")[0]): (key, reason) for key, reason in numbered.items()}
        for number, exchange in enumerate(json.loads(path.read_text(encoding="utf-8"))["exchanges"], 1):
            operation = named(exchange["op"].partition(" ")[0], exchange["path"])
            if operation is None:
                continue
            seen = found[operation]
            seen.exchanges += 1
            if path.stem not in seen.scenarios:
                seen.scenarios.append(path.stem)
            if number in differing:
                key, reason = differing[number]
                seen.differences.append(f"{path.stem}: {key}: {reason}")
    return dict(found)


def data(found: list[Covered]) -> str:
    """`operations.json`: one operation a line."""
    lines = ",\n".join(json.dumps(asdict(each), ensure_ascii=False) for each in found)
    return f"[\n{lines}\n]\n"


def _truth(served: bool, seen: Recordings, tests: Asked) -> Truth:
    if not served:
        return "absent"
    if seen.exchanges:
        return "recorded with differences" if seen.differences else "recorded"
    return "tested" if tests.direct or tests.through_helpers else "served"


def _shape(method: str, path: str) -> tuple[str, str]:
    return method, re.sub(r"\{[^}]*\}", "{}", path)
