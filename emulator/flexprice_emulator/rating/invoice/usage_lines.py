"""Usage charges to invoice lines (rating.md §5.3-5.5, §7): the steps after the gross charge, in the reference's order.

split halves -> buckets again -> grant or entitlement (never on overage halves) -> price, round -> line commitment,
round -> price unit. Lines are sorted by meter name afterwards; true-up and cumulative overage come last.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from flexprice_emulator.rating.commitment.model import CommitmentInfo
from flexprice_emulator.rating.commitment.subscription import SplitHalf
from flexprice_emulator.rating.decimals import ZERO, currency_places, round_currency, subtract, to_text
from flexprice_emulator.rating.derivation import LineDerivation, LineStep, ResetToBucketsStep, RoundStep
from flexprice_emulator.rating.entitlement.effect import UsageWindow, entitlement_step
from flexprice_emulator.rating.entitlement.grants import grant_applies, grant_step
from flexprice_emulator.rating.invoice.gross import GrossUsage, gross_usage, split_gross
from flexprice_emulator.rating.invoice.line_commitment import committed_charge
from flexprice_emulator.rating.invoice.model import InvoiceLine, InvoiceRequest
from flexprice_emulator.rating.invoice.true_up import cumulative_lines, is_cumulative, true_up_lines
from flexprice_emulator.rating.pricing.cost import price_step
from flexprice_emulator.rating.pricing.price_unit import to_price_unit


class PriceUnitNotFoundError(LookupError):
    """A usage line's custom price unit cannot be loaded: the invoice fails (a fixed line would be skipped)."""


def usage_lines(request: InvoiceRequest) -> list[InvoiceLine]:
    """All lines of the usage side: charges by meter name, then cumulative overage, then true-up."""
    subscription = request.subscription
    gross = gross_usage(
        request.line_items, request.usage, request.customers, request.period_start, request.period_end, subscription.currency
    )
    if is_cumulative(request):
        return cumulative_lines(request, _by_meter([_line(request, charge, None) for charge in gross]))
    split = split_gross(subscription, gross)
    if split is None:
        return _by_meter([_line(request, charge, None) for charge in gross])
    split_indexes = {half.charge_index for half in split.halves if half.is_overage}
    lines = [_line(request, gross[half.charge_index], half if half.charge_index in split_indexes else None) for half in split.halves]
    return [*_by_meter(lines), *true_up_lines(request, split)]


def _by_meter(lines: Sequence[InvoiceLine]) -> list[InvoiceLine]:
    return sorted(lines, key=lambda line: line.meter_display_name or line.display_name)


@dataclass(slots=True)
class _Charge:
    """A charge on its way to a line: what it bills so far, and why."""

    quantity: Decimal
    amount: Decimal
    steps: list[LineStep]
    currency: str
    adjusted_quantity: Decimal | None = None
    info: CommitmentInfo | None = None

    def round(self) -> None:
        """Rounds the amount to the currency and says so."""
        after = round_currency(self.amount, self.currency)
        self.steps.append(RoundStep(self.amount, after, currency_places(self.currency)))
        self.amount = after


