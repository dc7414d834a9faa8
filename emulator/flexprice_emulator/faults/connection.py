"""Connections that break: closed without an answer, or in the middle of one."""

from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class BrokenConnection(ConnectionError):
    """What an application's caller in the same process gets in place of a closed socket."""


@dataclass(frozen=True, slots=True)
class Cut:
    """`keep`: how much of the body is sent, 0 ≤ keep < 1. `silent`: nothing at all is sent."""

    keep: float
    silent: bool = False

    async def send(self, send: Send, receive: Receive, start: Message, body: bytes) -> None:
        """Send what is left of an answer and close the connection. Raises BrokenConnection where there is no socket to close."""
        transport = _transport(receive)
        if not self.silent or transport is None:
            await send(start)
            await send({"type": "http.response.body", "body": body[: int(len(body) * self.keep)], "more_body": True})
        if transport is None:
            raise BrokenConnection("the connection was cut by a fault rule")
        transport.close()
        # The server takes a response that was not begun or ended for a mistake, unless the connection is gone.
        while (await receive())["type"] != "http.disconnect":
            pass


def _transport(receive: Receive) -> Any:
    """The socket's transport: ASGI has no word for hanging up, so it is taken from uvicorn's request cycle."""
    return getattr(getattr(receive, "__self__", None), "transport", None)
