"""All rules of a server, by workspace. Kept in memory: they end with the process or when they are removed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flexprice_emulator.faults.rules import Kind, Rule


class FaultBook:
    """False while no workspace has a rule. Thread-safe."""

    def __init__(self) -> None:
        self._rules: dict[str, tuple[Rule, ...]] = {}
        self._numbers = count(1)
        self._lock = threading.Lock()
        # Webhooks that a rule holds back (faults/webhooks.py): environment id -> endpoint id -> delivery ids.
        self.held: dict[str, dict[str, list[str]]] = {}
        # Deliveries that rules have been asked about: later tries of them are not asked again.
        self.decided: dict[str, set[str]] = {}

    def __bool__(self) -> bool:
        return bool(self._rules)

    def rules(self, environment_id: str) -> tuple[Rule, ...]:
        """In the order in which they were set."""
        return self._rules.get(environment_id, ())

    def of(self, environment_id: str, *kinds: Kind) -> Iterator[Rule]:
        """The rules of some kinds."""
        return (rule for rule in self.rules(environment_id) if rule.kind in kinds)

    def add(self, environment_id: str, make: Callable[[str], Rule]) -> Rule:
        """Set the rule that `make` makes of its new id."""
        with self._lock:
            rule = make(f"fault_{next(self._numbers)}")
            self._rules[environment_id] = (*self.rules(environment_id), rule)
        return rule

    def remove(self, environment_id: str, rule_id: str | None = None) -> list[Rule]:
        """Remove one rule or all; which they were."""
        with self._lock:
            held = self._rules.pop(environment_id, ())
            gone = [rule for rule in held if rule_id in (None, rule.id)]
            kept = tuple(rule for rule in held if not any(rule is other for other in gone))
            if kept:
                self._rules[environment_id] = kept
            else:
                self.decided.pop(environment_id, None)
        return gone
