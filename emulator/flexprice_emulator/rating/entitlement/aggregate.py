"""Entitlements of plan, add-ons and subscription to one per feature (rating.md §4.1).

Invariants: any unlimited source makes the feature unlimited, otherwise limits add up; soft if any is soft;
disabled ones never count. The reset period is the most frequent one, the earliest given of equally frequent ones.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from flexprice_emulator.rating.entitlement.model import AggregatedEntitlement, Entitlement


def effective_entitlements(
    plan_and_addons: Sequence[Entitlement], subscription_scoped: Sequence[Entitlement], now: datetime
) -> tuple[Entitlement, ...]:
    """Plan and add-on ones (once per association, as given), less those an active subscription-scoped one replaces, plus these.

    A subscription-scoped one is active while start <= now < end; `now` is the clock, not the invoice period.
    """
    active = [entitlement for entitlement in subscription_scoped if _active(entitlement, now)]
    replaced = {entitlement.parent_entitlement_id for entitlement in active}
    kept = [entitlement for entitlement in plan_and_addons if entitlement.id not in replaced]
    return tuple(entitlement for entitlement in (*kept, *active) if entitlement.is_enabled)


def _active(entitlement: Entitlement, now: datetime) -> bool:
    started = entitlement.start_date is None or entitlement.start_date <= now
    return started and (entitlement.end_date is None or now < entitlement.end_date)


def aggregate_entitlements(entitlements: Iterable[Entitlement]) -> dict[str, AggregatedEntitlement]:
    """One per feature id, in the order the features first appear."""
    features: dict[str, list[Entitlement]] = {}
    for entitlement in entitlements:
        if entitlement.is_enabled:
            features.setdefault(entitlement.feature_id, []).append(entitlement)
    return {feature_id: _aggregate(feature_id, sources) for feature_id, sources in features.items()}


def by_meter(aggregated: Iterable[AggregatedEntitlement]) -> dict[str, AggregatedEntitlement]:
    """Metered ones by their feature's meter: each applies to every usage line of that meter, in full."""
    return {e.meter_id: e for e in aggregated if e.feature_type == "metered" and e.meter_id is not None}


def _aggregate(feature_id: str, sources: list[Entitlement]) -> AggregatedEntitlement:
    limits = [source.usage_limit for source in sources]
    return AggregatedEntitlement(
        feature_id=feature_id,
        feature_type=sources[0].feature_type,
        meter_id=next((source.meter_id for source in sources if source.meter_id), None),
        usage_limit=None if None in limits else sum(limit for limit in limits if limit is not None),
        usage_reset_period=_most_frequent(source.usage_reset_period for source in sources),
        is_soft_limit=any(source.is_soft_limit for source in sources),
        is_enabled=True,
        static_values=tuple(dict.fromkeys(source.static_value for source in sources if source.static_value)),
        config_values=tuple(source.config_value for source in sources if source.config_value is not None),
        sources=tuple(sources),
    )


def _most_frequent(periods: Iterable[str]) -> str:
    # Counter keeps the order of first appearance among equals; the reference takes any of them.
    return Counter(periods).most_common(1)[0][0]
