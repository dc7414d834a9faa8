"""An emulator in this process whose every run of one seed is the same: ids, clock and all."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import anyio.from_thread
import httpx

from flexprice_emulator.app import create_app
from flexprice_emulator.workspace.clock import ClockState
from flexprice_emulator.workspace.registry import Registry
from tests.conftest import Api

KEY = "sk_local_flexprice_test_key"


_ASKS = ("/search", "/preview")


class Watched(Api):
    """`writes` counts the calls that may have changed something."""

    writes = 0

    def send(self, method: str, path: str, *args: Any, **named: Any) -> httpx.Response:
        self.writes += method != "GET" and not path.endswith(_ASKS)
        return super().send(method, path, *args, **named)


@contextmanager
def local(seed: str, start: datetime, data: Path | None = None) -> Iterator[Watched]:
    """The sandbox of a seeded server, its clock stopped at `start`; kept in a folder where one is given."""
    registry = Registry(data, seed=seed, real_time=lambda: start, clock=ClockState("frozen", start, start))
    with anyio.from_thread.start_blocking_portal() as portal:
        client = httpx.AsyncClient(transport=httpx.ASGITransport(create_app(registry)), base_url="http://emulator")
        try:
            yield Watched(portal, client, KEY)
        finally:
            portal.call(client.aclose)
            registry.close()
