"""Prices of plans and add-ons (rating.md §2)."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from flexprice_rules.exact import AMOUNT_PLACES, AMOUNT_WHOLE_DIGITS, fits, text
from flexprice_rules.issues import Issue, Place, warning
from flexprice_rules.model import Feature, Item, Price, PriceUnit, Rules, Sellable, Tier


def check_prices(rules: Rules) -> Iterator[Issue]:
    """What the API refuses about prices, and terms that would bill nothing or twice."""
    features = {feature.lookup_key: feature for feature in rules.features}
    units = {unit.code: unit for unit in rules.price_units}
    for unit in rules.price_units:
        if unit.conversion_rate <= 0:
            yield Issue(unit.place_of("conversion_rate"), "must be above 0", text(unit.conversion_rate))
    owners: list[Sellable] = [*rules.plans, *rules.addons]
    for owner in owners:
        for price in owner.prices:
            yield from _kind(price, features)
            yield from _period(price)
            yield from _unit(price, units)
            yield from _terms(price)
        yield from _together(owner)


def check_tiers(tiers: Sequence[Tier], tier_mode: str | None, place: Place) -> Iterator[Issue]:
    """Tiers rise, only the last is open, and a closed end is worth a warning."""
    last = 0
    for index, tier in enumerate(tiers):
        if tier.up_to is None:
            if index < len(tiers) - 1:
                yield Issue(tier.place, "only the last tier has no up_to")
            continue
        if tier.up_to <= last:
            yield Issue(tier.place_of("up_to"), f"each up_to must be above the one before ({last})", str(tier.up_to))
        last = max(last, tier.up_to)
    for tier in tiers:
        yield from check_amount(tier, "unit_amount", tier.unit_amount)
        yield from check_amount(tier, "flat_amount", tier.flat_amount)
    if tiers and tiers[-1].up_to is not None:
        above = "is free" if tier_mode == "SLAB" else "costs the last tier's rate"
        yield warning(place, f"no open tier: usage above {tiers[-1].up_to} {above}")


def check_amount(item: Item, field: str, amount: Decimal | None) -> Iterator[Issue]:
    """An amount is not negative and is stored without rounding."""
    if amount is not None and amount < 0:
        yield Issue(item.place_of(field), f"{field} cannot be negative", text(amount))
    elif amount is not None and not fits(amount):
        message = f"more than {AMOUNT_PLACES} decimal places or {AMOUNT_WHOLE_DIGITS} digits before the point"
        yield Issue(item.place_of(field), message, text(amount))


def _kind(price: Price, features: dict[str, Feature]) -> Iterator[Issue]:
    if price.type == "USAGE":
        feature = features.get(price.feature_lookup_key or "")
        if price.feature_lookup_key is None:
            yield Issue(price.place, "a USAGE price needs the feature_lookup_key of a metered feature", price.lookup_key)
        elif feature is not None and feature.type != "metered":
            yield Issue(
                price.place_of("feature_lookup_key"),
                f"a USAGE price needs a metered feature, this one is {feature.type}",
                feature.lookup_key,
            )
        if price.invoice_cadence != "ARREAR":
            yield Issue(price.place_of("invoice_cadence"), "a USAGE price is billed in ARREAR", price.invoice_cadence)
        if price.min_quantity is not None:
            yield Issue(price.place_of("min_quantity"), "min_quantity goes with FIXED prices", str(price.min_quantity))
        if price.trial_period_days:
            yield Issue(price.place_of("trial_period_days"), "trial_period_days go with FIXED prices", str(price.trial_period_days))
    elif price.feature_lookup_key is not None:
        yield Issue(price.place_of("feature_lookup_key"), "only a USAGE price has a feature_lookup_key", price.feature_lookup_key)
    if price.min_quantity is not None and price.min_quantity < 0:
        yield Issue(price.place_of("min_quantity"), "cannot be negative", str(price.min_quantity))
    if price.trial_period_days is not None and price.trial_period_days < 0:
        yield Issue(price.place_of("trial_period_days"), "cannot be negative", str(price.trial_period_days))


def _period(price: Price) -> Iterator[Issue]:
    if price.billing_period_count < 1:
        yield Issue(price.place_of("billing_period_count"), "must be 1 or more", str(price.billing_period_count))
    if price.billing_period == "ONETIME":
        if price.invoice_cadence != "ADVANCE":
            yield Issue(price.place_of("invoice_cadence"), "a ONETIME price is billed in ADVANCE", price.invoice_cadence)
        if price.trial_period_days:
            yield Issue(price.place_of("trial_period_days"), "a ONETIME price has no trial", str(price.trial_period_days))
    if price.start_date is not None and price.end_date is not None and price.start_date >= price.end_date:
        yield Issue(price.place_of("end_date"), "must be after start_date", price.end_date.isoformat())


def _unit(price: Price, units: dict[str, PriceUnit]) -> Iterator[Issue]:
    config = price.price_unit_config
    if price.price_unit_type == "FIAT":
        if config is not None:
            yield Issue(price.place_of("price_unit_config"), "price_unit_config goes with price_unit_type CUSTOM")
        return
    if config is None:
        yield Issue(price.place, "price_unit_type CUSTOM needs a price_unit_config", price.lookup_key)
        return
    if price.amount is not None or price.tiers:
        yield Issue(price.place, "amounts of a CUSTOM price stand in price_unit_config", price.lookup_key)
    unit = units.get(config.price_unit)
    if unit is not None and unit.base_currency != price.currency:
        message = f"must be the base currency of price unit {unit.code}, {unit.base_currency}"
        yield Issue(price.place_of("currency"), message, price.currency)


def _terms(price: Price) -> Iterator[Issue]:
    config = price.price_unit_config if price.price_unit_type == "CUSTOM" else None
    terms: Item = price if config is None else config
    amount = price.amount if config is None else config.amount
    tiers = price.tiers if config is None else config.price_unit_tiers
    name = "tiers" if config is None else "price_unit_tiers"
    yield from check_amount(terms, "amount", amount)
    if price.billing_model == "TIERED":
        if not tiers:
            yield Issue(price.place, f"a TIERED price needs {name}", price.lookup_key)
        if price.tier_mode is None:
            yield Issue(price.place, "a TIERED price without tier_mode bills 0: give VOLUME or SLAB", price.lookup_key)
        if amount is not None:
            yield Issue(terms.place_of("amount"), "a TIERED price has its amounts in the tiers", text(amount))
        yield from check_tiers(tiers, price.tier_mode, terms.place_of(name))
    else:
        if amount is None and not (price.price_unit_type == "CUSTOM" and config is None):
            yield Issue(price.place, f"a {price.billing_model} price needs an amount", price.lookup_key)
        if tiers:
            yield Issue(terms.place_of(name), f"tiers go with TIERED, not {price.billing_model}")
        if price.tier_mode is not None:
            yield Issue(price.place_of("tier_mode"), f"tier_mode goes with TIERED, not {price.billing_model}", price.tier_mode)
    package = price.transform_quantity
    if price.billing_model == "PACKAGE" and package is None:
        yield Issue(price.place, "a PACKAGE price needs transform_quantity", price.lookup_key)
    if package is not None and price.billing_model != "PACKAGE":
        yield Issue(price.place_of("transform_quantity"), f"transform_quantity goes with PACKAGE, not {price.billing_model}")
    if package is not None and package.divide_by < 1:
        yield Issue(package.place_of("divide_by"), "must be 1 or more", str(package.divide_by))


def _together(owner: Sellable) -> Iterator[Issue]:
    """Prices that one subscription would get at once."""
    billed: dict[tuple[str, str, str], Price] = {}
    trials: dict[tuple[str, str], Price] = {}
    for price in owner.prices:
        period = f"{price.billing_period} {price.billing_period_count}"
        if price.feature_lookup_key is not None:
            other = billed.setdefault((price.feature_lookup_key, price.currency, period), price)
            if other is not price:
                yield warning(price.place, f"bills the same usage again as {other.lookup_key}: each line bills all of it", price.lookup_key)
        elif price.billing_period != "ONETIME":
            first = trials.setdefault((price.currency, period), price)
            if (first.trial_period_days or 0) != (price.trial_period_days or 0):
                message = f"trial_period_days differ from {first.lookup_key}: a subscription must then name its own"
                yield warning(price.place_of("trial_period_days"), message, str(price.trial_period_days or 0))
