"""Commitments of a line, its time-of-day buckets, and what an invoice line reports of them (rating.md §5)."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from flexprice_emulator.rating.decimals import ONE, ZERO
from flexprice_emulator.rating.pricing.model import Price


@dataclass(frozen=True, slots=True)
class CommitmentTimeBucket:
    """[start, end) in UTC "HH:MM", may wrap midnight, end may be "24:00"; own price and commitment."""

    start: str
    end: str
    price: Price
    commitment_type: str = "amount"
    commitment_amount: Decimal | None = None
    commitment_quantity: Decimal | None = None
    overage_factor: Decimal = ONE
    enable_true_up: bool = False


@dataclass(frozen=True, slots=True)
class LineCommitment:
    """A line item's commitment: money, or a quantity priced through the line's own price.

    `commitment_type` is "amount", "quantity", or "" when only the time buckets commit to something.
    """

    commitment_type: str = "amount"
    commitment_amount: Decimal | None = None
    commitment_quantity: Decimal | None = None
    overage_factor: Decimal = ONE
    enable_true_up: bool = False
    is_window_commitment: bool = False
    commitment_duration: str | None = None
    commitment_time_buckets: tuple[CommitmentTimeBucket, ...] = ()

    @property
    def true_up_anywhere(self) -> bool:
        """Whether empty windows can cost anything."""
        return self.enable_true_up or any(bucket.enable_true_up for bucket in self.commitment_time_buckets)


@dataclass(frozen=True, slots=True)
class CommitmentInfo:
    """`commitment_info` of an invoice line; the computed figures are not rounded."""

    type: str
    amount: Decimal
    quantity: Decimal
    duration: str | None
    overage_factor: Decimal
    true_up_enabled: bool
    is_windowed: bool
    computed_commitment_utilized_amount: Decimal = ZERO
    computed_overage_amount: Decimal = ZERO
    computed_true_up_amount: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class PriorUsageLine:
    """A USAGE line of an earlier finalized invoice; overage lines carry their factor."""

    amount: Decimal
    overage_factor: Decimal | None = None


@dataclass(frozen=True, slots=True)
class PriorInvoice:
    """An earlier FINALIZED invoice of the subscription, for a commitment that spans several periods."""

    period_start: datetime
    period_end: datetime
    usage_lines: tuple[PriorUsageLine, ...]
