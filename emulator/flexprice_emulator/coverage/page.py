"""docs/coverage.md, from the facts."""

from collections import Counter
from collections.abc import Sequence

from flexprice_emulator.coverage.facts import Covered


def page(found: Sequence[Covered]) -> str:
    """The page."""
    served = [each for each in found if each.served]
    lines = [
        "# Coverage",
        "",
        "Every operation of the real service, written by `make generate` from the code, the recordings and the tests; a running emulator",
        "answers the same at `GET /_emulator/coverage`. Tier T1 is what clients use most.",
        "",
        "- `recorded`: agrees with all recorded exchanges of the real service that ask for it (tests/parity)",
        "- `recorded with differences`: the same but for known ones, listed with their reasons in [parity.md](parity.md)",
        "- `tested`: no recording; asked for by tests",
        "- `served`: neither",
        "- `absent`: answers 404, as the real service does where it only documents an operation",
        "",
        f"{len(served)} operations are served.",
        "",
        "| tier | served | recorded | recorded with differences | tested | served only | absent |",
        "|---|---|---|---|---|---|---|",
    ]
    for tier in sorted({each.tier for each in found}):
        of_tier = [each for each in found if each.tier == tier]
        count = Counter(each.truth for each in of_tier)
        numbers = [count[truth] for truth in ("recorded", "recorded with differences", "tested", "served", "absent")]
        lines.append(f"| {tier or 'of our own'} | {sum(each.served for each in of_tier)} | {' | '.join(map(str, numbers))} |")
    for tag in sorted({each.tag for each in found}):
        lines += [
            "",
            f"## {tag}",
            "",
            "| operation | tier | success | permission | how true | recorded | tests |",
            "|---|---|---|---|---|---|---|",
        ]
        lines += [_row(each) for each in found if each.tag == tag]
    return "\n".join([*lines, ""])


def _row(each: Covered) -> str:
    note = " (only documented)" if each.documented_only else ""
    recorded = f"{each.recordings.exchanges} in {', '.join(each.recordings.scenarios)}" if each.recordings.exchanges else ""
    cells = [
        f"`{each.operation}`",
        each.tier,
        str(each.status or ""),
        each.permission or "",
        each.truth + note,
        recorded,
        str(each.test_count or ""),
    ]
    return f"| {' | '.join(cells)} |"
