"""What applying rules to a target would do, in the order it must be done.

Everything is found by its key (lookup_key, code, external_id), so a second plan after an apply is empty. Fields the
rules leave out are left as they are, and nothing is ever removed: what the target has beyond the rules is reported as
`extra`.
"""

from collections.abc import Iterator
from datetime import datetime

from flexprice_rules.changes.catalog import plan_catalog
from flexprice_rules.changes.change import Change, Ref
from flexprice_rules.changes.planner import Planner
from flexprice_rules.changes.seeds import plan_seeds
from flexprice_rules.changes.webhooks import plan_webhooks
from flexprice_rules.model import Rules
from flexprice_rules.target import Target


def plan(rules: Rules, target: Target, *, effective_from: datetime | None = None) -> list[Change]:
    """The changes that make `target` hold `rules`; empty when it does.

    effective_from: when changed prices begin (now, when left out). Raises FlexpriceError when the target cannot be read.
    """
    return plan_with_ids(rules, target, effective_from=effective_from)[0]


def plan_with_ids(rules: Rules, target: Target, *, effective_from: datetime | None = None) -> tuple[list[Change], dict[Ref, str]]:
    """The changes, and the ids of everything that exists already."""
    planner = Planner(rules, target, effective_from)
    return list(_changes(planner)), planner.ids


def _changes(planner: Planner) -> Iterator[Change]:
    yield from plan_catalog(planner)
    yield from plan_seeds(planner)
    yield from plan_webhooks(planner)
