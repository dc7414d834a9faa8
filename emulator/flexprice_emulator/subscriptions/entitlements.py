"""What a subscription, or all of a customer's, gives of each feature (subscriptions.md §13, rating.md §4.1).

Invariant: an add-on counts once per association; a subscription's own entitlement replaces the one it names as parent.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import or_, select

from flexprice_client.models.subscriptions import (
    AggregatedEntitlement,
    AggregatedEntitlementBucket,
    AggregatedFeature,
    CustomerEntitlementsResponse,
    EntitlementSource,
    SubscriptionEntitlementsResponse,
)
from flexprice_emulator.catalog import features as catalog_features
from flexprice_emulator.catalog.expansion import rows_by_id
from flexprice_emulator.catalog.tables import FeatureRow, PlanRow
from flexprice_emulator.entitlements.service import rating_entitlement
from flexprice_emulator.entitlements.tables import EntitlementRow
from flexprice_emulator.rating.entitlement.aggregate import aggregate_entitlements, by_meter, effective_entitlements
from flexprice_emulator.rating.entitlement.model import AggregatedEntitlement as RatingAggregate
from flexprice_emulator.rating.entitlement.model import Entitlement, GrantConfig
from flexprice_emulator.subscriptions.grants import grant_config
from flexprice_emulator.subscriptions.tables import AddonAssociationRow, SubscriptionRow
from flexprice_emulator.workspace.context import Context


class BilledEntitlements(NamedTuple):
    """What billing takes off usage, by meter; `grants` count before `limits`."""

    limits: dict[str, RatingAggregate]
    grants: dict[str, list[GrantConfig]]


class _InForce(NamedTuple):
    by_subscription: dict[str, tuple[Entitlement, ...]]
    rows: dict[str, EntitlementRow]


def entitlements_of(ctx: Context, subscriptions: Sequence[SubscriptionRow]) -> dict[str, tuple[Entitlement, ...]]:
    """The entitlements in force now, by subscription id; four queries for any number of subscriptions."""
    return _in_force(ctx, subscriptions).by_subscription


def billed_entitlements(ctx: Context, subscription: SubscriptionRow) -> BilledEntitlements:
    """The entitlements in force now, as billing takes them off usage."""
    in_force = _in_force(ctx, [subscription])
    aggregated = aggregate_entitlements(in_force.by_subscription[subscription.id])
    grants: dict[str, list[GrantConfig]] = {}
    for feature in aggregated.values():
        configs = [config for source in feature.sources if (config := grant_config(in_force.rows[source.id]))]
        if configs and feature.meter_id:
            grants[feature.meter_id] = configs
    return BilledEntitlements(by_meter(aggregated.values()), grants)


def _in_force(ctx: Context, subscriptions: Sequence[SubscriptionRow]) -> _InForce:
    associations = _associations(ctx, subscriptions)
    owners = [sub.plan_id for sub in subscriptions] + [sub.id for sub in subscriptions]
    owners += [association.addon_id for association in associations]
    stored: dict[str, list[EntitlementRow]] = {}
    query = select(EntitlementRow).where(EntitlementRow.entity_id.in_(set(owners)), EntitlementRow.status == "published")
    for row in ctx.session.scalars(query.order_by(EntitlementRow.created_at, EntitlementRow.id)):
        stored.setdefault(row.entity_id, []).append(row)
    features = rows_by_id(ctx, FeatureRow, (row.feature_id for rows in stored.values() for row in rows))
    found: dict[str, tuple[Entitlement, ...]] = {}
    for sub in subscriptions:
        attached = [association.addon_id for association in associations if association.entity_id == sub.id]
        given = [row for owner in (sub.plan_id, *attached) for row in stored.get(owner, ())]
        own = [_rating(row, features) for row in stored.get(sub.id, ())]
        found[sub.id] = effective_entitlements([_rating(row, features) for row in given], own, ctx.now)
    return _InForce(found, {row.id: row for rows in stored.values() for row in rows})


def subscription_entitlements(
    ctx: Context, subscription: SubscriptionRow, feature_ids: Sequence[str] = ()
) -> SubscriptionEntitlementsResponse:
    """One subscription's features."""
    features = _features(ctx, [subscription], feature_ids)
    return SubscriptionEntitlementsResponse.model_construct(
        subscription_id=subscription.id, plan_id=subscription.plan_id, features=features
    )


def customer_subscriptions(ctx: Context, customer_id: str, subscription_ids: Sequence[str] = ()) -> list[SubscriptionRow]:
    """Active and trialing subscriptions that count for a customer; inherited ones do not."""
    query = select(SubscriptionRow).where(
        SubscriptionRow.customer_id == customer_id,
        SubscriptionRow.status == "published",
        SubscriptionRow.subscription_status.in_(("active", "trialing")),
        SubscriptionRow.subscription_type != "inherited",
    )
    if subscription_ids:
        query = query.where(SubscriptionRow.id.in_(subscription_ids))
    return list(ctx.session.scalars(query.order_by(SubscriptionRow.created_at.desc(), SubscriptionRow.id.desc())))


