"""What a creation request must be, before anything is looked up (subscriptions.md §3.2)."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal

from flexprice_client.models.base import time_text
from flexprice_client.models.subscription_line_items import LineItemCommitmentConfig, OverrideLineItemRequest
from flexprice_client.models.subscriptions import CreateSubscriptionRequest, SubscriptionPhaseCreateRequest
from flexprice_emulator.invoices.numbers import PAYMENT_TERMS
from flexprice_emulator.rating.decimals import ONE, ZERO, to_text
from flexprice_emulator.wire.errors import ValidationError
from flexprice_emulator.workspace.context import Context

STATUSES = ("active", "paused", "cancelled", "incomplete", "trialing", "draft")
BILLING_PERIODS = ("MONTHLY", "ANNUAL", "WEEKLY", "DAILY", "QUARTERLY", "HALF_YEARLY")
BILLING_CYCLES = ("anniversary", "calendar")
PRORATION_BEHAVIORS = ("create_prorations", "none")
PAYMENT_BEHAVIORS = ("allow_incomplete", "default_incomplete", "error_if_incomplete", "default_active")
COLLECTION_METHODS = ("charge_automatically", "send_invoice")
_SENT = ("default_active", "default_incomplete")
_MAX_LINE_ITEMS = 100


def check(ctx: Context, request: CreateSubscriptionRequest) -> None:
    """Raises ValidationError for the first rule broken, in the reference's order."""
    if not request.customer_id and not request.external_customer_id:
        raise ValidationError("Please provide either customer_id or external_customer_id")
    for rule in _RULES:
        rule(ctx, request)


def check_billing_period(period: str) -> None:
    """Raises ValidationError for a period a subscription cannot have."""
    if period not in BILLING_PERIODS:
        raise ValidationError("Invalid billing period", {"billing_period": period})


def check_status(status: str) -> None:
    """Raises ValidationError for a status that does not exist."""
    if status not in STATUSES:
        raise ValidationError("Invalid subscription status", {"allowed_status": list(STATUSES), "status": status})


def check_proration_behavior(behavior: str | None) -> None:
    """Raises ValidationError for an unknown behavior; none at all is fine."""
    if behavior and behavior not in PRORATION_BEHAVIORS:
        raise ValidationError(
            "Proration behavior must be create_prorations or none",
            {"allowed_values": list(PRORATION_BEHAVIORS), "provided_value": behavior},
        )


def check_overrides(overrides: Sequence[OverrideLineItemRequest] | None) -> None:
    """Raises ValidationError for a price that is overridden twice, or by nothing, or by a negative figure."""
    seen: set[str] = set()
    for index, override in enumerate(overrides or ()):
        details = {"price_id": override.price_id, "index": index}
        if override.price_id in seen:
            raise ValidationError("Each price can only be overridden once per subscription", details)
        seen.add(override.price_id)
        if not override.model_dump(exclude={"price_id"}, exclude_none=True):
            raise ValidationError("At least one override field must be provided for a price", details)
        for name in ("quantity", "amount", "price_unit_amount"):
            figure: Decimal | None = getattr(override, name)
            if figure is not None and figure < ZERO:
                raise ValidationError(f"{name.replace('_', ' ').capitalize()} must be non-negative", {**details, name: figure})


def check_commitment(commitment: LineItemCommitmentConfig, price_id: str = "") -> None:
    """Raises ValidationError for a line commitment that is incomplete or contradicts itself."""
    details = {"price_id": price_id} if price_id else {}
    buckets = commitment.commitment_time_buckets or []
    amount, quantity = commitment.commitment_amount, commitment.commitment_quantity
    if amount is not None and quantity is not None:
        raise ValidationError("Specify either commitment_amount or commitment_quantity, not both", details)
    if amount is None and quantity is None:
        if buckets:
            return
        raise ValidationError("Specify either commitment_amount or commitment_quantity", details)
    if (amount is not None and amount < ZERO) or (quantity is not None and quantity < ZERO):
        raise ValidationError("Commitment must be non-negative", details)
    if commitment.overage_factor is None:
        raise ValidationError("Overage factor is required when commitment is set", details)
    if commitment.overage_factor < ONE:
        raise ValidationError("Overage factor must be greater than or equal to 1.0", {"overage_factor": commitment.overage_factor})
    if commitment.commitment_duration:
        check_billing_period(commitment.commitment_duration)


