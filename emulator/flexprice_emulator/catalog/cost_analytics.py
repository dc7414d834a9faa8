"""POST /costs/analytics: what usage cost by the active cost sheet, against what it earned (events.md §10, rating.md §8).

Invariants: cost and revenue are the sums of their items; margin = revenue - cost; a ratio over 0 is 0.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select

from flexprice_client.models.analytics import GetUsageAnalyticsRequest
from flexprice_client.models.cost_analytics import CostAnalyticItem, GetCostAnalyticsRequest, GetDetailedCostAnalyticsResponse
from flexprice_emulator.catalog.costsheets import ENTITY_TYPE, active
from flexprice_emulator.catalog.expansion import rows_by_id
from flexprice_emulator.catalog.meters import rating_meter
from flexprice_emulator.catalog.price_view import rating_price
from flexprice_emulator.catalog.prices import prices_of
from flexprice_emulator.catalog.tables import FeatureRow, MeterRow, PriceRow
from flexprice_emulator.customers.tables import CustomerRow
from flexprice_emulator.events.analytics.figures import Figures, Range, read_figures
from flexprice_emulator.events.analytics.service import usage_analytics
from flexprice_emulator.events.analytics.wanted import Wanted
from flexprice_emulator.events.free_usage import given_filters, usage_range
from flexprice_emulator.events.partials import Scope
from flexprice_emulator.events.rows import read_rows
from flexprice_emulator.events.usage import SqlUsage
from flexprice_emulator.rating.decimals import ZERO, add, divide, multiply, subtract
from flexprice_emulator.rating.metering.aggregate import aggregate
from flexprice_emulator.rating.metering.analytics import select_rows
from flexprice_emulator.rating.metering.model import Meter
from flexprice_emulator.rating.pricing.bucketed import bucket_price_step
from flexprice_emulator.rating.pricing.cost import calculate_cost
from flexprice_emulator.rating.usage import BucketUsage
from flexprice_emulator.subscriptions.tables import SubscriptionRow
from flexprice_emulator.subscriptions.terms import usage_customers
from flexprice_emulator.wire.errors import ValidationError
from flexprice_emulator.workspace.context import Context

_HUNDRED = Decimal(100)
# A read of columns takes these for 0; a cost does not.
_BY_ROWS = ("SUM_WITH_MULTIPLIER", "WEIGHTED_SUM")


def cost_analytics(ctx: Context, request: GetCostAnalyticsRequest) -> GetDetailedCostAnalyticsResponse:
    """Cost, revenue and margin; without a cost sheet the cost is 0 and so is the margin. Raises ValidationError for the range."""
    if (request.start_time is None) != (request.end_time is None):
        raise ValidationError("Please provide both start_time and end_time, or omit both for default 7-day range")
    start, end = usage_range(ctx, request.start_time, request.end_time)
    sheet = active(ctx)
    items = _items(ctx, request, sheet.id, start, end) if sheet is not None else []
    earned = usage_analytics(ctx, _revenue_request(request, start, end))
    cost = add(*(item.total_cost for item in items))
    margin = subtract(earned.total_cost, cost) if sheet is not None else ZERO
    roi = _ratio(margin, cost)
    return GetDetailedCostAnalyticsResponse.model_construct(
        cost_analytics=items,
        total_revenue=earned.total_cost,
        total_cost=cost,
        margin=margin,
        margin_percent=multiply(_ratio(margin, earned.total_cost), _HUNDRED),
        roi=roi,
        roi_percent=multiply(roi, _HUNDRED),
        currency=next((item.currency for item in items), earned.currency),
        start_time=start,
        end_time=request.end_time or ctx.now,
    )


def _ratio(part: Decimal, whole: Decimal) -> Decimal:
    return divide(part, whole) if whole else ZERO


def _revenue_request(request: GetCostAnalyticsRequest, start: datetime, end: datetime) -> GetUsageAnalyticsRequest:
    return GetUsageAnalyticsRequest.model_construct(
        external_customer_id=request.external_customer_id,
        feature_ids=request.feature_ids,
        start_time=start,
        end_time=end,
        property_filters=request.property_filters,
        include_children=request.include_children,
    )


def _items(ctx: Context, request: GetCostAnalyticsRequest, costsheet_id: str, start: datetime, end: datetime) -> list[CostAnalyticItem]:
    """An item a price whose meter has usage. A customer that is not known costs nothing."""
    customer: CustomerRow | None = None
    if request.external_customer_id:
        query = select(CustomerRow).where(CustomerRow.external_id == request.external_customer_id, CustomerRow.status == "published")
        customer = ctx.session.scalar(query)
        if customer is None:
            return []
    prices = _prices(ctx, request, costsheet_id, start, end)
    meters = {identity: rating_meter(row) for identity, row in rows_by_id(ctx, MeterRow, (price.meter_id for price in prices)).items()}
    range_ = Range(_customers(ctx, request, customer), start, end)
    figures = _figures(ctx, request, list(meters.values()), range_)
    return [
        CostAnalyticItem.model_construct(
            meter_id=price.meter_id,
            meter_name=meters[price.meter_id].event_name,
            customer_id=customer.id if customer else "",
            external_customer_id=request.external_customer_id,
            total_cost=_cost(price, meters[price.meter_id], held),
            total_quantity=held.usage,
            total_events=held.event_count,
            currency=price.currency,
            price_id=price.id,
            costsheet_id=costsheet_id,
        )
        for price in prices
        if (held := figures.get(price.meter_id)) is not None
    ]


def _prices(ctx: Context, request: GetCostAnalyticsRequest, costsheet_id: str, start: datetime, end: datetime) -> list[PriceRow]:
    """The sheet's usage prices that hold at some time of the range, oldest first."""
    found = [row for row in reversed(prices_of(ctx, ENTITY_TYPE, [costsheet_id], active_at=start)) if row.meter_id]
    found = [row for row in found if row.start_date is None or row.start_date < end]
    if request.feature_ids:
        allowed = set(ctx.session.scalars(select(FeatureRow.meter_id).where(FeatureRow.id.in_(request.feature_ids))))
        found = [row for row in found if row.meter_id in allowed]
    return found


