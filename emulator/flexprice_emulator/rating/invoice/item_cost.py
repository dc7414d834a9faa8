"""What an analytics item costs (rating.md §8): gross usage with the line's commitment, unrounded, no entitlement.

Only a bucketed cost without commitment is rounded, to the price's currency. Subscription-level commitments never
count here; with property filters, source filters or group-by the caller asks for no commitment.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from flexprice_emulator.rating.commitment.model import CommitmentInfo
from flexprice_emulator.rating.derivation import LineDerivation, LineStep
from flexprice_emulator.rating.invoice.gross import GrossUsage
from flexprice_emulator.rating.invoice.line_commitment import committed_charge


@dataclass(frozen=True, slots=True)
class ItemCost:
    """Cost of one line over a window, and how it came about."""

    cost: Decimal
    commitment_info: CommitmentInfo | None
    derivation: LineDerivation


def item_cost(gross: GrossUsage, *, billing_anchor: datetime, now: datetime, with_commitment: bool = True) -> ItemCost:
    """The item's `total_cost` before discounts."""
    cost = gross.amount if gross.is_bucketed else gross.priced.cost
    steps: list[LineStep] = [gross.measured, gross.priced, *([gross.rounding] if gross.is_bucketed else [])]
    committed = committed_charge(gross, cost, billing_anchor=billing_anchor, now=now) if with_commitment else None
    if committed is not None:
        steps.append(committed.step)
        cost = committed.step.charge
    info = committed.info if committed is not None else None
    return ItemCost(cost, info, LineDerivation(gross.quantity, cost, tuple(steps)))
