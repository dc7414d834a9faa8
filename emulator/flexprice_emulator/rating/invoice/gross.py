"""Gross usage charges of a window (rating.md §5.4, §7.1-7.4): clip, aggregate, price, round, split by the commitment.

This is what `POST /subscriptions/usage` shows and where invoices start; entitlements and line commitments come later.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from flexprice_emulator.rating.commitment.subscription import CommitmentSplit, GrossCharge, is_active, split_charges
from flexprice_emulator.rating.decimals import ZERO, add, currency_places, round_currency
from flexprice_emulator.rating.derivation import (
    BucketPriceStep,
    BucketValue,
    EventQuery,
    LineDerivation,
    LineStep,
    PriceStep,
    RoundStep,
    UsageStep,
)
from flexprice_emulator.rating.invoice.model import LineItem, Subscription, UsageCharge, UsageCharges
from flexprice_emulator.rating.metering.model import Meter
from flexprice_emulator.rating.pricing.bucketed import bucket_price_step
from flexprice_emulator.rating.pricing.cost import price_step
from flexprice_emulator.rating.usage import BucketUsage, UsageSource


@dataclass(frozen=True, slots=True)
class GrossUsage:
    """One usage line of a window before anything is taken off. `amount` is rounded, `priced.cost` is not."""

    line_item: LineItem
    meter: Meter
    start: datetime
    end: datetime
    measured: UsageStep
    buckets: tuple[BucketUsage, ...]
    priced: PriceStep | BucketPriceStep
    rounding: RoundStep

    @property
    def quantity(self) -> Decimal:
        """The meter's aggregate over the window."""
        return self.measured.quantity

    @property
    def amount(self) -> Decimal:
        """The rounded cost of the whole quantity."""
        return self.rounding.after

    @property
    def is_bucketed(self) -> bool:
        """Whether the cost is a sum over buckets."""
        return self.meter.is_bucketed


def gross_usage(
    line_items: Sequence[LineItem], usage: UsageSource, customers: Sequence[str], start: datetime, end: datetime, currency: str
) -> list[GrossUsage]:
    """Every ARREAR usage line active in [start, end), in the order the commitment is spent.

    Plain meters with usage first, then bucketed ones, then lines without usage; within each as given. (The
    reference takes plain meters in random order.)
    """
    charges = [
        charge
        for item in line_items
        if item.price.type == "USAGE" and item.price.invoice_cadence != "ADVANCE"
        for charge in _gross(item, usage, customers, start, end, currency)
    ]
    return sorted(charges, key=_spending_rank)


def usage_charges(
    subscription: Subscription,
    line_items: Sequence[LineItem],
    usage: UsageSource,
    customers: Sequence[str],
    start: datetime,
    end: datetime,
) -> UsageCharges:
    """Gross figures of a window with the subscription's commitment split, charges by meter name."""
    gross = gross_usage(line_items, usage, customers, start, end, subscription.currency)
    split = split_gross(subscription, gross)
    if split is None:
        charges = [_charge(charge, charge.quantity, charge.amount) for charge in gross]
        utilized, beyond = ZERO, ZERO
        # The total rounds the sum of unrounded costs: it may differ by a cent from the sum of the charges.
        amount = round_currency(
            add(*(charge.amount if charge.is_bucketed else charge.priced.cost for charge in gross)), subscription.currency
        )
    else:
        charges = [
            _charge(
                gross[half.charge_index],
                half.quantity,
                half.amount,
                (half.step, RoundStep(half.step.half_amount, half.amount, currency_places(subscription.currency))),
                overage_factor=subscription.overage_factor if half.is_overage else None,
            )
            for half in split.halves
        ]
        utilized, beyond = split.utilized, split.overage_amount
        amount = add(*(charge.amount for charge in charges))
    charges.sort(key=lambda charge: charge.line_item.meter_display_name or charge.line_item.display_name)
    return UsageCharges(
        charges=tuple(charges),
        amount=amount,
        currency=subscription.currency,
        start_time=start,
        end_time=end,
        commitment_amount=subscription.commitment_amount,
        overage_factor=subscription.overage_factor,
        commitment_utilized=utilized,
        overage_amount=beyond,
        has_overage=split is not None and split.has_overage,
    )


def split_gross(subscription: Subscription, gross: Sequence[GrossUsage]) -> CommitmentSplit | None:
    """The charges against the subscription's commitment; None where it has none that is active."""
    committed = subscription.commitment_amount
    if committed is None or not is_active(committed, subscription.overage_factor):
        return None
    charges = [GrossCharge(charge.line_item.price, charge.quantity, charge.amount) for charge in gross]
    return split_charges(charges, committed, subscription.overage_factor, subscription.currency)


def _gross(item: LineItem, usage: UsageSource, customers: Sequence[str], start: datetime, end: datetime, currency: str) -> list[GrossUsage]:
    start = max(start, item.start_date)
    end = end if item.end_date is None else min(end, item.end_date)
    if not start < end:
        return []
    meter = item.meter
    if meter is None:
        raise ValueError(f"usage line item {item.id} has no meter")
    query = EventQuery(
        meter.id, meter.event_name, meter.aggregation_type, tuple(customers), start, end, meter.bucket_size if meter.is_bucketed else None
    )
    buckets: tuple[BucketUsage, ...] = ()
    priced: PriceStep | BucketPriceStep
    if meter.is_bucketed:
        # Pre-fetched buckets carry no billing anchor: MONTH buckets are calendar months on every invoice.
        buckets = tuple(usage.buckets(meter, customers, start, end))
        quantity = add(*(bucket.value for bucket in buckets))
        priced = bucket_price_step(item.price, buckets)
        values = tuple(BucketValue(bucket.start, bucket.value, bucket.group) for bucket in buckets)
        measured = UsageStep(query, quantity, None, values)
    else:
        total = usage.total(meter, customers, start, end)
        measured = UsageStep(query, total.quantity, total.event_count)
        priced = price_step(item.price, total.quantity)
    rounding = RoundStep(priced.cost, round_currency(priced.cost, currency), currency_places(currency))
    return [GrossUsage(item, meter, start, end, measured, buckets, priced, rounding)]


def _spending_rank(charge: GrossUsage) -> int:
    if not charge.measured.event_count and not charge.buckets:
        return 2
    return 1 if charge.is_bucketed else 0


def _charge(
    gross: GrossUsage,
    quantity: Decimal,
    amount: Decimal,
    split_steps: tuple[LineStep, ...] = (),
    *,
    overage_factor: Decimal | None = None,
) -> UsageCharge:
    steps = (gross.measured, gross.priced, gross.rounding, *split_steps)
    return UsageCharge(
        line_item=gross.line_item,
        amount=amount,
        quantity=quantity,
        period_start=gross.start,
        period_end=gross.end,
        derivation=LineDerivation(quantity, amount, steps),
        is_overage=overage_factor is not None,
        overage_factor=overage_factor,
    )
