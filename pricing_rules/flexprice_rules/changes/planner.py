"""State of one planning run, and the comparison all kinds share."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flexprice_rules.changes.bodies import Body
from flexprice_rules.changes.change import Call, Change, Ref
from flexprice_rules.changes.compare import differing
from flexprice_rules.changes.reading import Found, Reader
from flexprice_rules.model import Item, Rules
from flexprice_rules.target import Target


@dataclass(frozen=True)
class Wanted:
    """One object the rules want.

    body     of the creating call
    mutable  fields that the API changes in place; the others are fixed at creation
    ignored  fields that are said once and not read again
    """

    kind: str
    key: str
    item: Item
    path: str
    body: Body
    mutable: Sequence[str] = ()
    ignored: Sequence[str] = ()
    after: tuple[Call, ...] = ()
    fixed_reason: str = ""

    @property
    def ref(self) -> Ref:
        return Ref(self.kind, self.key)


class Planner:
    """Collects what exists; `ids` maps what the rules name to what the target calls it."""

    def __init__(self, rules: Rules, target: Target, effective_from: datetime | None) -> None:
        self.rules = rules
        self.reader = Reader(target)
        self.effective_from = effective_from
        self.ids: dict[Ref, str] = {}

    def id_of(self, kind: str, key: str) -> str | None:
        """The id of an existing object."""
        return self.ids.get(Ref(kind, key))

    def seen(self, wanted: Wanted, found: Found) -> None:
        """Remember that the wanted object exists."""
        self.ids[wanted.ref] = str(found["id"])

    def reconcile(self, wanted: Wanted, found: Found | None) -> Iterator[Change]:
        """Create what is missing, update what may change, block what may not."""
        if found is None:
            yield create(wanted)
            return
        self.seen(wanted, found)
        body = {name: value for name, value in wanted.body.items() if name not in wanted.ignored}
        different = differing(self.resolved(body), found)
        yield from changed(wanted, str(found["id"]), {name: wanted.body[name] for name in different})

    def resolved(self, value: Any) -> Any:
        """The value with the ids of existing objects in place of Refs; a Ref to a new object equals nothing."""
        if isinstance(value, Ref):
            return self.ids.get(value, f"new {value.kind} {value.key}")
        if isinstance(value, Mapping):
            return {self.resolved(name): self.resolved(item) for name, item in value.items()}
        return [self.resolved(item) for item in value] if isinstance(value, list | tuple) else value


def create(wanted: Wanted) -> Change:
    """The object is new."""
    calls = (Call("POST", wanted.path, wanted.body), *wanted.after)
    return Change("create", wanted.kind, wanted.key, wanted.item.place, calls, ref=wanted.ref)


def changed(wanted: Wanted, found_id: str, different: Body) -> Iterator[Change]:
    """One update of everything that may change, and one refusal for everything that may not."""
    fixed = tuple(name for name in different if name not in wanted.mutable)
    if fixed:
        yield blocked(wanted, fixed)
    body = {name: value for name, value in different.items() if name in wanted.mutable}
    if body:
        call = Call("PUT", wanted.path + "/{id}", body)
        yield Change("update", wanted.kind, wanted.key, wanted.item.place, (call,), tuple(body), ref=wanted.ref, id=found_id)


def blocked(wanted: Wanted, fields: tuple[str, ...], reason: str = "") -> Change:
    """The API has no way to change these fields of an existing object."""
    place = wanted.item.place_of(fields[0]) if fields else wanted.item.place
    reason = reason or wanted.fixed_reason or f"the API cannot change {', '.join(fields)} of an existing {wanted.kind.replace('_', ' ')}"
    return Change("blocked", wanted.kind, wanted.key, place, fields=fields, reason=reason, ref=wanted.ref)
