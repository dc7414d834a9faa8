"""From exec to the first 200 on /health, against a hello-world FastAPI on uvicorn."""

import statistics
import subprocess
import sys
import time

from benchmarks.measure import BARE_APP, Figure, free_port, wait_for

REPEAT = 5


def _ready(command: list[str], port: int) -> float:
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        wait_for(f"http://127.0.0.1:{port}/health")
        return time.perf_counter() - start
    finally:
        process.terminate()
        process.wait(15)


def run() -> list[Figure]:
    ours, bare = [], []
    for _ in range(REPEAT):
        port = free_port()
        ours.append(_ready([sys.executable, "-m", "flexprice_emulator.cli.main", "serve", "--port", str(port)], port))
        port = free_port()
        bare.append(_ready([sys.executable, "-c", BARE_APP, str(port)], port))
    value, baseline = statistics.median(ours), statistics.median(bare)
    ratio = value / baseline
    return [
        Figure(
            "`serve` from exec to the first 200 on /health",
            f"{value:.2f} s ({ratio:.1f}×)",
            "≤ 2.0 s and ≤ 3× the baseline",
            f"{baseline:.2f} s, hello-world FastAPI on uvicorn",
            value <= 2.0 and ratio <= 3,
        )
    ]