def _currency(_: Context, request: CreateSubscriptionRequest) -> None:
    if not request.currency.isalpha():
        raise ValidationError("Invalid currency", {"currency": request.currency})


def _terms(_: Context, request: CreateSubscriptionRequest) -> None:
    check_billing_period(request.billing_period)
    if request.billing_cycle and request.billing_cycle not in BILLING_CYCLES:
        raise ValidationError("Invalid billing cycle", {"allowed_values": list(BILLING_CYCLES), "provided_value": request.billing_cycle})
    check_proration_behavior(request.proration_behavior)
    if request.subscription_status:
        check_status(request.subscription_status)
    if request.billing_period_count < 0:
        raise ValidationError("Billing period count must be greater than 0", {"billing_period_count": request.billing_period_count})
    if request.payment_terms and request.payment_terms not in PAYMENT_TERMS:
        raise ValidationError(
            f"Payment terms must be one of: {', '.join(PAYMENT_TERMS)}",
            {"allowed_values": list(PAYMENT_TERMS), "payment_terms": request.payment_terms},
        )


def _payment(_: Context, request: CreateSubscriptionRequest) -> None:
    method, behavior = collection(request)
    if method not in COLLECTION_METHODS:
        raise ValidationError("Invalid collection method", {"allowed_values": list(COLLECTION_METHODS), "collection_method": method})
    if behavior not in PAYMENT_BEHAVIORS:
        raise ValidationError("Invalid payment behavior", {"allowed_values": list(PAYMENT_BEHAVIORS), "payment_behavior": behavior})
    if method == "charge_automatically" and behavior == "default_incomplete":
        raise ValidationError(
            "default_incomplete payment behavior is not supported for charge_automatically collection method",
            {
                "allowed_behaviors": ["allow_incomplete", "error_if_incomplete", "default_active"],
                "collection_method": method,
                "payment_behavior": behavior,
            },
        )
    if method == "send_invoice" and behavior not in _SENT:
        raise ValidationError(
            "Only default_active and default_incomplete are supported for send_invoice collection method",
            {"allowed_behaviors": list(_SENT), "collection_method": method, "payment_behavior": behavior},
        )


def _dates(ctx: Context, request: CreateSubscriptionRequest) -> None:
    start = request.start_date or ctx.now
    if request.end_date is not None and request.end_date <= start:
        raise ValidationError(
            "End date must be after start date", {"start_date": time_text(start), "end_date": time_text(request.end_date)}
        )
    if request.billing_anchor is not None and request.billing_cycle == "calendar":
        raise ValidationError(
            "billing_anchor can only be passed when billing_cycle is anniversary",
            {"billing_anchor": time_text(request.billing_anchor), "billing_cycle": request.billing_cycle},
        )
    if request.proration_behavior == "create_prorations":
        _prorated(ctx, request, start)
    if request.trial_period_days is not None and request.trial_period_days < 0:
        raise ValidationError("Trial period days must be non-negative", {"trial_period_days": request.trial_period_days})


def _prorated(ctx: Context, request: CreateSubscriptionRequest, start: datetime) -> None:
    if start.date() < ctx.now.date():
        raise ValidationError(
            "Either set start date to current day or later, or disable proration behavior",
            {"current_date": ctx.now.date().isoformat(), "start_date": start.date().isoformat()},
        )
    if request.override_entitlements:
        raise ValidationError("Entitlement overrides cannot be combined with proration; use proration_behavior none")


