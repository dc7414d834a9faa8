"""Subscriptions to start with (subscriptions.md §3)."""

from collections.abc import Iterator

from flexprice_rules.checks.prices import check_tiers
from flexprice_rules.exact import text
from flexprice_rules.issues import Issue, warning
from flexprice_rules.model import Feature, LineItemCommitment, Plan, Price, Rules, Subscription


def check_subscriptions(rules: Rules) -> Iterator[Issue]:
    """What creating the subscription would be refused for."""
    plans = {plan.lookup_key: plan for plan in rules.plans}
    features = {feature.lookup_key: feature for feature in rules.features}
    for subscription in rules.subscriptions:
        yield from _dates(subscription)
        yield from _money(subscription)
        yield from _payment(subscription)
        plan = plans.get(subscription.plan_lookup_key)
        if plan is not None:
            yield from _prices(subscription, plan)
            yield from _lines(subscription, {price.lookup_key: price for price in plan.prices}, features)


def _dates(subscription: Subscription) -> Iterator[Issue]:
    if subscription.billing_period == "ONETIME":
        yield Issue(subscription.place_of("billing_period"), "a subscription recurs", "ONETIME")
    if subscription.billing_period_count < 1:
        yield Issue(subscription.place_of("billing_period_count"), "must be 1 or more", str(subscription.billing_period_count))
    if subscription.start_date is not None and subscription.end_date is not None and subscription.end_date <= subscription.start_date:
        yield Issue(subscription.place_of("end_date"), "must be after start_date", subscription.end_date.isoformat())
    if subscription.billing_anchor is not None and subscription.billing_cycle == "calendar":
        yield Issue(subscription.place_of("billing_anchor"), "goes with billing_cycle anniversary", subscription.billing_anchor.isoformat())
    if subscription.trial_period_days is not None and subscription.trial_period_days < 0:
        yield Issue(subscription.place_of("trial_period_days"), "cannot be negative", str(subscription.trial_period_days))


def _money(subscription: Subscription) -> Iterator[Issue]:
    for field in ("commitment_amount", "auto_invoice_threshold"):
        amount = getattr(subscription, field)
        if amount is not None and amount < 0:
            yield Issue(subscription.place_of(field), "cannot be negative", text(amount))
    factor = subscription.overage_factor
    if factor is not None and factor < 1:
        yield Issue(subscription.place_of("overage_factor"), "must be 1 or more", text(factor))
    if subscription.commitment_amount:
        if factor is None or factor <= 1:
            message = "a commitment_amount acts only with an overage_factor above 1"
            yield warning(subscription.place_of("commitment_amount"), message, text(subscription.commitment_amount))
        elif subscription.line_item_commitments:
            yield Issue(
                subscription.place_of("line_item_commitments"), "a subscription's commitment and those of its lines exclude each other"
            )


def _payment(subscription: Subscription) -> Iterator[Issue]:
    behavior = subscription.payment_behavior
    if subscription.collection_method == "send_invoice":
        if behavior not in (None, "default_active", "default_incomplete"):
            yield Issue(subscription.place_of("payment_behavior"), "send_invoice allows default_active and default_incomplete", behavior)
    elif behavior == "default_incomplete":
        yield Issue(subscription.place_of("payment_behavior"), "charge_automatically does not allow it", behavior)


def _prices(subscription: Subscription, plan: Plan) -> Iterator[Issue]:
    wanted = (subscription.billing_period, subscription.currency)
    matching = [price for price in plan.prices if (price.billing_period, price.currency) == wanted]
    one_time = [price for price in plan.prices if (price.billing_period, price.currency) == ("ONETIME", subscription.currency)]
    if not matching and not one_time:
        message = f"plan {plan.lookup_key} has no price in this currency and billing_period"
        yield Issue(subscription.place_of("plan_lookup_key"), message, f"{subscription.currency} {subscription.billing_period}")
    if subscription.auto_invoice_threshold and any(price.type == "FIXED" for price in [*matching, *one_time]):
        message = "goes with plans that have usage prices only"
        yield Issue(subscription.place_of("auto_invoice_threshold"), message, text(subscription.auto_invoice_threshold))
    late = [price.lookup_key for price in matching if _starts_later(price, subscription)]
    if late:
        message = "starts before these prices, which have no start_date and bill only from their creation"
        yield warning(subscription.place_of("start_date"), message, ", ".join(late[:5]) + (", …" if len(late) > 5 else ""))


def _starts_later(price: Price, subscription: Subscription) -> bool:
    return subscription.start_date is not None and price.start_date is None


def _lines(subscription: Subscription, prices: dict[str, Price], features: dict[str, Feature]) -> Iterator[Issue]:
    overridden: set[str] = set()
    for override in subscription.override_line_items:
        if override.price_lookup_key in overridden:
            yield Issue(override.place_of("price_lookup_key"), "each price can be overridden once", override.price_lookup_key)
        overridden.add(override.price_lookup_key)
        if override.quantity is not None and override.quantity < 0:
            yield Issue(override.place_of("quantity"), "cannot be negative", text(override.quantity))
        if override.amount is not None and override.amount < 0:
            yield Issue(override.place_of("amount"), "cannot be negative", text(override.amount))
        yield from check_tiers(override.tiers, override.tier_mode, override.place_of("tiers"))
    committed: set[str] = set()
    for commitment in subscription.line_item_commitments:
        if commitment.price_lookup_key in committed:
            yield Issue(commitment.place_of("price_lookup_key"), "each price can have one commitment", commitment.price_lookup_key)
        committed.add(commitment.price_lookup_key)
        price = prices.get(commitment.price_lookup_key)
        yield from _commitment(commitment, features.get(price.feature_lookup_key or "") if price is not None else None)


def _commitment(commitment: LineItemCommitment, feature: Feature | None) -> Iterator[Issue]:
    own, other = "commitment_amount", "commitment_quantity"
    if commitment.commitment_type == "quantity":
        own, other = other, own
    value = getattr(commitment, own)
    if value is None or value <= 0:
        yield Issue(commitment.place_of(own), f"commitment_type {commitment.commitment_type} needs {own} above 0", str(value))
    if getattr(commitment, other) is not None:
        yield Issue(
            commitment.place_of(other),
            f"goes with the other commitment_type, not {commitment.commitment_type}",
            str(getattr(commitment, other)),
        )
    if commitment.overage_factor < 1:
        yield Issue(commitment.place_of("overage_factor"), "must be 1 or more", text(commitment.overage_factor))
    bucketed = feature is not None and feature.meter is not None and feature.meter.aggregation.bucket_size is not None
    if commitment.is_window_commitment and not bucketed:
        yield Issue(commitment.place_of("is_window_commitment"), "goes with meters that have a bucket_size", commitment.price_lookup_key)