def _customers(ctx: Context, request: GetCostAnalyticsRequest, customer: CustomerRow | None) -> tuple[str, ...] | None:
    """External ids whose usage counts; None for everybody's."""
    if customer is None:
        return None
    found = [customer.external_id]
    if request.include_children:
        parents = select(SubscriptionRow).where(
            SubscriptionRow.customer_id == customer.id, SubscriptionRow.subscription_type == "parent", SubscriptionRow.status == "published"
        )
        for subscription in ctx.session.scalars(parents):
            found += usage_customers(ctx, subscription)
    return tuple(dict.fromkeys(found))


def _figures(ctx: Context, request: GetCostAnalyticsRequest, meters: Sequence[Meter], range_: Range) -> Mapping[str, Figures]:
    """By meter id; meters without usage are left out."""
    wanted = Wanted(range_.start, range_.end, property_filters=given_filters(request.property_filters))
    plain = not wanted.by_rows and range_.customers is not None
    apart = [meter for meter in meters if meter.aggregation_type in _BY_ROWS and not plain]
    found = read_figures(ctx, SqlUsage(ctx), wanted, [meter for meter in meters if meter not in apart], range_, detailed=False)
    figures = {meter_id: held[0] for meter_id, held in found.items()}
    for meter in apart:
        rows = read_rows(ctx.session, Scope((meter.id,), range_.customers, range_.start, range_.end), properties=True)
        usage = aggregate(select_rows(rows, property_filters=wanted.property_filters, sources=()), meter.aggregation_type)
        if usage.event_count:
            figures[meter.id] = Figures(usage=usage.quantity, event_count=usage.event_count)
    return figures


def _cost(price: PriceRow, meter: Meter, figures: Figures) -> Decimal:
    if meter.is_bucketed:
        return bucket_price_step(rating_price(price), [BucketUsage(held.start, held.value, held.group) for held in figures.buckets]).cost
    return calculate_cost(rating_price(price), figures.usage)
