"""Svix's signature: HMAC-SHA256 over `id.timestamp.body`, which its libraries and those of Standard Webhooks verify (webhooks.md §3)."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence
from typing import Final

PREFIX: Final = "whsec_"
_BASE64: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_KEY_BYTES: Final = range(24, 65)
# Base64 text of 24 bytes, without padding.
SECRET_LENGTH: Final = 32
SECRET_ALPHABET: Final = _BASE64


def check_secret(secret: str) -> str:
    """The secret itself. Raises ValueError unless it is `whsec_` and base64 of 24 to 64 bytes."""
    try:
        size = len(_key(secret))
    except (ValueError, binascii.Error):
        size = 0
    if not secret.startswith(PREFIX) or size not in _KEY_BYTES:
        raise ValueError("not a signing secret: whsec_ and the base64 of 24 to 64 bytes")
    return secret


def signature(secrets: Sequence[str], message_id: str, timestamp: int, body: bytes) -> str:
    """`v1,…` for each secret, separated by blanks."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    return " ".join("v1," + base64.b64encode(hmac.new(_key(secret), signed, hashlib.sha256).digest()).decode() for secret in secrets)


def signed_headers(secrets: Sequence[str], message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The three headers under Svix's names and under those of Standard Webhooks."""
    values = {"id": message_id, "timestamp": str(timestamp), "signature": signature(secrets, message_id, timestamp, body)}
    return {f"{family}-{name}": value for family in ("svix", "webhook") for name, value in values.items()}


def _key(secret: str) -> bytes:
    return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
