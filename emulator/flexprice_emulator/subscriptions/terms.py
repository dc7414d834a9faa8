"""Subscriptions and their lines as rating reads them: rows in, frozen terms out."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, bindparam, or_, select

from flexprice_emulator.catalog.expansion import rows_by_id
from flexprice_emulator.catalog.tables import PlanRow, PriceUnitRow
from flexprice_emulator.customers.tables import CustomerRow
from flexprice_emulator.rating.commitment.model import CommitmentTimeBucket, LineCommitment
from flexprice_emulator.rating.decimals import ONE
from flexprice_emulator.rating.invoice.model import LineItem, Subscription
from flexprice_emulator.rating.pricing.model import Price
from flexprice_emulator.subscriptions.kept import rated_meters, rated_prices
from flexprice_emulator.subscriptions.tables import SubscriptionLineItemRow, SubscriptionRow
from flexprice_emulator.workspace.context import Context

# Built once: lines are read by most of what is done with a subscription.
_LINES = (
    select(SubscriptionLineItemRow)
    .where(
        SubscriptionLineItemRow.subscription_id.in_(bindparam("subscription_ids", expanding=True)),
        SubscriptionLineItemRow.status == "published",
    )
    .order_by(SubscriptionLineItemRow.created_at.desc(), SubscriptionLineItemRow.id.desc())
)


def rating_subscription(ctx: Context, row: SubscriptionRow) -> Subscription:
    """The terms that decide amounts."""
    plan = ctx.session.get(PlanRow, row.plan_id)
    return Subscription(
        id=row.id,
        currency=row.currency,
        start_date=row.start_date,
        billing_anchor=row.billing_anchor,
        current_period_start=row.current_period_start,
        current_period_end=row.current_period_end,
        customer_id=row.customer_id,
        end_date=row.end_date,
        billing_cycle=row.billing_cycle,
        billing_period=row.billing_period,
        billing_period_count=row.billing_period_count,
        proration_behavior=row.proration_behavior,
        timezone=row.timezone,
        commitment_amount=row.commitment_amount,
        commitment_duration=row.commitment_duration,
        overage_factor=row.overage_factor if row.overage_factor is not None else ONE,
        enable_true_up=row.enable_true_up,
        plan_display_name=plan.name if plan else "",
    )


def line_item_rows(ctx: Context, subscription_ids: Sequence[str]) -> list[SubscriptionLineItemRow]:
    """Published lines, the newest first: the order the reference bills in."""
    return list(ctx.session.scalars(_LINES, {"subscription_ids": subscription_ids}))


def rating_line_items(ctx: Context, rows: Sequence[SubscriptionLineItemRow]) -> list[LineItem]:
    """Lines with their prices and meters, read with one query a kind."""
    bucket_prices = [bucket["price_id"] for row in rows for bucket in row.commitment_time_buckets or () if bucket.get("price_id")]
    rated = rated_prices(ctx, [*(row.price_id for row in rows), *bucket_prices])
    measured = rated_meters(ctx, (row.meter_id for row in rows))
    units = _unit_rates(ctx, {price.price_unit for price in rated.values() if price.price_unit})
    return [
        LineItem(
            id=row.id,
            price=rated[row.price_id],
            start_date=row.start_date,
            end_date=row.end_date,
            quantity=row.quantity,
            meter=measured.get(row.meter_id),
            display_name=row.display_name,
            plan_display_name=row.plan_display_name,
            meter_display_name=row.meter_display_name,
            entity_id=row.entity_id,
            entity_type=row.entity_type,
            commitment=_commitment(row, rated),
            price_unit_rate=units.get(rated[row.price_id].price_unit or ""),
        )
        for row in rows
        if row.price_id in rated
    ]


def usage_customers(ctx: Context, subscription: SubscriptionRow, over: tuple[datetime, datetime] | None = None) -> list[str]:
    """External ids whose usage counts: the subscriber's, and of every customer that inherits the subscription.

    `over` is the time that is looked at: who inherited until it ended, or until the subscription did, counts as well.
    """
    ids = [subscription.customer_id]
    if subscription.subscription_type == "parent":
        row = SubscriptionRow
        inherits: ColumnElement[bool] = row.subscription_status.in_(("active", "trialing", "draft"))
        if over is not None:
            start, end = over
            last = end if subscription.end_date is None else min(end, subscription.end_date)
            inherits = or_(inherits, (row.subscription_status == "cancelled") & (row.end_date > start) & (row.end_date >= last))
        children = select(row.customer_id).where(
            row.parent_subscription_id == subscription.id,
            row.subscription_type == "inherited",
            row.status == "published",
            inherits,
        )
        ids += ctx.session.scalars(children)
    customers = rows_by_id(ctx, CustomerRow, ids)
    return [customers[identity].external_id for identity in dict.fromkeys(ids) if identity in customers]


def active_lines(rows: Sequence[SubscriptionLineItemRow], at: datetime) -> list[SubscriptionLineItemRow]:
    """Lines active at a moment, both ends inclusive as the reference has it."""
    return [row for row in rows if row.start_date <= at and (row.end_date is None or at <= row.end_date)]


def _unit_rates(ctx: Context, codes: set[str]) -> dict[str, Decimal]:
    if not codes:
        return {}
    query = select(PriceUnitRow).where(PriceUnitRow.code.in_(codes), PriceUnitRow.status == "published")
    return {row.code: row.conversion_rate for row in ctx.session.scalars(query)}


def _commitment(row: SubscriptionLineItemRow, prices: dict[str, Price]) -> LineCommitment | None:
    buckets = tuple(_bucket(held, prices) for held in row.commitment_time_buckets or () if held.get("price_id") in prices)
    if not row.commitment_type and not buckets:
        return None
    return LineCommitment(
        commitment_type=row.commitment_type or "",
        commitment_amount=row.commitment_amount,
        commitment_quantity=row.commitment_quantity,
        overage_factor=row.commitment_overage_factor if row.commitment_overage_factor is not None else ONE,
        enable_true_up=row.commitment_true_up_enabled,
        is_window_commitment=row.commitment_windowed,
        commitment_duration=row.commitment_duration,
        commitment_time_buckets=buckets,
    )


def _bucket(held: dict[str, Any], prices: dict[str, Price]) -> CommitmentTimeBucket:
    kind, value = held.get("commitment_type") or "", Decimal(held["commitment_value"]) if held.get("commitment_value") else None
    return CommitmentTimeBucket(
        start=_clock(held.get("start")),
        end=_clock(held.get("end")),
        price=prices[held["price_id"]],
        commitment_type=kind,
        commitment_amount=value if kind == "amount" else None,
        commitment_quantity=value if kind == "quantity" else None,
        overage_factor=Decimal(str(held.get("overage_factor") or 1)),
        enable_true_up=bool(held.get("true_up_enabled")),
    )


def _clock(held: dict[str, Any] | None) -> str:
    held = held or {}
    return f"{held.get('hour', 0):02d}:{held.get('minute', 0):02d}"
