"""Lines that a subscription-level commitment adds or scales (rating.md §5.4-5.5): true-up, cumulative share, overage.

Invariants: a true-up is never billed beside an overage of the same period; a cumulative commitment trues up only
in its last period.
"""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from flexprice_emulator.rating.commitment.cumulative import (
    CumulativeCharge,
    commitment_end,
    cumulative_charge,
    prior_base,
    prior_invoices_counted,
)
from flexprice_emulator.rating.commitment.subscription import CommitmentSplit, is_active, true_up_amount
from flexprice_emulator.rating.decimals import ONE, ZERO, add, currency_places, divide, multiply, round_currency, subtract, to_text
from flexprice_emulator.rating.derivation import (
    CumulativeOverageStep,
    CumulativeStep,
    LineDerivation,
    LineStep,
    RoundStep,
    TrueUpStep,
)
from flexprice_emulator.rating.invoice.model import InvoiceLine, InvoiceRequest, Subscription


def true_up_lines(request: InvoiceRequest, split: CommitmentSplit) -> list[InvoiceLine]:
    """The per-period true-up: what gross usage left of the commitment, when nothing went beyond it."""
    subscription = request.subscription
    if not subscription.enable_true_up or split.has_overage or subscription.commitment_amount is None:
        return []
    return _true_up(request, subscription.commitment_amount, split.utilized)


def is_cumulative(request: InvoiceRequest) -> bool:
    """A commitment longer than the billing period, once a finalized invoice of it lies behind."""
    subscription = request.subscription
    return bool(
        is_active(subscription.commitment_amount, subscription.overage_factor)
        and subscription.commitment_duration
        and subscription.commitment_duration != subscription.billing_period
        and prior_invoices_counted(request.prior_invoices, subscription.start_date, request.period_start)
    )


def cumulative_lines(request: InvoiceRequest, lines: Sequence[InvoiceLine]) -> list[InvoiceLine]:
    """Usage lines scaled to what the commitment still covers, one overage line, and the true-up of the last period."""
    subscription = request.subscription
    committed = subscription.commitment_amount or ZERO
    prior = prior_base(prior_invoices_counted(request.prior_invoices, subscription.start_date, request.period_start))
    current = add(*(line.amount for line in lines))
    charge = cumulative_charge(
        committed,
        subscription.overage_factor,
        prior,
        current,
        true_up=subscription.enable_true_up,
        is_last_period=request.period_end >= commitment_end(subscription.start_date, subscription.commitment_duration or ""),
        currency=subscription.currency,
    )
    result = [_share(line, charge, subscription.currency) for line in lines]
    if charge.overage_amount > ZERO:
        result.append(_overage_line(request, charge, committed))
    if charge.true_up > ZERO:
        result.extend(_true_up(request, committed, add(prior, current)))
    return result


def _share(line: InvoiceLine, charge: CumulativeCharge, currency: str) -> InvoiceLine:
    total, within = charge.current_base, charge.within_commitment
    if not total:
        return line
    share, factor = divide(line.amount, total), divide(within, total)
    unrounded = multiply(share, within)
    amount = round_currency(unrounded, currency)
    # Quantities are cut to the currency's precision here, as odd as that is.
    quantity = round_currency(multiply(line.quantity, factor), currency)
    steps: tuple[LineStep, ...] = (
        CumulativeStep(line.amount, total, within, share, unrounded, line.quantity, factor, quantity),
        RoundStep(unrounded, amount, currency_places(currency)),
    )
    derivation = LineDerivation(quantity, amount, (*line.derivation.steps, *steps))
    return replace(line, quantity=quantity, amount=amount, derivation=derivation)


def _overage_line(request: InvoiceRequest, charge: CumulativeCharge, committed: Decimal) -> InvoiceLine:
    subscription = request.subscription
    factor = subscription.overage_factor
    amount = round_currency(charge.overage_amount, subscription.currency)
    steps = (
        CumulativeOverageStep(committed, charge.prior_base, charge.current_base, factor, charge.overage_base, charge.overage_amount),
        RoundStep(charge.overage_amount, amount, currency_places(subscription.currency)),
    )
    name = f"{subscription.plan_display_name} Overage"
    metadata = {"is_overage": "true", "overage_factor": to_text(factor), "description": f"{name} (Overage Charge)"}
    return _added_line(request, subscription, name, charge.overage_base, amount, steps, metadata)


def _true_up(request: InvoiceRequest, committed: Decimal, utilized: Decimal) -> list[InvoiceLine]:
    subscription = request.subscription
    amount = true_up_amount(committed, utilized, subscription.currency)
    if amount <= ZERO:
        return []
    owed = subtract(committed, utilized)
    steps = (TrueUpStep(committed, utilized, owed), RoundStep(owed, amount, currency_places(subscription.currency)))
    metadata = {
        "is_commitment_trueup": "true",
        "commitment_amount": to_text(committed),
        "commitment_utilized": to_text(utilized),
        "description": f"{subscription.plan_display_name} True Up",
    }
    return [_added_line(request, subscription, f"{subscription.plan_display_name} True Up", ONE, amount, steps, metadata)]


def _added_line(
    request: InvoiceRequest,
    subscription: Subscription,
    name: str,
    quantity: Decimal,
    amount: Decimal,
    steps: tuple[LineStep, ...],
    metadata: dict[str, str],
) -> InvoiceLine:
    return InvoiceLine(
        display_name=name,
        amount=amount,
        quantity=quantity,
        currency=subscription.currency,
        price_type="FIXED",
        period_start=request.period_start,
        period_end=request.period_end,
        derivation=LineDerivation(quantity, amount, steps),
        subscription_id=subscription.id,
        plan_display_name=subscription.plan_display_name,
        metadata=metadata,
    )
