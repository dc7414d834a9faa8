"""Fixed charges to invoice lines (rating.md §6.2-6.3).

Invariants: a line active for part of its window is scaled by seconds whatever the proration behavior is; a full
line is only prorated under create_prorations in the subscription's current period; each line is rounded once,
at its very end; the quantity shown stays the full quantity.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from flexprice_emulator.rating.decimals import ZERO, currency_places, divide, multiply, round_currency, subtract
from flexprice_emulator.rating.derivation import (
    FixedQuantityStep,
    LineDerivation,
    LineStep,
    OpeningCreditStep,
    ProrationStep,
    RoundStep,
    ScaleStep,
    TrialStep,
)
from flexprice_emulator.rating.invoice.model import InvoiceLine, LineItem, Subscription
from flexprice_emulator.rating.invoice.windows import FixedWindow
from flexprice_emulator.rating.periods import previous_billing_date
from flexprice_emulator.rating.pricing.cost import price_step
from flexprice_emulator.rating.pricing.model import ONETIME
from flexprice_emulator.rating.pricing.price_unit import to_price_unit
from flexprice_emulator.rating.proration import coefficient, last_second, seconds


def fixed_lines(
    subscription: Subscription,
    windows: Iterable[FixedWindow],
    line_items: Sequence[LineItem],
    *,
    opening_credit: Decimal = ZERO,
    is_trial_start: bool = False,
) -> list[InvoiceLine]:
    """Lines in the order of `windows`; the opening credit eats them in order, its excess is lost."""
    prorates = subscription.proration_behavior == "create_prorations" and not has_mixed_periods(line_items)
    lines: list[InvoiceLine] = []
    credit = opening_credit
    for window in windows:
        line = _line(subscription, window, prorates=prorates, credit=credit, is_trial_start=is_trial_start)
        if line is None:
            continue
        credit = subtract(credit, sum((s.credit for s in line.derivation.steps if isinstance(s, OpeningCreditStep)), ZERO))
        lines.append(line)
    return lines


def has_mixed_periods(line_items: Sequence[LineItem]) -> bool:
    """Whether recurring lines have more than one billing period; then nothing is prorated."""
    periods = {(item.price.billing_period, item.price.billing_period_count) for item in line_items if item.price.billing_period != ONETIME}
    return len(periods) > 1


def _line(subscription: Subscription, window: FixedWindow, *, prorates: bool, credit: Decimal, is_trial_start: bool) -> InvoiceLine | None:
    item, currency = window.line_item, subscription.currency
    if item.price.price_unit is not None and item.price_unit_rate is None:
        # A unit that cannot be loaded silently drops the line.
        return None
    start, end = window.start, window.end
    if window.rule == "same_cadence":
        start = max(start, item.start_date)
        end = end if item.end_date is None else min(end, item.end_date)
        if not start < end:
            return None
    priced = price_step(item.price, item.quantity)
    steps: list[LineStep] = [FixedQuantityStep(item.quantity), priced]
    amount = priced.cost
    if window.rule == "same_cadence":
        adjusted = _adjust(subscription, window, start, end, amount, prorates=prorates)
        if adjusted is not None:
            steps.append(adjusted)
            amount = adjusted.after if isinstance(adjusted, ScaleStep) else adjusted.amount
    unrounded = amount
    amount = round_currency(unrounded, currency)
    steps.append(RoundStep(unrounded, amount, currency_places(currency)))
    if is_trial_start:
        steps.append(TrialStep(amount))
        unrounded = amount = ZERO
    used = min(credit, amount)
    if used > ZERO:
        reduced = subtract(amount, used)
        steps.append(OpeningCreditStep(amount, used, reduced))
        amount = reduced
    return InvoiceLine(
        display_name=item.display_name,
        amount=amount,
        quantity=item.quantity,
        currency=currency,
        price_type="FIXED",
        period_start=start,
        period_end=end,
        derivation=LineDerivation(item.quantity, amount, tuple(steps)),
        subscription_id=subscription.id,
        price_id=item.price.id,
        entity_id=item.entity_id,
        entity_type=item.entity_type,
        plan_display_name=item.plan_display_name,
        price_unit=item.price.price_unit,
        price_unit_id=item.price.price_unit_id,
        price_unit_amount=ZERO if item.price_unit_rate is None else to_price_unit(unrounded, item.price_unit_rate, currency),
        metadata={"description": f"{item.display_name} (Fixed Charge)"},
        subscription_line_item_id=item.id,
    )


def _adjust(
    subscription: Subscription, window: FixedWindow, start: datetime, end: datetime, amount: Decimal, *, prorates: bool
) -> ScaleStep | ProrationStep | None:
    active, whole = seconds(end - start), seconds(window.end - window.start)
    if active < whole:
        share = divide(active, whole)
        return ScaleStep(amount, active, whole, share, multiply(amount, share))
    current = (subscription.current_period_start, subscription.current_period_end)
    if not prorates or (window.start, window.end) != current:
        return None
    return _prorated(subscription, window.line_item)


def _prorated(subscription: Subscription, item: LineItem) -> ProrationStep:
    """The share of a full period counted from the *original* anchor, so later periods echo the first one."""
    since = subscription.billing_anchor
    if subscription.billing_cycle == "calendar":
        since = previous_billing_date(since, subscription.billing_period, subscription.billing_period_count, timezone=subscription.timezone)
    until = last_second(subscription.current_period_end)
    at = max(since, item.start_date)
    share = coefficient(since, until, at)
    amount = multiply(item.price.amount, item.quantity, share)
    remaining, total = max(seconds(until - at), ZERO), seconds(until - since)
    return ProrationStep(item.price.amount, item.quantity, remaining, total, share, amount)
