"""A line item's own commitment on its charge, per window or as a whole (rating.md §5.2-5.3)."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from flexprice_emulator.rating.commitment.formula import commitment_info, has_commitment, line_commitment_step
from flexprice_emulator.rating.commitment.model import CommitmentInfo, LineCommitment
from flexprice_emulator.rating.commitment.windowed import window_commitment_step
from flexprice_emulator.rating.decimals import add
from flexprice_emulator.rating.derivation import CommitmentStep, WindowCommitmentStep
from flexprice_emulator.rating.invoice.gross import GrossUsage
from flexprice_emulator.rating.metering.grid import bucket_starts


@dataclass(frozen=True, slots=True)
class CommittedCharge:
    """The unrounded charge is `step.charge`; `info` is what the line reports."""

    step: CommitmentStep | WindowCommitmentStep
    info: CommitmentInfo


def committed_charge(gross: GrossUsage, usage: Decimal, *, billing_anchor: datetime, now: datetime) -> CommittedCharge | None:
    """The commitment on a charge of `usage` money; None without one. Windowed ones read the buckets again instead."""
    commitment = gross.line_item.commitment
    if commitment is None:
        return None
    if commitment.is_window_commitment and gross.is_bucketed:
        return _windowed(commitment, gross, billing_anchor, now)
    if not has_commitment(commitment):
        return None
    step = line_commitment_step(commitment, gross.line_item.price, usage)
    return CommittedCharge(step, commitment_info(commitment, utilized=step.utilized, overage=step.overage, true_up=step.true_up))


def _windowed(commitment: LineCommitment, gross: GrossUsage, billing_anchor: datetime, now: datetime) -> CommittedCharge:
    size, grid = gross.meter.bucket_size, None
    if commitment.true_up_anywhere and size is not None:
        grid = bucket_starts(size, gross.start, min(gross.end, now), anchor=billing_anchor)
    step = window_commitment_step(commitment, gross.line_item.price, gross.meter.aggregation_type, gross.buckets, grid)
    info = commitment_info(
        commitment,
        utilized=add(*(window.utilized for window in step.windows)),
        overage=add(*(window.overage for window in step.windows)),
        true_up=add(*(window.true_up for window in step.windows)),
    )
    return CommittedCharge(step, info)
