"""Which versions of what are running."""

import platform
import sqlite3
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version


@lru_cache(maxsize=1)
def versions() -> dict[str, str]:
    """Name -> version; a distribution that is not installed as one is `unknown`."""
    found = {name: _of(name) for name in ("flexprice-emulator", "flexprice-client")}
    return {**found, "python": platform.python_version(), "sqlite": sqlite3.sqlite_version}


def _of(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return "unknown"
