"""Phases: date-bounded sets of plan lines; nothing advances them (subscriptions.md §3.8)."""

from collections.abc import Sequence
from datetime import datetime

from flexprice_client.models.subscription_line_items import CreateSubscriptionLineItemRequest
from flexprice_client.models.subscriptions import SubscriptionPhaseCreateRequest
from flexprice_emulator.catalog.tables import PriceRow
from flexprice_emulator.subscriptions.coupons import attach_coupons
from flexprice_emulator.subscriptions.extra_lines import add_line
from flexprice_emulator.subscriptions.overrides import apply_overrides
from flexprice_emulator.subscriptions.plan_prices import line_from_price, name_meters
from flexprice_emulator.subscriptions.tables import SubscriptionLineItemRow, SubscriptionPhaseRow, SubscriptionRow
from flexprice_emulator.workspace.context import Context


def phase_rows(ctx: Context, subscription_id: str, phases: Sequence[SubscriptionPhaseCreateRequest]) -> list[SubscriptionPhaseRow]:
    """All phases of a subscription, stored."""
    return [
        ctx.add(
            SubscriptionPhaseRow(
                id=ctx.new_id("phase"),
                subscription_id=subscription_id,
                start_date=phase.start_date,
                end_date=phase.end_date,
                metadata_=phase.metadata,
                **ctx.stamp(),
            )
        )
        for phase in phases
    ]


def open_first_phase(
    ctx: Context,
    subscription: SubscriptionRow,
    phase: SubscriptionPhaseRow,
    request: SubscriptionPhaseCreateRequest,
    lines: Sequence[SubscriptionLineItemRow],
) -> None:
    """The first phase holds the plan's own lines. Its overrides are ignored, its coupons too unless it adds lines."""
    for line in lines:
        line.subscription_phase_id = phase.id
    if not request.line_items:
        return
    added = [add_line(ctx, subscription, item, phase_id=phase.id) for item in request.line_items]
    _coupons(ctx, subscription, phase, request, [*lines, *added])


def open_later_phases(
    ctx: Context,
    subscription: SubscriptionRow,
    phases: Sequence[tuple[SubscriptionPhaseRow, SubscriptionPhaseCreateRequest]],
    prices: Sequence[PriceRow],
    plan_name: str,
) -> None:
    """Each later phase gets a full set of plan lines within its dates, with its own overrides, lines and coupons."""
    for phase, request in phases:
        lines = [
            line_from_price(
                ctx,
                subscription,
                price,
                start=phase.start_date,
                end=phase.end_date,
                entity_id=subscription.plan_id,
                entity_type="plan",
                plan_display_name=plan_name,
                subscription_phase_id=phase.id,
            )
            for price in prices
        ]
        name_meters(ctx, lines)
        apply_overrides(ctx, subscription, lines, {price.id: price for price in prices}, request.override_line_items or ())
        ctx.session.add_all(lines)
        ctx.session.flush()
        extra = [
            add_line(ctx, subscription, _within(item, phase.start_date, phase.end_date), phase_id=phase.id)
            for item in request.line_items or ()
        ]
        _coupons(ctx, subscription, phase, request, [*lines, *extra])


def _within(item: CreateSubscriptionLineItemRequest, start: datetime, end: datetime | None) -> CreateSubscriptionLineItemRequest:
    """A phase's extra line keeps to the phase's dates."""
    return item.model_copy(update={"start_date": item.start_date or start, "end_date": item.end_date or end})


def _coupons(
    ctx: Context,
    subscription: SubscriptionRow,
    phase: SubscriptionPhaseRow,
    request: SubscriptionPhaseCreateRequest,
    lines: Sequence[SubscriptionLineItemRow],
) -> None:
    attach_coupons(
        ctx,
        subscription,
        lines,
        by_code=request.subscription_coupons or (),
        ids=request.coupons or (),
        by_price=request.line_item_coupons,
        start=phase.start_date,
        phase_id=phase.id,
    )
