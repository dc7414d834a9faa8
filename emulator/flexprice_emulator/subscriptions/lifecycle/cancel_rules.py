"""What refuses a cancellation (subscriptions.md §10)."""

from flexprice_client.models.base import time_text
from flexprice_client.models.subscription_lifecycle import CancelSubscriptionRequest
from flexprice_emulator.rating.pricing.model import ONETIME
from flexprice_emulator.subscriptions.tables import SubscriptionRow
from flexprice_emulator.subscriptions.terms import line_item_rows
from flexprice_emulator.subscriptions.validation import check_proration_behavior
from flexprice_emulator.wire.errors import ValidationError
from flexprice_emulator.workspace.context import Context

TYPES = ("immediate", "end_of_period", "scheduled_date")
POLICIES = ("generate_invoice", "skip")


def check(ctx: Context, row: SubscriptionRow, request: CancelSubscriptionRequest) -> None:
    """Raises ValidationError for the request's words, the subscription's state, and dates that do not fit."""
    _check_words(request)
    details = {"subscription_id": row.id, "subscription_status": row.subscription_status}
    if row.subscription_status == "draft":
        raise ValidationError("Draft subscriptions cannot be cancelled", details)
    if row.subscription_status == "cancelled":
        raise ValidationError("The subscription is already cancelled", {"subscription_id": row.id})
    if row.subscription_type == "inherited":
        raise ValidationError("Inherited subscriptions are cancelled with their parent", {"subscription_id": row.id})
    _check_dates(ctx, row, request)
    if request.proration_behavior == "create_prorations":
        periods = {(line.billing_period, line.billing_period_count) for line in line_item_rows(ctx, [row.id])}
        if len({period for period in periods if period[0] != ONETIME}) > 1:
            raise ValidationError("Proration is not supported for plans with mixed billing periods; use proration_behavior none")


def _check_words(request: CancelSubscriptionRequest) -> None:
    if request.cancellation_type not in TYPES:
        given = {"allowed_values": list(TYPES), "provided_value": request.cancellation_type}
        raise ValidationError("Invalid cancellation type", given)
    check_proration_behavior(request.proration_behavior)
    policy = request.cancel_immediately_inovice_policy
    if policy and policy not in POLICIES:
        raise ValidationError("Invalid cancel immediately invoice policy", {"allowed_values": list(POLICIES), "provided_value": policy})


def _check_dates(ctx: Context, row: SubscriptionRow, request: CancelSubscriptionRequest) -> None:
    at = request.cancel_at
    if request.cancellation_type == "immediate":
        if at is not None and (at <= row.current_period_start or at > ctx.now):
            shown = {
                "cancel_at": time_text(at),
                "current_period_start": time_text(row.current_period_start),
                "now": time_text(ctx.now),
            }
            raise ValidationError("cancel_at must be after the current period start and not in the future", shown)
        return
    if request.cancellation_type == "scheduled_date" and at is None:
        raise ValidationError("cancel_at is required when cancellation_type is scheduled_date")
    if row.cancel_at is not None:
        raise ValidationError(
            "Cancel the existing scheduled cancellation before creating a new one",
            {"cancel_at": time_text(row.cancel_at), "subscription_id": row.id},
        )
