"""What the API would refuse, or accept and bill in a way nobody wants; found before anything is sent.

One module a subject, each `check_<subject>(rules) -> Iterator[Issue]` over rules whose rate cards are expanded.
"""

from flexprice_rules.checks.grants import check_grants
from flexprice_rules.checks.meters import check_meters
from flexprice_rules.checks.prices import check_prices
from flexprice_rules.checks.references import check_references
from flexprice_rules.checks.seeds import check_seeds
from flexprice_rules.checks.subscriptions import check_subscriptions
from flexprice_rules.checks.unique import check_unique
from flexprice_rules.issues import Issue
from flexprice_rules.model import Rules

_CHECKS = (check_unique, check_references, check_meters, check_prices, check_grants, check_seeds, check_subscriptions)


def check(rules: Rules) -> list[Issue]:
    """Every error and warning about expanded rules."""
    return [issue for checker in _CHECKS for issue in checker(rules)]


__all__ = ["check"]
