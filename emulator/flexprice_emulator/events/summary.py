"""A customer's usage of every entitled feature against its limit (events.md §9)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal

from sqlalchemy import select

from flexprice_client.models.analytics import CustomerUsageSummaryResponse, FeatureUsageSummary, UsageSummaryQuery
from flexprice_client.models.subscriptions import AggregatedFeature
from flexprice_emulator.catalog.expansion import rows_by_id
from flexprice_emulator.catalog.meters import rating_meter
from flexprice_emulator.catalog.tables import FeatureRow, MeterRow
from flexprice_emulator.customers.service import get_row, get_row_by_external_id
from flexprice_emulator.customers.tables import CustomerRow
from flexprice_emulator.events.raw_reads import read_usage
from flexprice_emulator.events.usage import SqlUsage
from flexprice_emulator.rating.decimals import ZERO, add, divide
from flexprice_emulator.rating.invoice.gross import gross_usage
from flexprice_emulator.rating.metering.model import Meter
from flexprice_emulator.rating.metering.raw import RawQuery, meter_query
from flexprice_emulator.rating.metering.windows import bucket_end, bucket_start, zone
from flexprice_emulator.rating.periods import next_billing_date
from flexprice_emulator.subscriptions.entitlements import customer_features, customer_subscriptions
from flexprice_emulator.subscriptions.tables import SubscriptionRow
from flexprice_emulator.subscriptions.terms import line_item_rows, rating_line_items, usage_customers
from flexprice_emulator.wire.errors import ValidationError
from flexprice_emulator.workspace.context import Context

_HUNDRED = Decimal(100)
_DAY = timedelta(days=1)
_WINDOWS: Mapping[str, Literal["DAY", "MONTH"]] = {"DAILY": "DAY", "MONTHLY": "MONTH"}


def usage_summary(ctx: Context, wanted: UsageSummaryQuery) -> CustomerUsageSummaryResponse:
    """The features that the customer's live subscriptions entitle to. Raises ValidationError without a customer, NotFoundError."""
    if not wanted.customer_id and not wanted.customer_lookup_key:
        raise ValidationError("Provide customer_id or customer_lookup_key")
    customer = get_row(ctx, wanted.customer_id) if wanted.customer_id else get_row_by_external_id(ctx, wanted.customer_lookup_key)
    subscriptions = {row.id: row for row in customer_subscriptions(ctx, customer.id, wanted.subscription_ids or ())}
    feature_ids = _feature_ids(ctx, wanted)
    found: list[AggregatedFeature] = []
    if subscriptions and feature_ids != []:
        found = customer_features(ctx, list(subscriptions.values()), feature_ids or ())
    usage = _Usage(ctx, customer, subscriptions)
    return CustomerUsageSummaryResponse.model_construct(customer_id=customer.id, features=[_summary(usage, held) for held in found])


def _feature_ids(ctx: Context, wanted: UsageSummaryQuery) -> list[str] | None:
    """The features asked for by id or key; None for all."""
    if not wanted.feature_ids and not wanted.feature_lookup_keys:
        return None
    query = select(FeatureRow.id).where(FeatureRow.lookup_key.in_(wanted.feature_lookup_keys or ()), FeatureRow.status == "published")
    return [*(wanted.feature_ids or ()), *ctx.session.scalars(query)]


def _summary(usage: "_Usage", held: AggregatedFeature) -> FeatureUsageSummary:
    limit = held.entitlement.usage_limit
    current = usage.of(held)
    return FeatureUsageSummary.model_construct(
        feature=held.feature,
        total_limit=limit,
        is_unlimited=limit is None,
        current_usage=current,
        usage_percent=_percent(current, limit),
        is_enabled=held.entitlement.is_enabled,
        is_soft_limit=held.entitlement.is_soft_limit,
        next_usage_reset_at=usage.next_reset(held),
        sources=held.sources,
    )


def _percent(usage: Decimal, limit: int | None) -> Decimal:
    """Usage over limit, not times 100; a limit of 0 is always used up (observed)."""
    if limit is None:
        return ZERO
    return divide(usage, Decimal(limit)) if limit else _HUNDRED


