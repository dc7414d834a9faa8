"""What the log never shows: keys, tokens, passwords, in whatever field or text they stand."""

import re
from typing import Any, Final

from flexprice_client.redaction import MASK, redact

_FIELDS: Final = frozenset(
    (
        "password",
        "api_key",
        "secret",
        "secrets",
        "secret_key",
        "token",
        "access_token",
        "refresh_token",
        "private_key",
        "webhook_secret",
        "encrypted_secret_data",
        # Of a webhook receiver: what proves who sends.
        "headers",
    )
)


# An address whose query may hold a token.
_ADDRESSES: Final = ("endpoint", "url")
_ADDRESS: Final = re.compile(r"(https?://[^\s?#]*\?)[^\s#]+", re.IGNORECASE)
# In JSON that was cut and is read no more.
_FIELD_IN_TEXT: Final = re.compile(rf'("(?:{"|".join(sorted(_FIELDS))})"\s*:\s*")(?:[^"\\]|\\.)*', re.IGNORECASE)


def redact_text(text: str) -> str:
    """Text without anything of a key's, a bearer token's or a JWT's shape, or in a JSON field that is named for a secret."""
    return redact(_FIELD_IN_TEXT.sub(rf"\g<1>{MASK}", text))


def printable(text: str) -> str:
    """Text without halves of surrogate pairs, which JSON can name and UTF-8 cannot hold."""
    return text.encode("utf-8", "replace").decode()


def redact_value(value: Any) -> Any:
    """JSON values; texts in fields that are named for a secret are masked whole."""
    if isinstance(value, str):
        return redact(printable(value))
    if isinstance(value, list):
        return [redact_value(item) for item in value]
    if isinstance(value, dict):
        return {redact(printable(name)): _field(name.lower(), item) for name, item in value.items()}
    return value


def _field(name: str, value: Any) -> Any:
    if name in _FIELDS:
        return _masked(value)
    return _address(value) if name in _ADDRESSES else redact_value(value)


def _address(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _address(item) for name, item in value.items()}
    return redact(_ADDRESS.sub(rf"\g<1>{MASK}", value)) if isinstance(value, str) else redact_value(value)


def _masked(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _masked(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_masked(item) for item in value]
    return MASK if value and isinstance(value, str) else value
