"""Adding, changing and ending single lines (subscriptions.md §11.4)."""

from flexprice_client.models.subscription_line_items import (
    CreateSubscriptionLineItemRequest,
    DeleteSubscriptionLineItemRequest,
    LineItemCommitmentConfig,
    OverrideLineItemRequest,
    SubscriptionLineItemResponse,
    UpdateSubscriptionLineItemRequest,
)
from flexprice_emulator.catalog import prices
from flexprice_emulator.subscriptions.commitments import set_commitment
from flexprice_emulator.subscriptions.extra_lines import add_line
from flexprice_emulator.subscriptions.lifecycle.cancel_credit import billed
from flexprice_emulator.subscriptions.modifications import settlement
from flexprice_emulator.subscriptions.modifications.checks import check_quantity
from flexprice_emulator.subscriptions.modifications.lines import check_within, created_response, emit_updated, get_row, shut, successor
from flexprice_emulator.subscriptions.overrides import override_price
from flexprice_emulator.subscriptions.reads import get_row as get_subscription
from flexprice_emulator.subscriptions.reads import line_item_responses
from flexprice_emulator.subscriptions.tables import SubscriptionLineItemRow
from flexprice_emulator.subscriptions.validation import check_commitment, check_overrides, check_proration_behavior
from flexprice_emulator.workspace.context import Context

_PRICE_TERMS = ("amount", "billing_model", "tier_mode", "tiers", "transform_quantity")
_COMMITMENT_TERMS = (
    "commitment_amount",
    "commitment_quantity",
    "commitment_type",
    "commitment_overage_factor",
    "commitment_true_up_enabled",
    "commitment_windowed",
    "commitment_duration",
    "commitment_time_buckets",
)


def add(ctx: Context, subscription_id: str, request: CreateSubscriptionLineItemRequest) -> SubscriptionLineItemResponse:
    """One more line; with create_prorations the rest of the running period is billed now. Raises NotFoundError, ValidationError."""
    row = get_subscription(ctx, subscription_id)
    check_quantity(request.quantity)
    line = add_line(ctx, row, request)
    if request.proration_behavior == "create_prorations":
        at = max(request.start_date or ctx.now, line.start_date)
        share = settlement.opening_share(row, line, prices.get_row(ctx, line.price_id), at)
        if share is not None:
            settlement.charge(ctx, row, [share], line.id)
    emit_updated(ctx, row)
    return created_response(ctx, line)


def change(ctx: Context, line_id: str, request: UpdateSubscriptionLineItemRequest) -> SubscriptionLineItemResponse:
    """Other terms end the line and start another; metadata alone is written in place. Raises NotFoundError, ValidationError."""
    line = get_row(ctx, line_id)
    row = get_subscription(ctx, line.subscription_id)
    terms = {name: getattr(request, name) for name in _PRICE_TERMS if getattr(request, name) is not None}
    commits = any(getattr(request, name) is not None for name in _COMMITMENT_TERMS)
    if not terms and not commits:
        if request.metadata is not None:
            line.metadata_ = request.metadata
            ctx.touch(line)
        emit_updated(ctx, row)
        return line_item_responses(ctx, [line])[0]
    made = _succeed(ctx, line, request, OverrideLineItemRequest(price_id=line.price_id, **terms) if terms else None)
    if commits:
        commitment = _commitment(request)
        check_commitment(commitment, made.price_id)
        set_commitment(ctx, made, commitment)
    ctx.add(made)
    emit_updated(ctx, row)
    return created_response(ctx, made)


def end(ctx: Context, line_id: str, request: DeleteSubscriptionLineItemRequest) -> SubscriptionLineItemResponse:
    """End a line; with create_prorations the rest of its advance charge goes into a wallet. Raises NotFoundError, ValidationError."""
    check_proration_behavior(request.proration_behavior)
    line = get_row(ctx, line_id)
    row = get_subscription(ctx, line.subscription_id)
    effective = request.effective_from or ctx.now
    check_within(line, effective)
    if request.proration_behavior == "create_prorations":
        share = settlement.closing_share(ctx, row, line, prices.get_row(ctx, line.price_id), effective, billed(ctx, row))
        if share is not None:
            settlement.credit_deletion(ctx, row, line, -share.amount)
    shut(ctx, line, effective)
    emit_updated(ctx, row)
    return line_item_responses(ctx, [line])[0]


def _succeed(
    ctx: Context, line: SubscriptionLineItemRow, request: UpdateSubscriptionLineItemRequest, override: OverrideLineItemRequest | None
) -> SubscriptionLineItemRow:
    effective = request.effective_from or ctx.now
    check_within(line, effective)
    price_id = line.price_id
    if override is not None:
        check_overrides([override])
        price_id = override_price(ctx, line.subscription_id, prices.get_row(ctx, line.price_id), override).id
    metadata = line.metadata_ if request.metadata is None else request.metadata
    return successor(ctx, line, effective, price_id=price_id, end_date=line.end_date, metadata_=metadata)


def _commitment(request: UpdateSubscriptionLineItemRequest) -> LineItemCommitmentConfig:
    return LineItemCommitmentConfig(
        commitment_amount=request.commitment_amount,
        commitment_quantity=request.commitment_quantity,
        commitment_type=request.commitment_type or "",
        overage_factor=request.commitment_overage_factor,
        enable_true_up=request.commitment_true_up_enabled,
        is_window_commitment=request.commitment_windowed,
        commitment_duration=request.commitment_duration,
        commitment_time_buckets=request.commitment_time_buckets,
    )
