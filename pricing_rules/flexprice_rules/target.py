"""What rules are applied to: anything that answers the API's calls.

    Target.request(method, path, json) -> the answer's JSON

`path` stands below `/v1` and holds its query; a refusal raises `flexprice_client.errors.APIError`.
"""

from collections.abc import Mapping
from typing import Any, Protocol

from flexprice_client.transport import Answer, Request


class Target(Protocol):
    """A Flexprice, real or emulated."""

    def request(self, method: str, path: str, json: Mapping[str, Any] | None = None) -> Any:
        """The JSON of a 2xx, None for an empty body. Raises FlexpriceError."""


class Sender(Protocol):
    """What `flexprice_client.transport.Transport` offers, over HTTP or in this process."""

    def send(self, request: Request) -> Answer:
        """The answer of the call. Raises FlexpriceError."""


class ClientTarget:
    """A client's transport as a target."""

    def __init__(self, transport: Sender) -> None:
        self._transport = transport

    def request(self, method: str, path: str, json: Mapping[str, Any] | None = None) -> Any:
        """The JSON of a 2xx. Raises APIError, TransportError or UnexpectedResponseError."""
        return self._transport.send(Request(method, path, body=json)).json()
