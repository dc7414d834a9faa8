"""What must never be printed: API keys, bearer tokens, portal sessions.

Invariant: `redact(text, secrets)` contains none of `secrets` and nothing of a Flexprice key's or a JWT's shape.
"""

import re
from collections.abc import Iterable
from typing import Final

MASK: Final = "***"

_SHAPES: Final = re.compile(r"""\b(?P<kind>sk|pk)_[A-Za-z0-9_\-]{4,}|\bBearer\s+[^\s,;"']+|\beyJ[\w-]+\.[\w-]+\.[\w-]*""", re.IGNORECASE)


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """`text` with every secret replaced; a key keeps its kind (`sk_***`)."""
    for secret in sorted((secret for secret in secrets if secret), key=len, reverse=True):
        text = text.replace(secret, MASK)
    return _SHAPES.sub(_mask, text)


def _mask(match: re.Match[str]) -> str:
    kind = match.group("kind")
    return f"{kind}_{MASK}" if kind else MASK
