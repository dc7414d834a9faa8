"""A real server process for tests that need HTTP: started on a free port, stopped at the end."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

KEY = "sk_local_flexprice_test_key"


@contextmanager
def running(*options: str) -> Iterator[str]:
    """The server's base URL, without /v1."""
    command = [sys.executable, "-m", "flexprice_emulator.cli.main", "serve", "--port", "0", *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        first = process.stdout.readline()
        if " listens on " not in first:
            raise AssertionError(f"the server did not start: {first}{process.stderr.read() if process.stderr else ''}")
        url = first.split(" listens on ")[1].strip().removesuffix("/v1")
        # On a busy machine the first request, which loads its domain, may take longer than a client of its own accord waits.
        httpx.get(f"{url}/v1/customers", headers={"x-api-key": "sk_nobody"}, timeout=60)
        yield url
    finally:
        process.terminate()
        try:
            process.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