def _commitments(_: Context, request: CreateSubscriptionRequest) -> None:
    amount, factor = request.commitment_amount, request.overage_factor
    if amount is not None and amount < ZERO:
        raise ValidationError("Commitment amount must be non-negative", {"commitment_amount": to_text(amount)})
    if factor is not None and factor < ONE:
        raise ValidationError("Overage factor must be greater than or equal to 1.0", {"overage_factor": to_text(factor)})
    if request.commitment_duration:
        check_billing_period(request.commitment_duration)
    if request.auto_invoice_threshold is not None and request.auto_invoice_threshold < ZERO:
        raise ValidationError(
            "Auto invoice threshold must be non-negative", {"auto_invoice_threshold": to_text(request.auto_invoice_threshold)}
        )
    for price_id, commitment in (request.line_item_commitments or {}).items():
        check_commitment(commitment, price_id)
    if amount and factor is not None and factor > ONE and request.line_item_commitments:
        raise ValidationError("Cannot set commitment on both subscription and line item level")


def _lists(ctx: Context, request: CreateSubscriptionRequest) -> None:
    check_overrides(request.override_line_items)
    if len(request.line_items or ()) > _MAX_LINE_ITEMS:
        raise ValidationError(f"At most {_MAX_LINE_ITEMS} line items can be added", {"count": len(request.line_items or ())})
    for index, grant in enumerate(request.credit_grants or ()):
        if grant.scope != "SUBSCRIPTION":
            raise ValidationError(
                "Credit grants created with a subscription must have SUBSCRIPTION scope",
                {"grant_index": index, "grant_scope": grant.scope},
            )
    # None equals only none.
    if len({(grant.conversion_rate, grant.topup_conversion_rate) for grant in request.credit_grants or ()}) > 1:
        raise ValidationError("All credit grants must have the same conversion rate")
    twice = [identity for identity, n in Counter(o.entitlement_id for o in request.override_entitlements or ()).items() if n > 1]
    if twice:
        raise ValidationError("Each entitlement can only be overridden once per subscription", {"entitlement_id": twice[0]})
    if request.phases:
        if request.subscription_status == "draft":
            raise ValidationError("Draft subscriptions cannot have phases")
        _check_phases(request.phases, request.start_date or ctx.now, request.end_date)


def _check_phases(phases: Sequence[SubscriptionPhaseCreateRequest], start: datetime, end: datetime | None) -> None:
    if phases[0].start_date != start:
        raise ValidationError(
            "First phase start date must match subscription start date",
            {"phase_start_date": time_text(phases[0].start_date), "subscription_start_date": time_text(start)},
        )
    for index, phase in enumerate(phases):
        check_overrides(phase.override_line_items)
        last = index == len(phases) - 1
        if phase.end_date is None and not last:
            raise ValidationError("All phases but the last must have an end date", {"phase_index": index})
        if phase.end_date is not None and phase.end_date <= phase.start_date:
            raise ValidationError("Phase end date must be after its start date", {"phase_index": index})
        if not last and phases[index + 1].start_date != phase.end_date:
            raise ValidationError("Phases must be contiguous", {"phase_index": index + 1})
    if phases[-1].end_date != end and phases[-1].end_date is not None:
        raise ValidationError("Last phase end date must match subscription end date", {"phase_index": len(phases) - 1})


def collection(request: CreateSubscriptionRequest) -> tuple[str, str]:
    """(collection_method, payment_behavior) with defaults; the legacy method `default_incomplete` is taken apart."""
    method, behavior = request.collection_method or "charge_automatically", request.payment_behavior
    if method == "default_incomplete":
        return "charge_automatically", behavior or "allow_incomplete"
    return method, behavior or "default_active"


_RULES: tuple[Callable[[Context, CreateSubscriptionRequest], None], ...] = (_currency, _terms, _payment, _dates, _commitments, _lists)
