"""Make a target hold the rules.

Nothing is sent while one wanted change is impossible. When a call fails midway, the error names the item with its
file and line and lists what was applied before it; running again continues from there, since everything is found by key.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from flexprice_client.errors import FlexpriceError
from flexprice_rules.changes.change import Change, Ref
from flexprice_rules.issues import Issue, RulesError
from flexprice_rules.model import Rules
from flexprice_rules.plan import plan_with_ids
from flexprice_rules.target import Target


@dataclass(frozen=True)
class Applied:
    """What was done, what the target has beyond the rules, and the ids of all that the rules name."""

    changes: tuple[Change, ...]
    extra: tuple[Change, ...]
    ids: Mapping[Ref, str]


class ApplyError(Exception):
    """A call failed. `applied` came through before it, `failed` did not, `cause` says why, `remaining` was not tried."""

    def __init__(self, failed: Change, cause: Exception, applied: Sequence[Change], remaining: Sequence[Change]) -> None:
        self.failed = failed
        self.cause = cause
        self.applied = tuple(applied)
        self.remaining = tuple(remaining)
        done = f"{len(self.applied)} changes applied before it, {len(self.remaining)} not tried"
        super().__init__(f"{failed.place}: cannot {failed}: {cause} ({done})")


def apply(
    rules: Rules,
    target: Target,
    report: Callable[[Change], None] | None = None,
    *,
    effective_from: datetime | None = None,
) -> Applied:
    """Apply all changes in order; `report` is called after each. A second run makes no change.

    Raises RulesError when a change is impossible (nothing was sent), ApplyError when a call fails, FlexpriceError when
    the target cannot be read.
    """
    changes, ids = plan_with_ids(rules, target, effective_from=effective_from)
    impossible = [Issue(change.place, f"{change.kind} {change.key}: {change.reason}") for change in changes if change.action == "blocked"]
    if impossible:
        raise RulesError(impossible)
    todo = [change for change in changes if change.action != "extra"]
    for index, change in enumerate(todo):
        try:
            _carry_out(change, target, ids)
        except FlexpriceError as error:
            raise ApplyError(change, error, todo[:index], todo[index + 1 :]) from error
        if report is not None:
            report(change)
    return Applied(tuple(todo), tuple(change for change in changes if change.action == "extra"), ids)


def _carry_out(change: Change, target: Target, ids: dict[Ref, str]) -> None:
    own_id = change.id
    for call in change.calls:
        path = call.path.replace("{id}", quote(own_id or "", safe=""))
        answer = target.request(call.method, path, _filled(call.body, ids))
        # The first answer of a creation, and the successor of a versioned price, carry the id that others refer to.
        if isinstance(answer, Mapping) and answer.get("id") and call.method != "DELETE":
            own_id = str(answer["id"])
            if change.ref is not None:
                ids[change.ref] = own_id
                if change.kind == "feature" and answer.get("meter_id"):
                    ids[Ref("meter", change.key)] = str(answer["meter_id"])


def _filled(value: Any, ids: Mapping[Ref, str]) -> Any:
    if isinstance(value, Ref):
        return ids[value]
    if isinstance(value, Mapping):
        return {_filled(name, ids): _filled(item, ids) for name, item in value.items()}
    return [_filled(item, ids) for item in value] if isinstance(value, list | tuple) else value
