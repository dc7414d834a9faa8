"""The items of an analytics answer: per line item of the customer's subscriptions, or per meter without any."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select

from flexprice_emulator.catalog.meters import rating_meter
from flexprice_emulator.catalog.tables import FeatureRow, MeterRow
from flexprice_emulator.customers.tables import CustomerRow
from flexprice_emulator.events.analytics.costs import Costed, CostPoint, costed, uncosted
from flexprice_emulator.events.analytics.discounts import NO_COUPONS, Coupons, lasting_coupons
from flexprice_emulator.events.analytics.figures import Figures, Range, read_figures
from flexprice_emulator.events.analytics.wanted import Wanted
from flexprice_emulator.events.usage import SqlUsage
from flexprice_emulator.rating.commitment.formula import has_commitment
from flexprice_emulator.rating.decimals import ZERO
from flexprice_emulator.rating.invoice.model import LineItem
from flexprice_emulator.rating.metering.model import Meter
from flexprice_emulator.rating.metering.windows import zone
from flexprice_emulator.subscriptions.tables import SubscriptionLineItemRow, SubscriptionRow
from flexprice_emulator.subscriptions.terms import line_item_rows, rating_line_items, usage_customers
from flexprice_emulator.workspace.context import Context

_COUNTED = ("active", "trialing", "paused", "cancelled")


@dataclass(frozen=True, slots=True)
class Item:
    """One item; `line` and `subscription` are None without a subscription. `coupons` take off the item and each point."""

    meter: Meter
    costed: Costed
    line: SubscriptionLineItemRow | None = None
    subscription: SubscriptionRow | None = None
    currency: str = ""
    coupons: Coupons = NO_COUPONS

    @property
    def discount(self) -> Decimal:
        return self.discount_of(self.costed.cost)

    def discount_of(self, amount: Decimal) -> Decimal:
        """What coupons take off an amount of this item."""
        return self.coupons.discount(self.line.id, amount, self.currency) if self.line else ZERO

    def point_discount(self, point: CostPoint) -> Decimal:
        """What coupons take off a point."""
        return self.discount_of(point.cost)


@dataclass(frozen=True, slots=True)
class _Place:
    """A usage line within the range."""

    row: SubscriptionLineItemRow
    line: LineItem
    meter: Meter
    subscription: SubscriptionRow
    range: Range


def read_items(ctx: Context, wanted: Wanted) -> tuple[str, list[Item]]:
    """The currency and the items, unsorted."""
    customer = None
    if wanted.external_customer_id:
        query = select(CustomerRow).where(CustomerRow.external_id == wanted.external_customer_id, CustomerRow.status == "published")
        customer = ctx.session.scalar(query)
    subscriptions = _subscriptions(ctx, customer.id) if customer else []
    if not subscriptions:
        return "", _without_subscription(ctx, wanted, customer.timezone if customer else "")
    return subscriptions[0].currency, _with_subscriptions(ctx, wanted, subscriptions)


def _subscriptions(ctx: Context, customer_id: str) -> list[SubscriptionRow]:
    query = select(SubscriptionRow).where(
        SubscriptionRow.customer_id == customer_id,
        SubscriptionRow.status == "published",
        SubscriptionRow.subscription_status.in_(_COUNTED),
    )
    return list(ctx.session.scalars(query.order_by(SubscriptionRow.created_at.desc(), SubscriptionRow.id.desc())))


def _with_subscriptions(ctx: Context, wanted: Wanted, subscriptions: Sequence[SubscriptionRow]) -> list[Item]:
    places = _places(ctx, wanted, subscriptions)
    coupons = lasting_coupons(ctx, [subscription.id for subscription in subscriptions], wanted.start, wanted.end)
    usage = SqlUsage(ctx)
    by_range: dict[Range, list[_Place]] = {}
    for place in places:
        by_range.setdefault(place.range, []).append(place)
    items = []
    for range_, members in by_range.items():
        meters = [place.meter for place in members]
        figures = read_figures(ctx, usage, wanted, meters, range_, detailed=wanted.detailed)
        for place in members:
            items += _line_items(ctx, wanted, place, figures.get(place.meter.id, []), coupons, subscriptions[0].currency)
    return items


def _line_items(
    ctx: Context, wanted: Wanted, place: _Place, figures: Sequence[Figures], coupons: dict[str, Coupons], currency: str
) -> list[Item]:
    commitment = place.line.commitment
    commits = commitment is not None and (has_commitment(commitment) or bool(commitment.commitment_time_buckets))
    if not figures and (wanted.by_rows or not commits):
        return []
    anchor = place.subscription.billing_anchor
    return [
        Item(
            place.meter,
            costed(wanted, place.line, place.meter, held, place.range, billing_anchor=anchor, now=ctx.now),
            place.row,
            place.subscription,
            currency,
            coupons.get(place.subscription.id, NO_COUPONS),
        )
        for held in figures or [Figures()]
    ]


def _places(ctx: Context, wanted: Wanted, subscriptions: Sequence[SubscriptionRow]) -> list[_Place]:
    owners = {subscription.id: subscription for subscription in subscriptions}
    allowed = _allowed_meters(ctx, wanted)
    rows = {row.id: row for row in line_item_rows(ctx, list(owners)) if row.price_type == "USAGE"}
    customers = {
        subscription.id: tuple(usage_customers(ctx, subscription)) if wanted.include_children else (wanted.external_customer_id,)
        for subscription in subscriptions
    }
    places = []
    for line in rating_line_items(ctx, list(rows.values())):
        row = rows[line.id]
        subscription = owners[row.subscription_id]
        start, end = _cut(wanted, row, subscription)
        if line.meter is None or not start < end or (allowed is not None and line.meter.id not in allowed):
            continue
        anchor = wanted.billing_anchor or subscription.billing_anchor
        places.append(_Place(row, line, line.meter, subscription, Range(customers[subscription.id], start, end, anchor=anchor)))
    return places


def _cut(wanted: Wanted, row: SubscriptionLineItemRow, subscription: SubscriptionRow) -> tuple[datetime, datetime]:
    """The range within the line's life, up to the subscription's cancellation."""
    ends = [end for end in (row.end_date, subscription.cancelled_at) if end is not None]
    return max(wanted.start, row.start_date), min([wanted.end, *ends])


def _allowed_meters(ctx: Context, wanted: Wanted) -> set[str] | None:
    """The meters asked for, by id or by feature; None for all."""
    if not wanted.feature_ids and not wanted.meter_ids:
        return None
    of_features = ctx.session.scalars(select(FeatureRow.meter_id).where(FeatureRow.id.in_(wanted.feature_ids), FeatureRow.meter_id != ""))
    return {*wanted.meter_ids, *of_features}


def _without_subscription(ctx: Context, wanted: Wanted, timezone: str) -> list[Item]:
    """Sums per meter of the customer, or of all. A bucketed meter is shown even without rows."""
    allowed = _allowed_meters(ctx, wanted)
    rows = [row for row in ctx.session.scalars(select(MeterRow).order_by(MeterRow.id)) if allowed is None or row.id in allowed]
    meters = [rating_meter(row) for row in rows]
    published = {row.id for row in rows if row.status == "published"}
    customers = (wanted.external_customer_id,) if wanted.external_customer_id else None
    range_ = Range(customers, wanted.start, wanted.end, zone(timezone), wanted.billing_anchor)
    figures = read_figures(ctx, SqlUsage(ctx), wanted, meters, range_, detailed=True)
    # Buckets never follow the customer's zone.
    in_utc = replace(range_, timezone=zone(""))
    items = []
    for meter in meters:
        held = figures.get(meter.id, [])
        if not held and meter.is_bucketed and meter.id in published:
            held = [Figures()]
        items += [Item(meter, uncosted(wanted, meter, found, in_utc)) for found in held]
    return items
