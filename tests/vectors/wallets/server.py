"""A server of its own for each case, its clock stopped, with one customer."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from uuid import uuid4

import anyio.from_thread
import httpx

from flexprice_client.models.base import time_text
from flexprice_emulator.app import create_app
from flexprice_emulator.workspace.registry import Registry
from tests.conftest import Api
from tests.wallets.conftest import T0, Bank


@contextmanager
def opened() -> Iterator[Bank]:
    """An empty workspace at T0."""
    with ExitStack() as stack:
        portal = stack.enter_context(anyio.from_thread.start_blocking_portal())
        registry = Registry()
        client = httpx.AsyncClient(transport=httpx.ASGITransport(create_app(registry)), base_url="http://emulator")
        stack.callback(registry.close)
        stack.callback(lambda: portal.call(client.aclose))
        key = f"sk_ws_{uuid4().hex}"
        api = Api(portal, client, key)
        api.freeze(time_text(T0))
        yield Bank(api, registry.for_key(key))
