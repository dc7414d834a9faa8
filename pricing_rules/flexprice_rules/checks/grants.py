"""Entitlements and credit grants (rating.md §4, wallets.md §10)."""

from collections.abc import Iterator, Sequence

from flexprice_rules.exact import text
from flexprice_rules.issues import Issue, warning
from flexprice_rules.model import CreditGrant, Entitlement, Feature, Rules, Sellable

_GRANT_FIELDS = ("grant_measure", "grant_quota", "grant_duration_value", "grant_duration_unit", "grant_allocation_behavior")
_LIMIT_FIELDS = ("usage_limit", "usage_reset_period", *_GRANT_FIELDS, "aggregation_mode")


def check_grants(rules: Rules) -> Iterator[Issue]:
    """Fields that a feature's type does not have, and grants the API refuses."""
    features = {feature.lookup_key: feature for feature in rules.features}
    owners: list[Sellable] = [*rules.plans, *rules.addons]
    for owner in owners:
        for entitlement in owner.entitlements:
            feature = features.get(entitlement.feature_lookup_key)
            if feature is not None:
                yield from _entitlement(entitlement, feature)
                billed = next((price for price in owner.prices if price.feature_lookup_key == feature.lookup_key), None)
                if billed is not None and _is_unlimited(entitlement):
                    yield warning(entitlement.place, f"no usage_limit is unlimited, so {billed.lookup_key} never bills", feature.lookup_key)
        yield from check_credit_grants(owner.credit_grants)
    for subscription in rules.subscriptions:
        yield from check_credit_grants(subscription.credit_grants or ())


def check_credit_grants(grants: Sequence[CreditGrant]) -> Iterator[Issue]:
    """Grants of one owner; they share their conversion rates."""
    for grant in grants:
        yield from _credit_grant(grant)
        first = grants[0]
        if (grant.conversion_rate, grant.topup_conversion_rate) != (first.conversion_rate, first.topup_conversion_rate):
            yield Issue(grant.place, f"all credit grants of one owner share their conversion rates; {first.name} has others", grant.name)


def _is_unlimited(entitlement: Entitlement) -> bool:
    return entitlement.is_enabled and entitlement.usage_limit is None and entitlement.grant_quota is None


def _entitlement(entitlement: Entitlement, feature: Feature) -> Iterator[Issue]:
    if feature.type != "metered":
        for field in _LIMIT_FIELDS:
            if getattr(entitlement, field) is not None:
                yield Issue(
                    entitlement.place_of(field), f"{field} goes with metered features, this one is {feature.type}", feature.lookup_key
                )
    elif feature.meter is not None:
        yield from _metered(entitlement, feature)
    if feature.type == "static" and not entitlement.static_value:
        yield Issue(entitlement.place, "a static feature needs a static_value", feature.lookup_key)
    if feature.type != "static" and entitlement.static_value:
        yield Issue(entitlement.place_of("static_value"), "static_value goes with static features", entitlement.static_value)
    if feature.type == "config" and entitlement.config_value is None:
        yield Issue(entitlement.place, "a config feature needs a config_value", feature.lookup_key)
    if feature.type != "config" and entitlement.config_value is not None:
        yield Issue(entitlement.place_of("config_value"), "config_value goes with config features", feature.lookup_key)


def _metered(entitlement: Entitlement, feature: Feature) -> Iterator[Issue]:
    aggregation = feature.meter.aggregation if feature.meter is not None else None
    if aggregation is not None and aggregation.type == "MAX" and aggregation.bucket_size is not None:
        yield Issue(entitlement.place, "a feature measured by MAX with bucket_size cannot have entitlements", feature.lookup_key)
    if entitlement.usage_limit is not None and entitlement.usage_limit < 0:
        yield Issue(entitlement.place_of("usage_limit"), "cannot be negative", str(entitlement.usage_limit))
    if not any(getattr(entitlement, field) is not None for field in _GRANT_FIELDS):
        return
    for field in ("grant_measure", "grant_quota", "grant_duration_unit"):
        if getattr(entitlement, field) is None:
            yield Issue(entitlement.place, "a grant needs grant_measure, grant_quota and grant_duration_unit", field)
    if entitlement.grant_quota is not None and entitlement.grant_quota <= 0:
        yield Issue(entitlement.place_of("grant_quota"), "must be above 0", text(entitlement.grant_quota))
    whole_period = entitlement.grant_duration_unit == "subscription_period"
    if not whole_period and (entitlement.grant_duration_value is None or entitlement.grant_duration_value < 1):
        yield Issue(entitlement.place_of("grant_duration_value"), "must be 1 or more", str(entitlement.grant_duration_value))
    plain = aggregation is not None and aggregation.type in ("SUM", "COUNT", "SUM_WITH_MULTIPLIER") and aggregation.bucket_size is None
    if not plain:
        yield warning(
            entitlement.place, "grants work with SUM, COUNT and SUM_WITH_MULTIPLIER without bucket_size; else the limit rules apply"
        )


def _credit_grant(grant: CreditGrant) -> Iterator[Issue]:
    if grant.credits <= 0:
        yield Issue(grant.place_of("credits"), "must be above 0", text(grant.credits))
    if grant.priority is not None and grant.priority < 0:
        yield Issue(grant.place_of("priority"), "cannot be negative", str(grant.priority))
    if grant.cadence == "RECURRING":
        if grant.period is None:
            yield Issue(grant.place, "a RECURRING grant needs a period", grant.name)
        if grant.period_count is None or grant.period_count < 1:
            yield Issue(grant.place_of("period_count"), "a RECURRING grant needs a period_count of 1 or more", str(grant.period_count))
    elif grant.period is not None or grant.period_count is not None:
        yield Issue(grant.place, "period and period_count go with RECURRING grants", grant.name)
    duration = (grant.expiration_duration, grant.expiration_duration_unit)
    if grant.expiration_type == "DURATION":
        if None in duration or (grant.expiration_duration or 0) < 1:
            yield Issue(grant.place, "DURATION needs expiration_duration of 1 or more and expiration_duration_unit", grant.name)
    elif duration != (None, None):
        yield Issue(grant.place, f"expiration_duration goes with DURATION, not {grant.expiration_type}", grant.name)
    for field in ("conversion_rate", "topup_conversion_rate"):
        rate = getattr(grant, field)
        if rate is not None and rate <= 0:
            yield Issue(grant.place_of(field), "must be above 0", text(rate))
