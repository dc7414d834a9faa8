"""A commitment that spans several billing periods (rating.md §5.5).

Invariant: within + overage base = current. The commitment runs once, [subscription start, + duration), and is
not repeated; the first period, with no finalized invoice before it, follows the per-period rule instead.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from flexprice_emulator.rating.commitment.model import PriorInvoice
from flexprice_emulator.rating.decimals import ZERO, add, divide, multiply, round_currency, subtract
from flexprice_emulator.rating.periods import add_billing_period


@dataclass(frozen=True, slots=True)
class CumulativeCharge:
    """Money, unrounded but for `true_up`: what the commitment still covers, what lies beyond, and the rest owed at its end."""

    prior_base: Decimal
    current_base: Decimal
    within_commitment: Decimal
    overage_base: Decimal
    overage_amount: Decimal
    true_up: Decimal

    @property
    def total(self) -> Decimal:
        """All that the period costs."""
        return add(self.within_commitment, self.overage_amount, self.true_up)


def commitment_end(start: datetime, commitment_duration: str) -> datetime:
    """End of the commitment by calendar addition."""
    return add_billing_period(start, commitment_duration)


def prior_invoices_counted(
    invoices: Sequence[PriorInvoice], commitment_start: datetime, period_start: datetime
) -> tuple[PriorInvoice, ...]:
    """Those of the commitment that ended before this period; none means the per-period rule applies."""
    return tuple(i for i in invoices if i.period_start >= commitment_start and i.period_end <= period_start)


def prior_base(invoices: Sequence[PriorInvoice]) -> Decimal:
    """Their usage at base rates: overage usage lines lose their factor; other lines were never usage."""
    return add(*(_base(line.amount, line.overage_factor) for invoice in invoices for line in invoice.usage_lines))


def _base(amount: Decimal, overage_factor: Decimal | None) -> Decimal:
    return divide(amount, overage_factor) if overage_factor else amount


def cumulative_charge(
    commitment: Decimal,
    overage_factor: Decimal,
    prior: Decimal,
    current: Decimal,
    *,
    true_up: bool,
    is_last_period: bool,
    currency: str,
) -> CumulativeCharge:
    """Splits the current period's usage; true-up only in the last period of the commitment."""
    within = min(current, max(subtract(commitment, prior), ZERO))
    overage_base = subtract(current, within)
    owed = max(subtract(commitment, add(prior, current)), ZERO) if true_up and is_last_period else ZERO
    return CumulativeCharge(prior, current, within, overage_base, multiply(overage_base, overage_factor), round_currency(owed, currency))