def customer_features(ctx: Context, subscriptions: Sequence[SubscriptionRow], feature_ids: Sequence[str] = ()) -> list[AggregatedFeature]:
    """Features merged over subscriptions."""
    return _features(ctx, subscriptions, feature_ids)


def customer_entitlements(
    ctx: Context, customer_id: str, feature_ids: Sequence[str] = (), subscription_ids: Sequence[str] = ()
) -> CustomerEntitlementsResponse:
    """A customer's features and the subscriptions they come from."""
    from flexprice_emulator.subscriptions.reads import list_responses

    subscriptions = customer_subscriptions(ctx, customer_id, subscription_ids)
    return CustomerEntitlementsResponse.model_construct(
        customer_id=customer_id,
        subscriptions=list_responses(ctx, subscriptions, frozenset()),
        features=_features(ctx, subscriptions, feature_ids),
    )


def _associations(ctx: Context, subscriptions: Sequence[SubscriptionRow]) -> list[AddonAssociationRow]:
    """Active ones that overlap the current period of their subscription."""
    periods = {sub.id: (sub.current_period_start, sub.current_period_end) for sub in subscriptions}
    query = select(AddonAssociationRow).where(
        AddonAssociationRow.entity_id.in_(periods),
        AddonAssociationRow.status == "published",
        AddonAssociationRow.addon_status == "active",
        or_(AddonAssociationRow.end_date.is_(None), AddonAssociationRow.end_date > AddonAssociationRow.start_date),
    )
    found = []
    for row in ctx.session.scalars(query.order_by(AddonAssociationRow.created_at, AddonAssociationRow.id)):
        start, end = periods[row.entity_id]
        if (row.start_date is None or row.start_date < end) and (row.end_date is None or row.end_date > start):
            found.append(row)
    return found


def _rating(row: EntitlementRow, features: dict[str, FeatureRow]) -> Entitlement:
    feature = features.get(row.feature_id)
    return rating_entitlement(row, (feature.meter_id or None) if feature else None)


def _features(ctx: Context, subscriptions: Sequence[SubscriptionRow], feature_ids: Sequence[str]) -> list[AggregatedFeature]:
    if not subscriptions:
        return []
    held, rows = _in_force(ctx, subscriptions)
    aggregated = aggregate_entitlements(entitlement for sub in subscriptions for entitlement in held[sub.id])
    wanted = {identity: found for identity, found in aggregated.items() if not feature_ids or identity in feature_ids}
    shown = catalog_features.responses(ctx, wanted, {"meters"})
    plans = rows_by_id(ctx, PlanRow, (sub.plan_id for sub in subscriptions))
    # The reference names the first subscription as the source of everything.
    source = subscriptions[0].id
    return [
        AggregatedFeature.model_construct(
            feature=shown[identity],
            entitlement=_present(found, rows),
            sources=[_source(entitlement, source, plans) for entitlement in found.sources],
        )
        for identity, found in wanted.items()
        if identity in shown
    ]


def _present(found: RatingAggregate, rows: Mapping[str, EntitlementRow]) -> AggregatedEntitlement:
    metered = found.feature_type == "metered"
    given = [rows[source.id] for source in found.sources] if metered else []
    apart = any(row.aggregation_mode == "parallel" for row in given)
    return AggregatedEntitlement.model_construct(
        is_enabled=found.is_enabled,
        usage_limit=found.usage_limit if metered else None,
        is_soft_limit=found.is_soft_limit if metered else False,
        usage_reset_period=found.usage_reset_period if metered else "",
        static_values=list(found.static_values),
        config_values=[dict(value) for value in found.config_values],
        aggregation_mode=("parallel" if apart else "additive") if metered else "",
        buckets=[_bucket(row) for row in given if row.grant_measure or row.aggregation_mode == "parallel"],
    )


def _bucket(row: EntitlementRow) -> AggregatedEntitlementBucket:
    return AggregatedEntitlementBucket.model_construct(
        entitlement_id=row.id,
        source_entity_id=row.entity_id,
        usage_limit=row.usage_limit,
        grant_measure=row.grant_measure,
        grant_quota=row.grant_quota,
        grant_duration_value=row.grant_duration_value,
        grant_duration_unit=row.grant_duration_unit,
    )


def _source(entitlement: Entitlement, subscription_id: str, plans: dict[str, PlanRow]) -> EntitlementSource:
    plan = plans.get(entitlement.entity_id)
    return EntitlementSource.model_construct(
        subscription_id=subscription_id,
        entity_id=entitlement.entity_id,
        entity_type=entitlement.entity_type.lower(),
        quantity=1,
        # Only plans are named.
        entity_name=plan.name if plan else "",
        entitlement_id=entitlement.id,
        is_enabled=entitlement.is_enabled,
        usage_limit=entitlement.usage_limit,
        static_value=entitlement.static_value,
        config_value=dict(entitlement.config_value) if entitlement.config_value else None,
    )
