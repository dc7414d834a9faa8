"""The kinds of proof a provider's request carries, and the answers to one that fails it (webhooks.md §7)."""

import base64
import hashlib
import hmac
from collections.abc import Mapping

from flexprice_emulator.wire.routing import Reply

Headers = Mapping[str, str]
# Nothing was sent that could be checked: the request is taken for a test of the address and ignored.
IGNORED = Reply(b"", 200)


def refused(status: int, message: str) -> Reply:
    """An answer outside the API's error form, as these routes give."""
    return Reply({"error": message}, status)


def hmac_hex(secret: str, signed: bytes) -> str:
    """HMAC-SHA256 in hex."""
    return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def hmac_base64(secret: bytes, signed: bytes) -> str:
    """HMAC-SHA256 in base64."""
    return base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()


def same(given: str, wanted: str) -> bool:
    """Comparison in constant time."""
    return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), wanted.encode())


def pairs(header: str, separator: str) -> dict[str, list[str]]:
    """`t=1,v1=a,v1=b` as {"t": ["1"], "v1": ["a", "b"]}."""
    found: dict[str, list[str]] = {}
    for part in header.split(separator):
        name, _, value = part.strip().partition("=")
        found.setdefault(name, []).append(value)
    return found