def _line(request: InvoiceRequest, gross: GrossUsage, half: SplitHalf | None) -> InvoiceLine:
    item, subscription = gross.line_item, request.subscription
    if item.price.price_unit is not None and item.price_unit_rate is None:
        raise PriceUnitNotFoundError(item.price.price_unit)
    charge = _Charge(gross.quantity, gross.amount, [gross.measured, gross.priced, gross.rounding], subscription.currency)
    is_overage = half is not None and half.is_overage
    if half is not None:
        _take_half(charge, gross, half)
    metadata: dict[str, str] = {}
    if not is_overage:
        _take_allowance(charge, request, gross, metadata, repriced=half is not None)
        _take_commitment(charge, request, gross)
    name = f"{item.display_name} (Overage)" if is_overage else item.display_name
    if is_overage:
        metadata |= {"is_overage": "true", "overage_factor": to_text(subscription.overage_factor)}
    metadata["description"] = f"{item.display_name} ({'Overage' if is_overage else 'Usage'} Charge)"
    return InvoiceLine(
        display_name=name,
        amount=charge.amount,
        quantity=charge.quantity,
        currency=subscription.currency,
        price_type="USAGE",
        period_start=gross.start,
        period_end=gross.end,
        derivation=LineDerivation(charge.quantity, charge.amount, tuple(charge.steps)),
        subscription_id=subscription.id,
        price_id=item.price.id,
        meter_id=gross.meter.id,
        meter_display_name=item.meter_display_name,
        entity_id=item.entity_id,
        entity_type=item.entity_type,
        plan_display_name=item.plan_display_name,
        price_unit=item.price.price_unit,
        price_unit_id=item.price.price_unit_id,
        price_unit_amount=price_unit_amount(charge.amount, item.price_unit_rate, subscription.currency),
        metadata=metadata,
        commitment_info=charge.info,
        adjusted_entitlement_quantity=charge.adjusted_quantity,
        subscription_line_item_id=item.id,
    )


def price_unit_amount(amount: Decimal, rate: Decimal | None, currency: str) -> Decimal:
    """A line's amount in the price's custom unit at its current rate; 0 for fiat prices."""
    return ZERO if rate is None else to_price_unit(amount, rate, currency)


def _take_half(charge: _Charge, gross: GrossUsage, half: SplitHalf) -> None:
    charge.steps.append(half.step)
    charge.quantity, charge.amount = half.quantity, half.step.half_amount
    charge.round()
    if gross.is_bucketed:
        # Both halves fall back to the whole charge, so a split bucketed charge is billed twice.
        charge.quantity, charge.amount = gross.quantity, gross.amount
        charge.steps.append(ResetToBucketsStep(gross.quantity, gross.amount))


def _take_allowance(charge: _Charge, request: InvoiceRequest, gross: GrossUsage, metadata: dict[str, str], *, repriced: bool) -> None:
    """Grants or the entitlement, then the price of what is left; a covered half is priced again from its quantity."""
    subscription, item = request.subscription, gross.line_item
    window = UsageWindow(
        gross.meter,
        request.usage,
        request.customers,
        gross.start,
        gross.end,
        subscription.start_date,
        subscription.billing_anchor,
        subscription.billing_period,
    )
    grants = [g for g in request.grants.get(gross.meter.id, ()) if g.valid_from < gross.end and gross.start < g.valid_to]
    entitlement = request.entitlements.get(gross.meter.id)
    before = charge.quantity
    if grants and grant_applies(gross.meter, item.price, grants[0].grant_measure, item.commitment, true_up=subscription.enable_true_up):
        step = grant_step(grants, item.price, window)
        charge.steps.append(step)
        if step.measure == "amount":
            charge.quantity, charge.amount = ZERO, step.overage
            charge.adjusted_quantity = before
            charge.round()
            return
        charge.quantity = step.overage
    elif entitlement is not None:
        taken = entitlement_step(entitlement, charge.quantity, window)
        charge.steps.append(taken)
        charge.quantity = taken.billable
        if entitlement.usage_reset_period:
            metadata["usage_reset_period"] = entitlement.usage_reset_period.lower()
    elif not repriced or gross.is_bucketed:
        return
    if entitlement is not None or grants:
        charge.adjusted_quantity = max(subtract(before, charge.quantity), ZERO)
    unlimited = entitlement is not None and not grants and entitlement.usage_limit is None
    if charge.quantity == before and not (unlimited if gross.is_bucketed else repriced):
        return
    priced = price_step(item.price, charge.quantity)
    charge.steps.append(priced)
    charge.amount = priced.cost
    charge.round()


def _take_commitment(charge: _Charge, request: InvoiceRequest, gross: GrossUsage) -> None:
    committed = committed_charge(gross, charge.amount, billing_anchor=request.subscription.billing_anchor, now=request.now)
    if committed is None:
        return
    charge.steps.append(committed.step)
    charge.amount, charge.info = committed.step.charge, committed.info
    charge.round()
