"""All blocking resources under their names."""

from collections.abc import Callable

from flexprice_client.resources.customers import Customers
from flexprice_client.resources.environments import Environments
from flexprice_client.resources.settings import Settings
from flexprice_client.transport.request import Answer, Request


class Resources:
    """The resources of one client."""

    def __init__(self, send: Callable[[Request], Answer]) -> None:
        self.customers = Customers(send)
        self.environments = Environments(send)
        self.settings = Settings(send)
