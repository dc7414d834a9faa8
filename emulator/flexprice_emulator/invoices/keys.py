"""Idempotency keys the server makes itself (wire.md §6)."""

import hashlib


def generated_key(scope: str, **parts: str) -> str:
    """`scope-` and 16 hex digits of the SHA-256 over the sorted parts."""
    text = ":".join([scope, *(f"{name}={parts[name]}" for name in sorted(parts))])
    return f"{scope}-{hashlib.sha256(text.encode()).hexdigest()[:16]}"
