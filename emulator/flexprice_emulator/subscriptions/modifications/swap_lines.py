"""Which lines a change of plan in place keeps, ends and opens (subscriptions.md §11.2).

Invariant: a line whose price has equal billing terms on the target plan goes on under the target's price, so its usage and
its periods are never split.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from flexprice_emulator.catalog.expansion import rows_by_id
from flexprice_emulator.catalog.tables import PlanRow, PriceRow
from flexprice_emulator.rating.pricing.model import ONETIME
from flexprice_emulator.subscriptions.modifications.lines import shut
from flexprice_emulator.subscriptions.plan_prices import line_from_price, name_meters, plan_prices
from flexprice_emulator.subscriptions.tables import SubscriptionLineItemRow, SubscriptionRow
from flexprice_emulator.subscriptions.terms import line_item_rows
from flexprice_emulator.workspace.context import Context

_TERMS = (
    "type",
    "currency",
    "amount",
    "billing_period",
    "billing_period_count",
    "billing_model",
    "invoice_cadence",
    "tier_mode",
    "tiers",
    "transform_quantity",
    "meter_id",
    "price_unit",
    "price_unit_amount",
    "price_unit_tiers",
)


@dataclass(slots=True)
class LineSwap:
    """Lines by what becomes of them."""

    kept: list[SubscriptionLineItemRow] = field(default_factory=list)
    ended: list[SubscriptionLineItemRow] = field(default_factory=list)
    opened: list[SubscriptionLineItemRow] = field(default_factory=list)


def plan_lines(ctx: Context, row: SubscriptionRow, at: datetime) -> list[SubscriptionLineItemRow]:
    """The plan's lines that run at a moment, oldest first."""
    lines = line_item_rows(ctx, [row.id])[::-1]
    return [
        line for line in lines if line.entity_type == "plan" and line.start_date <= at and (line.end_date is None or line.end_date > at)
    ]


def has_mixed_periods(lines: Iterable[SubscriptionLineItemRow | PriceRow]) -> bool:
    """Whether recurring ones have more than one period."""
    return len({(line.billing_period, line.billing_period_count) for line in lines if line.billing_period != ONETIME}) > 1


def target_prices(ctx: Context, row: SubscriptionRow, target: PlanRow) -> list[PriceRow]:
    """The target's prices that fit, oldest first. Raises ValidationError where none does."""
    return plan_prices(ctx, target.id, row.currency, row.billing_period, row.billing_period_count)[::-1]


def swap_lines(ctx: Context, row: SubscriptionRow, target: PlanRow, at: datetime) -> LineSwap:
    """Re-point lines of equal terms, end the others, open what the target has beyond them; all stored."""
    lines = plan_lines(ctx, row, at)
    held = rows_by_id(ctx, PriceRow, (line.price_id for line in lines))
    left = list(lines)
    swap = LineSwap()
    unmatched: list[PriceRow] = []
    for price in target_prices(ctx, row, target):
        same = next((line for line in left if line.price_id in held and _same_terms(held[line.price_id], price)), None)
        if same is None:
            unmatched.append(price)
            continue
        left.remove(same)
        swap.kept.append(same)
        same.price_id, same.entity_id, same.plan_display_name, same.display_name = price.id, target.id, target.name, price.display_name
        ctx.touch(same)
    for line in left:
        shut(ctx, line, at)
    swap.ended = left
    swap.opened = _open(ctx, row, target, unmatched, at)
    ctx.session.flush()
    return swap


def _open(ctx: Context, row: SubscriptionRow, target: PlanRow, prices: Sequence[PriceRow], at: datetime) -> list[SubscriptionLineItemRow]:
    lines = [
        line_from_price(ctx, row, price, start=at, end=row.end_date, entity_id=target.id, entity_type="plan", plan_display_name=target.name)
        for price in prices
    ]
    name_meters(ctx, lines)
    ctx.session.add_all(lines)
    return lines


def _same_terms(one: PriceRow, other: PriceRow) -> bool:
    return all(getattr(one, name) == getattr(other, name) for name in _TERMS)
