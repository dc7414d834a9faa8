"""A new isolated workspace, against SQLite's backup of the same database alone."""

import sqlite3
import statistics
import time

from benchmarks.measure import Figure, milliseconds
from flexprice_emulator.workspace.registry import Registry

REPEAT = 50


def run() -> list[Figure]:
    registry = Registry()
    ours, bare = [], []
    for index in range(REPEAT):
        start = time.perf_counter()
        workspace = registry.for_key(f"sk_ws_bench_{index}")
        with workspace.transaction():
            pass
        ours.append(time.perf_counter() - start)
        target = sqlite3.connect(":memory:")
        start = time.perf_counter()
        workspace.connection.backup(target)
        bare.append(time.perf_counter() - start)
        target.close()
    registry.close()
    value, baseline = statistics.median(ours), statistics.median(bare)
    return [
        Figure(
            "a new isolated workspace",
            milliseconds(value),
            "≤ 10 ms",
            f"{milliseconds(baseline)}, SQLite's backup of the same tables",
            value <= 0.010,
        )
    ]
