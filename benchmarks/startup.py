"""From exec to the first 200 on /health, against a hello-world FastAPI on uvicorn."""

import statistics
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.measure import BARE_APP, Figure, free_port, resident_megabytes, wait_for

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


def _resident_in_the_demo() -> float:
    """The most that the demo's server has resident, in MB."""
    demo = subprocess.Popen([sys.executable, "-m", "flexprice_emulator.demo"], stdout=subprocess.DEVNULL)
    most = 0.0
    while demo.poll() is None:
        for server in Path(f"/proc/{demo.pid}/task/{demo.pid}/children").read_text().split():
            try:
                most = max(most, resident_megabytes(int(server)))
            except (FileNotFoundError, ProcessLookupError, IndexError):
                continue
        time.sleep(0.05)
    assert demo.returncode == 0, "the demo failed"
    return most


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
        ),
        Figure("resident memory of the demo's server, at most", f"{(most := _resident_in_the_demo()):.0f} MB", "≤ 150 MB", "", most <= 150),
    ]
