"""Reading JSON nobody vouches for. Every method gives the promised type or raises ProviderResponseError with the path."""

import math
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final, TypeGuard

from flexprice_client.errors import ProviderResponseError
from flexprice_client.models.base import parse_time

# The service reads JSON numbers as binary floats; counts above lose digits (events.md §5).
LARGEST_COUNT: Final = 2**53
LARGEST_SECONDS: Final = 10**7
_SHOWN: Final = 60


class Reader:
    """An object of a provider's answer, and where it stands there."""

    def __init__(self, provider: str, value: Any, path: str) -> None:
        self.provider = provider
        self.path = path
        if not isinstance(value, dict):
            raise ProviderResponseError(provider, path, f"must be an object, not {_shown(value)}")
        self._value: dict[str, Any] = value

    def has(self, key: str) -> bool:
        """True where the key is there with something other than null."""
        return self._value.get(key) is not None

    def is_true(self, key: str) -> bool:
        return self._value.get(key) is True

    def object(self, key: str) -> "Reader":
        return Reader(self.provider, self._value.get(key), f"{self.path}.{key}")

    def objects(self, key: str) -> "list[Reader]":
        """The objects of a list; an absent list is empty."""
        if not self.has(key):
            return []
        value = self._value[key]
        if not isinstance(value, list):
            raise self.wrong(key, f"must be a list, not {_shown(value)}")
        return [Reader(self.provider, item, f"{self.path}.{key}[{index}]") for index, item in enumerate(value)]

    def text(self, key: str, default: str | None = None) -> str:
        """Non-empty text."""
        value = self._value.get(key)
        if value is None and default is not None:
            return default
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(key, f"must be text, not {_shown(value)}")
        try:
            value.encode()
        except UnicodeEncodeError:
            raise self.wrong(key, "holds half a character") from None
        return value.strip()

    def word(self, key: str, default: str | None = None) -> str:
        """Text in lower case, for words of a fixed set."""
        return self.text(key, default).lower()

    def count(self, key: str, default: int | None = None) -> int:
        """A whole number from 0; text of digits counts too."""
        value = self._value.get(key)
        if value is None and default is not None:
            return default
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 16:
            value = int(value)
        if isinstance(value, float | Decimal) and math.isfinite(value) and value <= LARGEST_COUNT and value == int(value):
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= LARGEST_COUNT:
            raise self.wrong(key, f"must be a whole number from 0, not {_shown(value)}")
        return value

    def seconds(self, key: str, default: int | None = None) -> Decimal:
        """A length above 0; text such as "5.1" counts too."""
        value = self._value.get(key)
        if value is None and default is not None:
            return Decimal(default)
        try:
            number = Decimal(repr(value) if isinstance(value, float) else value) if _is_numeric(value) else Decimal("NaN")
        except ArithmeticError:
            number = Decimal("NaN")
        if not number.is_finite() or not 0 < number <= LARGEST_SECONDS or number.adjusted() < -9:
            raise self.wrong(key, f"must be seconds above 0, not {_shown(value)}")
        return number

    def flag(self, key: str, *, default: bool) -> bool:
        """True or false; "on" and "off" count too."""
        value = self._value.get(key)
        if value is None:
            return default
        if isinstance(value, bool):
            return value
        if value in ("on", "off"):
            return bool(value == "on")
        raise self.wrong(key, f"must be true or false, not {_shown(value)}")

    def unix_time(self, key: str, *, per_second: int = 1) -> datetime:
        """Unix time in seconds, or in `per_second` parts of one."""
        value = self.count(key)
        try:
            whole, part = divmod(value, per_second)
            return datetime.fromtimestamp(whole, UTC).replace(microsecond=part * 1_000_000 // per_second)
        except (ValueError, OverflowError, OSError):
            raise self.wrong(key, f"must be a Unix time, not {_shown(value)}") from None

    def rfc3339(self, key: str) -> datetime:
        try:
            return parse_time(self._value.get(key))
        except ValueError:
            raise self.wrong(key, f"must be a time such as 2026-01-01T00:00:00Z, not {_shown(self._value.get(key))}") from None

    def first_of(self, *keys: str) -> str | None:
        """The first of the keys that holds text."""
        for key in keys:
            value = self._value.get(key)
            if isinstance(value, str) and value.strip():
                return self.text(key)
        return None

    def wrong(self, key: str, problem: str) -> ProviderResponseError:
        """The error to raise for what stands at `key`."""
        return ProviderResponseError(self.provider, f"{self.path}.{key}", problem)


def error_text(error: Any) -> str:
    """What a provider's error object says, in one line; it is only told, so any form will do."""
    if isinstance(error, dict):
        parts = [error.get(key) for key in ("code", "type", "message")]
        said = [part if isinstance(part, str) else _shown(part) for part in parts if isinstance(part, str | int) and part != ""]
        return ": ".join(said)[:500]
    return error[:500] if isinstance(error, str) else ""


def plain_number(value: Decimal) -> int | float:
    """A JSON number: whole where it is whole. A float keeps the digits of a length of time, whose repr is read back (events.md §5)."""
    return int(value) if value == value.to_integral_value() else float(value)


def _is_numeric(value: Any) -> TypeGuard[int | float | Decimal | str]:
    return (isinstance(value, int | float | Decimal) and not isinstance(value, bool)) or (
        isinstance(value, str) and len(value) <= 20 and value.isascii() and value.replace(".", "", 1).isdigit()
    )


def _shown(value: Any) -> str:
    # A huge integer cannot even be printed.
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 10**30:
        return "a huge number"
    text = repr(value) if isinstance(value, str | int | float | bool | Decimal | None) else type(value).__name__
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
