"""Where webhooks may go: to this machine, and to hosts that FLEXPRICE_EMULATOR_WEBHOOK_HOSTS allows.

The variable lists host names separated by commas; `*` allows all. Nothing is resolved here: a name counts as this machine
only when it is `localhost` or below it, and those are connected to by loopback address, so no name server can send us elsewhere.
"""

import ipaddress
import os
from typing import Final
from urllib.parse import SplitResult, urlsplit

VARIABLE: Final = "FLEXPRICE_EMULATOR_WEBHOOK_HOSTS"
_LOOPBACK: Final = ("127.0.0.1", "::1")


class RefusedTarget(ValueError):
    """A URL that nothing is sent to, and why."""


def check_target(url: str) -> tuple[str, ...]:
    """The addresses or name to connect to, in order. Raises RefusedTarget."""
    parts = _split(url)
    host = parts.hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return _LOOPBACK
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        address = None
    if address is not None and address.is_loopback and getattr(address, "ipv4_mapped", None) is None:
        return (host,)
    allowed = {name.strip().lower() for name in os.environ.get(VARIABLE, "").split(",") if name.strip()}
    if "*" in allowed or host in allowed:
        return (host,)
    raise RefusedTarget(f"{host} is not this machine; to send there, start the emulator with {VARIABLE}={host}")


def _split(url: str) -> SplitResult:
    if any(character <= " " or character == "\x7f" or character == "\\" for character in url):
        raise RefusedTarget("not a URL: it has blanks, control characters or backslashes")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise RefusedTarget(f"not a URL: {error}") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise RefusedTarget("not a URL of a receiver; give one such as http://127.0.0.1:3000/webhooks")
    if port == 0:
        raise RefusedTarget("not a URL of a receiver: port 0")
    if parts.username is not None or parts.password is not None:
        raise RefusedTarget("a URL with a password would show in logs; give the receiver's secret as a header")
    return parts
