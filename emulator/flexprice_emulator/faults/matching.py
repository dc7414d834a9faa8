"""What a rule's `operation` means, for requests and for webhook events.

`*`; `POST /v1/events`, `/customers/{id}`, `GET /customers/cust_1`, `POST *`, `/wallets/*` (a star stands for anything); an operation's
name, `create_customer` or `createCustomer`. For webhooks an event's name, `invoice.*` included. `/v1` may be left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import Final

from flexprice_emulator.wire.routing import Operation
from flexprice_emulator.wire.table import ApiTable

METHODS: Final = ("GET", "POST", "PUT", "DELETE", "PATCH")
_BASE: Final = "/v1"


class UnknownName(ValueError):
    """Nothing has this name. `near` are names that look like it."""

    def __init__(self, text: str, near: Sequence[str]) -> None:
        super().__init__(text, tuple(near))
        self.text, self.near = text, tuple(near)


@dataclass(frozen=True, slots=True)
class Pattern:
    """`method` and `path` as globs, or `name`; with neither it means everything."""

    method: str = "*"
    path: str = "*"
    name: str = ""

    @classmethod
    def parse(cls, text: str) -> "Pattern":
        """Any text is a pattern; whether it means anything is known by `check`."""
        first, _, rest = text.strip().partition(" ")
        if first.upper() in METHODS and rest.strip():
            return cls(first.upper(), _path(rest.strip()))
        if text.strip() == "*":
            return cls()
        if text.startswith("/"):
            return cls(path=_path(text.strip()))
        return cls(name=_folded(text))

    def matches(self, operation: Operation, path: str) -> bool:
        """Whether a request is meant, by its operation and its own path (with or without /v1)."""
        return self.matches_call(operation.method, operation.path, operation.handler.__name__, path)

    def matches_call(self, method: str, template: str, name: str, path: str = "") -> bool:
        """The same by an operation's method, path and name."""
        if self.name:
            return fnmatchcase(_folded(name), self.name)
        if self.method not in ("*", method):
            return False
        return self.path == "*" or fnmatchcase(template, self.path) or fnmatchcase(path.removeprefix(_BASE), self.path)

    def matches_event(self, event_name: str) -> bool:
        """Whether a webhook event is meant."""
        return self == Pattern() or fnmatchcase(_folded(event_name), self.name)

    def check(self, text: str, table: ApiTable) -> None:
        """Raises UnknownName where no operation is ever meant."""
        # Asked first, for it imports one domain and not all of them.
        methods = METHODS if self.method == "*" else (self.method,)
        if self == Pattern() or (not self.name and any(table.match(method, self.path) for method in methods)):
            return
        operations = [operation for _, operation in table.tagged()]
        if any(self.matches(operation, operation.path) for operation in operations):
            return
        known = [operation.handler.__name__ for operation in operations] if self.name else [operation.name for operation in operations]
        sought = text.strip() if self.name else f"{self.method} {self.path}"
        raise UnknownName(text, get_close_matches(sought, known, n=3, cutoff=0.4))


def _path(text: str) -> str:
    path = text.partition("?")[0]
    return path.removeprefix(_BASE) or "*" if path.startswith(_BASE + "/") or path == _BASE else path


def _folded(name: str) -> str:
    return name.strip().replace("_", "").lower()
