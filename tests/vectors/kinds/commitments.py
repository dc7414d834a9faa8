"""Vector kinds of commitments."""

from collections.abc import Callable, Mapping
from typing import Any

from flexprice_emulator.rating.commitment.cumulative import cumulative_charge
from flexprice_emulator.rating.commitment.formula import line_commitment_step
from flexprice_emulator.rating.commitment.model import CommitmentTimeBucket, LineCommitment
from flexprice_emulator.rating.commitment.windowed import window_commitment_step
from flexprice_emulator.rating.decimals import ONE, ZERO, round_currency
from flexprice_emulator.rating.metering.grid import bucket_starts
from flexprice_emulator.rating.usage import BucketUsage
from tests.vectors.kinds.reading import figures, instant, maybe_instant, maybe_number, number, price_of


def commitment_of(spec: Mapping[str, Any], time_buckets: Any = ()) -> LineCommitment:
    """A line commitment: {type, amount or quantity, overage_factor, true_up, windowed}."""
    return LineCommitment(
        commitment_type=spec.get("type", ""),
        commitment_amount=maybe_number(spec.get("amount")),
        commitment_quantity=maybe_number(spec.get("quantity")),
        overage_factor=number(spec["overage_factor"]) if "overage_factor" in spec else ONE,
        enable_true_up=spec.get("true_up", False),
        is_window_commitment=spec.get("windowed", False),
        commitment_time_buckets=tuple(_time_bucket(bucket) for bucket in time_buckets or ()),
    )


def _time_bucket(spec: Mapping[str, Any]) -> CommitmentTimeBucket:
    by_quantity = spec["type"] == "quantity"
    return CommitmentTimeBucket(
        start=spec["start"],
        end=spec["end"],
        price=price_of(spec["price"]),
        commitment_type=spec["type"],
        commitment_amount=None if by_quantity else number(spec["value"]),
        commitment_quantity=number(spec["value"]) if by_quantity else None,
        overage_factor=number(spec["overage_factor"]) if "overage_factor" in spec else ONE,
        enable_true_up=spec.get("true_up", False),
    )


def run_line(case: Mapping[str, Any]) -> None:
    """A commitment on a ready amount."""
    given = case["input"]
    price = price_of(given["price"])
    step = line_commitment_step(commitment_of(given["commitment"]), price, number(given["usage_amount"]))
    figures(
        case["expected"],
        {
            "charge": step.charge,
            "amount": round_currency(step.charge, price.currency),
            "commitment_as_amount": step.commitment,
            "utilized": step.utilized,
            "overage": step.overage,
            "true_up": step.true_up,
        },
    )


def run_window(case: Mapping[str, Any]) -> None:
    """A commitment per bucket, on rows as the query returned them."""
    given = case["input"]
    price = price_of(given["price"])
    commitment = commitment_of(given["commitment"], given.get("time_buckets"))
    start, end = instant(given["period_start"]), instant(given["period_end"])
    grid = None
    if commitment.true_up_anywhere:
        end = min(end, instant(given["now"])) if "now" in given else end
        grid = bucket_starts(given["bucket_size"], start, end, anchor=maybe_instant(given.get("billing_anchor")))
    buckets = [BucketUsage(instant(w["start"]), number(w["value"]), w.get("group", "")) for w in given["windows"]]
    step = window_commitment_step(commitment, price, given["aggregation"], buckets, grid)
    figures(
        case["expected"],
        {
            "charge": step.charge,
            "amount": round_currency(step.charge, price.currency),
            "utilized": sum((window.utilized for window in step.windows), ZERO),
            "overage": sum((window.overage for window in step.windows), ZERO),
            "true_up": sum((window.true_up for window in step.windows), ZERO),
            "windows_billed": len(step.windows),
        },
    )


def run_cumulative(case: Mapping[str, Any]) -> None:
    """A commitment over several periods."""
    given = case["input"]
    charge = cumulative_charge(
        number(given["commitment_amount"]),
        number(given["overage_factor"]),
        number(given["prior_base"]),
        number(given["current_base"]),
        true_up=given.get("true_up", False),
        is_last_period=given.get("is_last_period", False),
        currency=given.get("currency", "usd"),
    )
    figures(
        case["expected"],
        {
            "within_commitment": charge.within_commitment,
            "overage_base": charge.overage_base,
            "overage_amount": charge.overage_amount,
            "true_up": charge.true_up,
            "total": charge.total,
        },
    )


KINDS: dict[str, Callable[[Mapping[str, Any]], None]] = {
    "line_commitment": run_line,
    "window_commitment": run_window,
    "cumulative_commitment": run_cumulative,
}
