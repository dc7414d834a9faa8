"""All awaiting resources under their names."""

from collections.abc import Awaitable, Callable

from flexprice_client.resources.customers import AsyncCustomers
from flexprice_client.resources.environments import AsyncEnvironments
from flexprice_client.resources.settings import AsyncSettings
from flexprice_client.transport.request import Answer, Request


class AsyncResources:
    """The resources of one client."""

    def __init__(self, send: Callable[[Request], Awaitable[Answer]]) -> None:
        self.customers = AsyncCustomers(send)
        self.environments = AsyncEnvironments(send)
        self.settings = AsyncSettings(send)