class _Usage:
    """Current usage by reset period; each subscription's charges are read once."""

    def __init__(self, ctx: Context, customer: CustomerRow, subscriptions: Mapping[str, SubscriptionRow]) -> None:
        self._ctx, self._customer, self._subscriptions = ctx, customer, subscriptions
        self._charged: dict[str, dict[str, Decimal]] = {}

    def of(self, held: AggregatedFeature) -> Decimal:
        """Usage since the last reset, by the feature's first source; 0 for features without a meter."""
        subscription = self._source(held)
        if subscription is None:
            return ZERO
        reset = held.entitlement.usage_reset_period
        charged = self._charges(subscription)
        meter_id = held.feature.meter_id
        if reset == subscription.billing_period:
            return charged.get(meter_id, ZERO)
        if meter_id not in charged or (reset not in _WINDOWS and reset != "NEVER"):
            # Periods that are neither the subscription's nor a day, a month or all time are not counted (observed).
            return ZERO
        meter = rating_meter(rows_by_id(self._ctx, MeterRow, [meter_id])[meter_id])
        if reset == "NEVER":
            return self._since_start(subscription, meter)
        return self._in_window(subscription, meter, _WINDOWS[reset])

    def next_reset(self, held: AggregatedFeature) -> datetime | None:
        """The midnight at which usage starts again: the next day, or the next date that the billing anchor gives (observed)."""
        subscription, period = self._source(held), held.entitlement.usage_reset_period
        if subscription is None or period in ("", "NEVER"):
            return None
        timezone, now = zone(subscription.timezone), self._ctx.now
        if period == "DAILY":
            return bucket_end("DAY", now, timezone)
        anchor = subscription.billing_anchor
        at = min(anchor, now)
        while (midnight := bucket_start("DAY", at, timezone)) <= now:
            at = next_billing_date(at, anchor, period, 1, timezone=subscription.timezone)
        return midnight

    def _source(self, held: AggregatedFeature) -> SubscriptionRow | None:
        """The subscription that a metered feature's first source names."""
        source = next(iter(held.sources or ()), None)
        metered = source is not None and held.feature.type == "metered"
        return self._subscriptions.get(source.subscription_id) if source is not None and metered else None

    def _charges(self, subscription: SubscriptionRow) -> dict[str, Decimal]:
        """Gross quantities of the current period by meter, for every usage line."""
        if subscription.id not in self._charged:
            ctx = self._ctx
            items = rating_line_items(ctx, line_item_rows(ctx, [subscription.id]))
            customers = usage_customers(ctx, subscription)
            start, end = subscription.current_period_start, subscription.current_period_end
            source = SqlUsage(ctx)
            source.prefetch([item.meter for item in items if item.meter is not None], customers, start, end)
            quantities = {item.meter.id: ZERO for item in items if item.meter is not None and item.price.type == "USAGE"}
            for charge in gross_usage(items, source, customers, start, end, subscription.currency):
                quantities[charge.meter.id] = add(quantities[charge.meter.id], charge.quantity)
            self._charged[subscription.id] = quantities
        return self._charged[subscription.id]

    def _since_start(self, subscription: SubscriptionRow, meter: Meter) -> Decimal:
        query = self._query(subscription, meter, subscription.start_date, subscription.current_period_end)
        return read_usage(self._ctx, query).value or ZERO

    def _in_window(self, subscription: SubscriptionRow, meter: Meter, size: Literal["DAY", "MONTH"]) -> Decimal:
        """The window that contains now. Months are dates, so what is read reaches a day beyond them on both sides."""
        timezone, anchor, now = zone(subscription.timezone), subscription.billing_anchor, self._ctx.now
        start = bucket_start(size, now, timezone, anchor=anchor)
        end = bucket_end(size, now, timezone, anchor=anchor)
        query = replace(self._query(subscription, meter, start - _DAY, end + _DAY), window_size=size, bucket_size=None)
        found = read_usage(self._ctx, query).results
        return next((result.value for result in found if result.start == start), ZERO)

    def _query(self, subscription: SubscriptionRow, meter: Meter, start: datetime, end: datetime) -> RawQuery:
        """All events of the meter's name: its filters are not applied here."""
        query = RawQuery(
            meter.event_name,
            meter.aggregation_type,
            external_customer_id=self._customer.external_id,
            start=start,
            end=end,
            timezone=zone(subscription.timezone),
            billing_anchor=subscription.billing_anchor,
        )
        return replace(meter_query(meter, query), reset_usage="BILLING_PERIOD")
