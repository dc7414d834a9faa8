"""Every name that refers to another object must be the name of one."""

from collections.abc import Iterable, Iterator

from flexprice_rules.issues import Issue, unknown
from flexprice_rules.model import Item, Rules, Sellable


def check_references(rules: Rules) -> Iterator[Issue]:
    """Names that lead nowhere, with the nearest name that exists."""
    features = [feature.lookup_key for feature in rules.features]
    plans = [plan.lookup_key for plan in rules.plans]
    customers = [customer.external_id for customer in rules.customers]
    taxes = [rate.code for rate in rules.tax_rates]
    units = [unit.code for unit in rules.price_units]
    price_groups = [group.lookup_key for group in rules.groups if group.entity_type == "price"]
    feature_groups = [group.lookup_key for group in rules.groups if group.entity_type == "feature"]

    for feature in rules.features:
        yield from _known(feature, "group_lookup_key", "feature group", feature_groups)
    owners: list[Sellable] = [*rules.plans, *rules.addons]
    for owner in owners:
        for price in owner.prices:
            yield from _known(price, "feature_lookup_key", "feature", features)
            yield from _known(price, "group_lookup_key", "price group", price_groups)
            if price.price_unit_config is not None:
                yield from _known(price.price_unit_config, "price_unit", "price unit", units)
        for entitlement in owner.entitlements:
            yield from _known(entitlement, "feature_lookup_key", "feature", features)
    for link in rules.tax_associations:
        yield from _known(link, "tax_rate_code", "tax rate", taxes)
        yield from _known(link, "external_customer_id", "customer", customers)
    for wallet in rules.wallets:
        yield from _known(wallet, "external_customer_id", "customer", customers)
        yield from _known(wallet, "price_unit", "price unit", units)
    coupons = [coupon.coupon_code.lower() for coupon in rules.coupons]
    for subscription in rules.subscriptions:
        yield from _known(subscription, "external_customer_id", "customer", customers)
        yield from _known(subscription, "plan_lookup_key", "plan", plans)
        prices = [price.lookup_key for plan in rules.plans if plan.lookup_key == subscription.plan_lookup_key for price in plan.prices]
        for override in subscription.override_line_items:
            yield from _known(override, "price_lookup_key", "price of the plan", prices)
        for commitment in subscription.line_item_commitments:
            yield from _known(commitment, "price_lookup_key", "price of the plan", prices)
        for addon in subscription.addons:
            yield from _known(addon, "addon_lookup_key", "add-on", [item.lookup_key for item in rules.addons])
        for coupon in subscription.subscription_coupons:
            yield from _known(coupon, "coupon_code", "coupon", coupons, fold=True)
            yield from _known(coupon, "price_lookup_key", "price of the plan", prices)
        for tax in subscription.tax_rate_overrides or ():
            yield from _known(tax, "tax_rate_code", "tax rate", taxes)


def _known(item: Item, field: str, kind: str, names: Iterable[str], *, fold: bool = False) -> Iterator[Issue]:
    name = getattr(item, field)
    names = tuple(names)
    if name is not None and (name.lower() if fold else name) not in names:
        yield unknown(item.place_of(field), f"no such {kind}", name, names)
