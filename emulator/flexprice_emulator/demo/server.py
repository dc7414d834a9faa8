"""The emulator as a process of its own, for the demo."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def emulator(clock: str) -> Iterator[str]:
    """Base URL (ending in /v1) of an ephemeral server on a free port; stopped at the end. Raises RuntimeError if it does not start."""
    command = [sys.executable, "-m", "flexprice_emulator.cli.main", "serve", "--port", "0", "--ephemeral", "--clock", clock]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own program
    try:
        if process.stdout is None:
            raise RuntimeError("no output")
        line = process.stdout.readline()
        if " listens on " not in line:
            raise RuntimeError(f"the emulator did not start: {line.strip() or 'see above'}")
        yield line.rsplit(" ", 1)[1].strip()
    finally:
        process.terminate()
        process.wait(10)
