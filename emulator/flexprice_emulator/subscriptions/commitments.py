"""Commitments of lines: who may have one, and how it is kept (subscriptions.md §3.1, rating.md §5)."""

from collections.abc import Mapping, Sequence
from typing import Any

from flexprice_client.models.prices import CreatePriceRequest
from flexprice_client.models.subscription_line_items import CommitmentBucketRequest, LineItemCommitmentConfig
from flexprice_emulator.catalog.prices import create_price
from flexprice_emulator.catalog.tables import MeterRow
from flexprice_emulator.rating.decimals import ONE, to_text
from flexprice_emulator.subscriptions.tables import SubscriptionLineItemRow
from flexprice_emulator.wire.binding import bind
from flexprice_emulator.wire.errors import ValidationError
from flexprice_emulator.workspace.context import Context


def apply_commitments(ctx: Context, lines: Sequence[SubscriptionLineItemRow], commitments: Mapping[str, LineItemCommitmentConfig]) -> None:
    """Put commitments on the lines of the named prices. Raises ValidationError for a price without a line."""
    by_price = {line.price_id: line for line in lines}
    for price_id, commitment in commitments.items():
        line = by_price.get(price_id)
        if line is None:
            raise ValidationError("Commitment refers to a price that is not part of the subscription", {"price_id": price_id})
        set_commitment(ctx, line, commitment)


def set_commitment(ctx: Context, line: SubscriptionLineItemRow, commitment: LineItemCommitmentConfig) -> None:
    """Write one checked commitment on a line. Raises ValidationError where the line cannot have it."""
    if line.price_type != "USAGE":
        raise ValidationError("Line item must have price_type='usage' to use commitment pricing", {"price_type": line.price_type})
    windowed = bool(commitment.is_window_commitment)
    if windowed or commitment.commitment_time_buckets:
        _require_buckets(ctx, line)
    amount, quantity = commitment.commitment_amount, commitment.commitment_quantity
    line.commitment_amount, line.commitment_quantity = amount, quantity
    kind = commitment.commitment_type or ("amount" if amount is not None else "quantity" if quantity is not None else "")
    if (kind == "amount" and amount is None) or (kind == "quantity" and quantity is None):
        raise ValidationError("Commitment type does not match the commitment given", {"commitment_type": kind})
    if kind not in ("", "amount", "quantity"):
        raise ValidationError("Invalid commitment type", {"allowed_values": ["amount", "quantity"], "commitment_type": kind})
    line.commitment_type = kind or None
    line.commitment_overage_factor = commitment.overage_factor
    line.commitment_true_up_enabled = bool(commitment.enable_true_up)
    line.commitment_windowed = windowed
    line.commitment_duration = commitment.commitment_duration
    buckets = commitment.commitment_time_buckets
    line.commitment_time_buckets = [_stored_bucket(ctx, line, bucket) for bucket in buckets] if buckets else None


def _require_buckets(ctx: Context, line: SubscriptionLineItemRow) -> None:
    meter = ctx.session.get(MeterRow, line.meter_id)
    if meter is None or not meter.aggregation.get("bucket_size"):
        raise ValidationError("Window commitment requires a meter with bucket_size configured", {"meter_id": line.meter_id})


def _stored_bucket(ctx: Context, line: SubscriptionLineItemRow, bucket: CommitmentBucketRequest) -> dict[str, Any]:
    start, end = bucket.start, bucket.end
    if start is None or end is None:
        raise ValidationError("Time buckets need a start and an end")
    for moment in (start, end):
        if not (0 <= moment.hour <= 24 and 0 <= moment.minute <= 59) or (moment.hour == 24 and moment.minute):
            raise ValidationError("Invalid time of day in a time bucket", {"hour": moment.hour, "minute": moment.minute})
    factor = bucket.overage_factor if bucket.overage_factor is not None else ONE
    if factor < ONE:
        raise ValidationError("Overage factor must be greater than or equal to 1.0", {"overage_factor": to_text(factor)})
    return {
        "id": bucket.id or ctx.new_id("bucket"),
        "start": start.model_dump(),
        "end": end.model_dump(),
        "commitment_type": bucket.commitment_type or "amount",
        "commitment_value": to_text(bucket.commitment_value) if bucket.commitment_value is not None else None,
        "overage_factor": to_text(factor),
        "true_up_enabled": bucket.true_up_enabled,
        "price_id": _bucket_price(ctx, line, bucket),
    }


def _bucket_price(ctx: Context, line: SubscriptionLineItemRow, bucket: CommitmentBucketRequest) -> str:
    """A price of the bucket's own, or the line's."""
    if bucket.price is None:
        return line.price_id
    given = {
        **bucket.price,
        "entity_type": "SUBSCRIPTION",
        "entity_id": line.subscription_id,
        "currency": line.currency,
        "type": "USAGE",
        "meter_id": line.meter_id,
    }
    defaults = {
        "billing_period": line.billing_period,
        "billing_period_count": line.billing_period_count,
        "invoice_cadence": line.invoice_cadence,
        "price_unit_type": "FIAT",
    }
    request = bind(CreatePriceRequest, {**defaults, **given}, "Invalid request format")
    return create_price(ctx, request).id
