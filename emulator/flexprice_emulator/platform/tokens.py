"""Signed tokens (JWT, HS256). A module of its own: most servers never see a token, and the library takes a while to load."""

import json
from typing import Any

import jwt
from jwt.algorithms import HMACAlgorithm

_ALGORITHM = "HS256"


class _AnyKeyLength(HMACAlgorithm):
    """The published local secret is shorter than the library advises, and has to be taken all the same."""

    def check_key_length(self, key: bytes) -> str | None:  # noqa: ARG002
        return None


_TOKENS = jwt.PyJWS(algorithms=[_ALGORITHM])
_TOKENS.unregister_algorithm(_ALGORITHM)
_TOKENS.register_algorithm(_ALGORITHM, _AnyKeyLength(HMACAlgorithm.SHA256))


def sign(claims: dict[str, Any], secret: str) -> str:
    """The token of these claims."""
    return _TOKENS.encode(json.dumps(claims, separators=(",", ":")).encode(), secret, algorithm=_ALGORITHM)


def read(token: str, secret: str) -> dict[str, Any] | None:
    """The claims of a token signed with `secret`, else None. Whether it has expired is not looked at."""
    try:
        claims = json.loads(_TOKENS.decode(token, secret, algorithms=[_ALGORITHM]))
    except (jwt.InvalidTokenError, ValueError):
        return None
    return claims if isinstance(claims, dict) else None
