"""One difference between rules and a target, with the calls that remove it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from flexprice_rules.issues import Place

Action = Literal["create", "update", "version", "end", "blocked", "extra"]


@dataclass(frozen=True)
class Ref:
    """Stands in a body for the id of an object that may not exist yet."""

    kind: str
    key: str


@dataclass(frozen=True)
class Call:
    """A request; `{id}` in the path is the id of the object the change is about."""

    method: str
    path: str
    body: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Change:
    """One thing to do.

    action    create   the object is new
              update   fields are changed in place
              version  a price's money terms change: the API ends it and opens its successor
              end      a price gets its end_date
              blocked  the API cannot make this change; nothing is applied while one is left
              extra    the target has it, the rules do not; it stays
    fields    what differs
    values    of a price's money terms that are one figure or word: what the target has, and what the rules want
    reason    why it is blocked, or what extra means
    """

    action: Action
    kind: str
    key: str
    place: Place
    calls: tuple[Call, ...] = ()
    fields: tuple[str, ...] = ()
    values: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    reason: str = ""
    ref: Ref | None = None
    id: str | None = None

    def __str__(self) -> str:
        fields = f" ({', '.join(map(self._field, self.fields))})" if self.fields else ""
        reason = f": {self.reason}" if self.reason else ""
        return f"{self.action} {self.kind} {self.key}{fields}{reason}"

    def _field(self, name: str) -> str:
        values = self.values.get(name)
        return name if values is None else f"{name} {values[0]} -> {values[1]}"
