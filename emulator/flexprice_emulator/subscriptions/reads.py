"""Subscriptions as they are shown: in full, by what is expanded, or in a list."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Annotated, Any

from sqlalchemy import func, select

from flexprice_client.models.base import OMIT_EMPTY, OMIT_NONE, ZERO_TIME, Pagination
from flexprice_client.models.plans import PlanResponse
from flexprice_client.models.subscription_line_items import SubscriptionLineItemResponse
from flexprice_client.models.subscriptions import (
    CustomerSubscriptionsResponse,
    SubscriptionPauseResponse,
    SubscriptionPhaseResponse,
    SubscriptionResponse,
    SubscriptionResponseV2,
)
from flexprice_emulator.catalog import meters, plans
from flexprice_emulator.catalog.expansion import rows_by_id
from flexprice_emulator.catalog.prices import present_prices
from flexprice_emulator.catalog.tables import MeterRow, PlanRow, PriceRow
from flexprice_emulator.customers.service import to_response as customer_response
from flexprice_emulator.customers.tables import CustomerRow
from flexprice_emulator.discounts.service import of_subscription, present_all
from flexprice_emulator.grants.reads import of_owners as grants_of
from flexprice_emulator.subscriptions.kept import kept, shown_prices
from flexprice_emulator.subscriptions.plan_view import embedded_plan
from flexprice_emulator.subscriptions.tables import SubscriptionLineItemRow, SubscriptionPauseRow, SubscriptionPhaseRow, SubscriptionRow
from flexprice_emulator.subscriptions.terms import line_item_rows
from flexprice_emulator.wire.errors import NotFoundError
from flexprice_emulator.wire.json_text import to_json
from flexprice_emulator.wire.present import present
from flexprice_emulator.wire.routing import Reply
from flexprice_emulator.workspace.context import Context


class _PricedLine(SubscriptionLineItemResponse):
    """A line whose price is a JSON object already."""

    price: Annotated[Any, OMIT_NONE] = None


class _WithoutPlan(SubscriptionResponse):
    """A subscription whose plan is put in later."""

    line_items: Annotated[Any, OMIT_EMPTY] = None
    plan: Annotated[PlanResponse | None, OMIT_NONE] = None


def get_row(ctx: Context, subscription_id: str) -> SubscriptionRow:
    """A published subscription. Raises NotFoundError."""
    row = ctx.session.get(SubscriptionRow, subscription_id)
    if row is None or row.status != "published":
        raise NotFoundError("Subscription not found")
    return row


def full_response(ctx: Context, row: SubscriptionRow) -> dict[str, Any]:
    """Everything, as JSON: lines with prices, plan with all it holds, customer, phases, coupons, credit grants."""
    return {**_without_plan(ctx, row).to_wire(), "plan": embedded_plan(ctx, row.plan_id).shown}


def full_reply(ctx: Context, row: SubscriptionRow) -> Reply:
    """The same as an answer: the plan's text is put in as it was kept, for it is most of the whole."""
    text = to_json(_without_plan(ctx, row))
    return Reply(text[:-1] + b',"plan":' + embedded_plan(ctx, row.plan_id).text + b"}", media_type="application/json; charset=utf-8")


def _without_plan(ctx: Context, row: SubscriptionRow) -> _WithoutPlan:
    customer = ctx.session.get(CustomerRow, row.customer_id)
    lines = line_item_rows(ctx, [row.id])[::-1]
    phased = any(line.subscription_phase_id for line in lines)
    return present(
        ctx,
        _WithoutPlan,
        row,
        line_items=_priced_lines(ctx, lines),
        pauses=_children(ctx, SubscriptionPauseRow, SubscriptionPauseResponse, row.id) if row.active_pause_id else None,
        customer=customer_response(ctx, customer) if customer else None,
        phases=_children(ctx, SubscriptionPhaseRow, SubscriptionPhaseResponse, row.id) if phased else None,
        coupon_associations=present_all(ctx, of_subscription(ctx, row.id)),
        credit_grants=grants_of(ctx, "SUBSCRIPTION", [row.id])[row.id],
    )


def created_response(ctx: Context, row: SubscriptionRow, lines: Sequence[SubscriptionLineItemRow], **extra: Any) -> SubscriptionResponse:
    """The answer of creation and activation: lines (the newest first) without prices, and only where an invoice was tried."""
    return present(ctx, SubscriptionResponse, row, line_items=line_item_responses(ctx, lines[::-1]), **extra)


def expanded_response(ctx: Context, row: SubscriptionRow, expand: frozenset[str]) -> SubscriptionResponseV2:
    """Only what is asked for."""
    plan = ctx.session.get(PlanRow, row.plan_id) if "plan" in expand else None
    customer = ctx.session.get(CustomerRow, row.customer_id) if "customer" in expand else None
    lines = line_item_rows(ctx, [row.id])[::-1] if "subscription_line_items" in expand else []
    with_coupons = expand & {"coupon_associations", "coupon"}
    return present(
        ctx,
        SubscriptionResponseV2,
        row,
        plan=plans.to_response(ctx, plan) if plan else None,
        customer=customer_response(ctx, customer) if customer else None,
        line_items=line_item_responses(ctx, lines, prices="prices" in expand, with_meters="meters" in expand),
        coupon_associations=present_all(ctx, of_subscription(ctx, row.id)) if with_coupons else None,
        plan_prices_out_of_sync=is_out_of_sync(ctx, row),
    )


