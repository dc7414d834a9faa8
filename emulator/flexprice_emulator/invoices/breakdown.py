"""Which usage stands behind an invoice's lines: by source, or by any grouping of analytics (invoices.md §3).

Invariant: the costs of a line's groups add up to its amount, and their percentages follow from usage.
"""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import select

from flexprice_client.models.analytics import GetUsageAnalyticsRequest
from flexprice_client.models.invoices import InvoiceLineItemResponse, InvoiceResponse, SourceUsageItem, UsageBreakdownItem
from flexprice_emulator.catalog.expansion import rows_by_id
from flexprice_emulator.catalog.meters import rating_meter
from flexprice_emulator.catalog.tables import FeatureRow, MeterRow
from flexprice_emulator.events.analytics.figures import Figures, Range, read_figures
from flexprice_emulator.events.analytics.wanted import Wanted, from_request
from flexprice_emulator.events.usage import SqlUsage
from flexprice_emulator.rating.decimals import ZERO, add, divide, multiply, round_currency, round_places, subtract
from flexprice_emulator.subscriptions.tables import SubscriptionRow
from flexprice_emulator.subscriptions.terms import usage_customers
from flexprice_emulator.workspace.context import Context

_HUNDRED = Decimal(100)
_SHOWN_PLACES = 2


def add_breakdowns(ctx: Context, invoice: InvoiceResponse, group_by: Sequence[str], *, by_source: bool = False) -> None:
    """Put `usage_breakdown` (for `group_by`) and `usage_analytics` (by source) on the lines of metered usage.

    Raises ValidationError for a grouping that analytics does not know.
    """
    if group_by:
        for line, wanted, figures in _figures(ctx, invoice, group_by):
            line.usage_breakdown = _breakdown(ctx, line, wanted, group_by, figures)
    if by_source:
        for line, _, figures in _figures(ctx, invoice, ("source",)):
            line.usage_analytics = _analytics(line, figures)


def _figures(
    ctx: Context, invoice: InvoiceResponse, group_by: Sequence[str]
) -> list[tuple[InvoiceLineItemResponse, Wanted, list[Figures]]]:
    """The usage of every metered line in its period, by group; lines of one subscription and period are read together."""
    checked = from_request(ctx, GetUsageAnalyticsRequest(group_by=list(group_by)))
    lines = [line for line in invoice.line_items or () if line.price_type == "USAGE" and line.meter_id and line.subscription_line_item_id]
    meters = {row.id: rating_meter(row) for row in rows_by_id(ctx, MeterRow, (line.meter_id or "" for line in lines)).values()}
    subscriptions = rows_by_id(ctx, SubscriptionRow, (line.subscription_id or "" for line in lines))
    usage = SqlUsage(ctx)
    found = []
    places = {(line.subscription_id, line.period_start, line.period_end) for line in lines}
    for subscription_id, start, end in sorted(places, key=str):
        subscription = subscriptions.get(subscription_id or "")
        if subscription is None or start is None or end is None:
            continue
        members = [line for line in lines if (line.subscription_id, line.period_start, line.period_end) == (subscription_id, start, end)]
        range_ = Range(tuple(usage_customers(ctx, subscription, (start, end))), start, end, anchor=subscription.billing_anchor)
        wanted_meters = [meters[line.meter_id] for line in members if line.meter_id in meters]
        figures = read_figures(ctx, usage, checked, wanted_meters, range_, detailed=True)
        found += [(line, checked, figures.get(line.meter_id or "", [])) for line in members]
    return found


def _breakdown(
    ctx: Context, line: InvoiceLineItemResponse, wanted: Wanted, group_by: Sequence[str], figures: Sequence[Figures]
) -> list[UsageBreakdownItem]:
    # A line has one meter and with it one feature.
    shared: dict[str, str] = {}
    if "feature_id" in group_by:
        query = select(FeatureRow.id).where(FeatureRow.meter_id == line.meter_id).order_by(FeatureRow.status.desc(), FeatureRow.id)
        shared["feature_id"] = ctx.session.scalar(query.limit(1)) or ""
    if "meter_id" in group_by:
        shared["meter_id"] = line.meter_id or ""
    keys = [key.removeprefix("properties.") for key in wanted.group_by]
    return [
        UsageBreakdownItem.model_construct(
            grouped_by={**shared, **dict(zip(keys, held.group, strict=False))},
            cost=cost,
            usage=held.usage,
            percentage=percentage,
            event_count=held.event_count,
        )
        for held, cost, percentage in _shares(line, figures)
    ]


def _analytics(line: InvoiceLineItemResponse, figures: Sequence[Figures]) -> list[SourceUsageItem]:
    return [
        SourceUsageItem.model_construct(
            source=held.group[0], cost=cost, usage=held.usage, percentage=percentage, event_count=held.event_count
        )
        for held, cost, percentage in _shares(line, figures)
    ]


def _shares(line: InvoiceLineItemResponse, figures: Sequence[Figures]) -> list[tuple[Figures, Decimal, Decimal]]:
    """(group, cost, percentage): the line's amount in proportion to usage, what rounding leaves with the largest."""
    total = add(*(held.usage for held in figures))
    if total <= ZERO:
        return []
    costs = [round_currency(divide(multiply(line.amount, held.usage), total), line.currency) for held in figures]
    largest = max(range(len(figures)), key=lambda index: figures[index].usage)
    costs[largest] = add(costs[largest], subtract(line.amount, add(*costs)))
    percentages = [round_places(divide(multiply(held.usage, _HUNDRED), total), _SHOWN_PLACES) for held in figures]
    return list(zip(figures, costs, percentages, strict=True))
