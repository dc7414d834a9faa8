"""Keys that the API holds unique among published objects (wire.md §6)."""

from collections.abc import Iterable, Iterator

from flexprice_rules.issues import Issue
from flexprice_rules.model import Item, Rules, Sellable


def check_unique(rules: Rules) -> Iterator[Issue]:
    """Every key a second time in its section."""
    yield from _repeated("code", ((unit, unit.code) for unit in rules.price_units))
    yield from _repeated("lookup_key", ((group, group.lookup_key) for group in rules.groups))
    yield from _repeated("lookup_key", ((feature, feature.lookup_key) for feature in rules.features))
    yield from _repeated("lookup_key", ((plan, plan.lookup_key) for plan in rules.plans))
    yield from _repeated("lookup_key", ((addon, addon.lookup_key) for addon in rules.addons))
    owners: list[Sellable] = [*rules.plans, *rules.addons]
    yield from _repeated("lookup_key", ((price, price.lookup_key) for owner in owners for price in owner.prices))
    for owner in owners:
        yield from _repeated("feature_lookup_key", ((item, item.feature_lookup_key) for item in owner.entitlements))
        yield from _repeated("name", ((grant, grant.name) for grant in owner.credit_grants))
    yield from _repeated("coupon_code", ((coupon, coupon.coupon_code.lower()) for coupon in rules.coupons))
    yield from _repeated("code", ((rate, rate.code) for rate in rules.tax_rates))
    yield from _repeated("external_id", ((customer, customer.external_id) for customer in rules.customers))
    links = (
        (link, f"{link.tax_rate_code} {link.entity_type} {link.external_customer_id or ''}".strip()) for link in rules.tax_associations
    )
    yield from _repeated("tax_rate_code", links)
    wallets = ((wallet, f"{wallet.external_customer_id} {wallet.currency} {wallet.wallet_type}") for wallet in rules.wallets)
    yield from _repeated("external_customer_id", wallets)
    yield from _repeated("lookup_key", ((subscription, subscription.lookup_key) for subscription in rules.subscriptions))
    for endpoint in rules.webhook_endpoints[1:]:
        yield Issue(endpoint.place, f"a second webhook endpoint; a workspace has one, and it is at {rules.webhook_endpoints[0].place}")


def _repeated(field: str, keyed: Iterable[tuple[Item, str]]) -> Iterator[Issue]:
    first: dict[str, Item] = {}
    for item, key in keyed:
        if key in first:
            place = first[key].place
            kind = type(item).__name__
            yield Issue(item.place_of(field), f"a second {kind} of this {field}; the first is at {place}", key)
        first.setdefault(key, item)