def list_responses(
    ctx: Context,
    rows: Sequence[SubscriptionRow],
    expand: Iterable[str],
    *,
    with_lines: bool = False,
    with_coupons: bool = False,
) -> list[SubscriptionResponse]:
    """Many subscriptions with their plans, children read with one query a kind."""
    expand = frozenset(expand)
    held = rows_by_id(ctx, PlanRow, (row.plan_id for row in rows))
    inside = expand & {"prices", "meters", "entitlements"}
    shown: dict[str, PlanResponse] = {}
    if inside:
        shown = {plan.id: plan for plan in plans.read_all(ctx, list(held.values()), inside)}
    else:
        shown = {identity: plans.to_response(ctx, plan) for identity, plan in held.items()}
    customers = rows_by_id(ctx, CustomerRow, (row.customer_id for row in rows)) if "customer" in expand else {}
    lines: dict[str, list[SubscriptionLineItemResponse]] = defaultdict(list)
    if rows and (with_lines or "subscription_line_items" in expand):
        for line in line_item_responses(ctx, line_item_rows(ctx, [row.id for row in rows])[::-1]):
            lines[line.subscription_id].append(line)
    return [
        present(
            ctx,
            SubscriptionResponse,
            row,
            line_items=lines.get(row.id),
            plan=shown.get(row.plan_id),
            customer=customer_response(ctx, customers[row.customer_id]) if row.customer_id in customers else None,
            coupon_associations=present_all(ctx, of_subscription(ctx, row.id)) if with_coupons else None,
        )
        for row in rows
    ]


def subscriptions_of_customer(ctx: Context, customer: CustomerRow) -> CustomerSubscriptionsResponse:
    """All active ones of a customer, unpaged: the pagination is always zeros, and none at all is null."""
    query = select(SubscriptionRow).where(
        SubscriptionRow.customer_id == customer.id,
        SubscriptionRow.status == "published",
        SubscriptionRow.subscription_status.in_(("active", "trialing")),
    )
    rows = ctx.session.scalars(query.order_by(SubscriptionRow.created_at.desc(), SubscriptionRow.id.desc())).all()
    pagination = Pagination.model_construct(total=0, limit=0, offset=0)
    items = list_responses(ctx, rows, frozenset()) or None
    for item in items or ():
        if item.subscription_type == "inherited":
            # Its plan is the parent's and is not shown here, as observed.
            item.plan = None
    return CustomerSubscriptionsResponse.model_construct(items=items, pagination=pagination)


def line_item_responses(
    ctx: Context, rows: Sequence[SubscriptionLineItemRow], *, prices: bool = False, with_meters: bool = False
) -> list[SubscriptionLineItemResponse]:
    """Lines in the order given; an open end is the zero time."""
    held = rows_by_id(ctx, PriceRow, (row.price_id for row in rows)) if prices else {}
    shown = {price.id: price for price in present_prices(ctx, list(held.values()))}
    held_meters = rows_by_id(ctx, MeterRow, (row.meter_id for row in rows)) if with_meters else {}
    return [
        present(
            ctx,
            SubscriptionLineItemResponse,
            row,
            end_date=row.end_date or ZERO_TIME,
            price=shown.get(row.price_id),
            meter=meters.to_response(ctx, held_meters[row.meter_id]) if row.meter_id in held_meters else None,
        )
        for row in rows
    ]


def _priced_lines(ctx: Context, rows: Sequence[SubscriptionLineItemRow]) -> list[_PricedLine]:
    shown = shown_prices(ctx, (row.price_id for row in rows))
    return [present(ctx, _PricedLine, row, end_date=row.end_date or ZERO_TIME, price=shown.get(row.price_id)) for row in rows]


def newest_usage_sequence(ctx: Context, plan_id: str) -> int:
    """The highest sequence of a plan's USAGE prices: what a subscription made now is in step with (0 without any)."""
    held: dict[str, int] = kept(ctx, "usage_sequences")
    if plan_id not in held:
        query = select(func.max(PriceRow.sequence)).where(
            PriceRow.entity_type == "PLAN", PriceRow.entity_id == plan_id, PriceRow.type == "USAGE", PriceRow.status == "published"
        )
        held[plan_id] = ctx.session.scalar(query) or 0
    return held[plan_id]


def is_out_of_sync(ctx: Context, row: SubscriptionRow) -> bool:
    """Whether the plan has newer usage prices than the subscription was made or synced with."""
    return newest_usage_sequence(ctx, row.plan_id) > row.synced_price_sequence


def _children(ctx: Context, table: Any, model: Any, subscription_id: str) -> list[Any]:
    query = select(table).where(table.subscription_id == subscription_id, table.status == "published")
    return [present(ctx, model, row) for row in ctx.session.scalars(query.order_by(table.created_at.desc(), table.id.desc()))]
