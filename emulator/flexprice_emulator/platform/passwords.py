"""Passwords are kept as scrypt hashes."""

import hashlib
import hmac
import string

from flexprice_emulator.workspace.ids import IdSource

# Cheap on purpose: a local emulator's accounts protect nothing, and signing up is part of many test runs.
_COST = 2**12
_LETTERS = string.ascii_letters + string.digits
_SIGNS = r"!#$%&*+-:=?@^_\~"


def hashed(password: str, ids: IdSource) -> str:
    """`salt$hash`, hex."""
    salt = ids.token(32, "0123456789abcdef")
    return f"{salt}${_scrypt(password, salt)}"


def matches(password: str, held: str) -> bool:
    """Whether the password is the one that was hashed."""
    salt, _, digest = held.partition("$")
    return bool(digest) and hmac.compare_digest(_scrypt(password, salt), digest)


def generated(ids: IdSource) -> str:
    """A random password of 16 characters."""
    return ids.token(16, _LETTERS + _SIGNS)


def _scrypt(password: str, salt: str) -> str:
    raw = hashlib.scrypt(password.encode("utf-8", "surrogatepass"), salt=bytes.fromhex(salt), n=_COST, r=8, p=1)
    return raw.hex()
