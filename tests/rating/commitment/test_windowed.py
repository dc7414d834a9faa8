"""Windows, their groups and their time-of-day buckets."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from flexprice_emulator.rating.commitment.model import CommitmentTimeBucket, LineCommitment
from flexprice_emulator.rating.commitment.windowed import time_bucket_of, window_commitment_step
from flexprice_emulator.rating.pricing.model import Price
from flexprice_emulator.rating.usage import BucketUsage

START = datetime(2025, 3, 1, tzinfo=UTC)
UNIT = Price("p", "usd", "FLAT_FEE", Decimal(1))
TEN = LineCommitment(commitment_amount=Decimal(10), overage_factor=Decimal(2), is_window_commitment=True)


@pytest.mark.parametrize(("aggregation_type", "charge"), [("MAX", 10 + 2 * 2), ("SUM", 10 + 9 * 2)])
def test_groups_of_a_window_are_merged_first(aggregation_type: str, charge: int) -> None:
    buckets = [BucketUsage(START, Decimal(12), "a"), BucketUsage(START, Decimal(7), "b")]
    assert window_commitment_step(TEN, UNIT, aggregation_type, buckets, None).charge == charge


def test_rows_off_the_grid_are_dropped_and_said_so() -> None:
    trued_up = LineCommitment(commitment_amount=Decimal(10), enable_true_up=True, is_window_commitment=True)
    step = window_commitment_step(trued_up, UNIT, "SUM", [BucketUsage(START - timedelta(days=1), Decimal(500))], [START])
    assert (step.charge, [bucket.value for bucket in step.dropped]) == (10, [500])


def test_an_empty_window_without_true_up_is_not_billed() -> None:
    night = CommitmentTimeBucket("00:00", "01:00", UNIT, commitment_amount=Decimal(10), enable_true_up=True)
    commitment = LineCommitment(commitment_type="", is_window_commitment=True, commitment_time_buckets=(night,))
    grid = [START + timedelta(hours=hour) for hour in range(24)]
    step = window_commitment_step(commitment, UNIT, "SUM", [BucketUsage(START + timedelta(hours=5), Decimal(3))], grid)
    assert [(window.start.hour, window.charge) for window in step.windows] == [(0, 10), (5, 3)]


def test_a_time_bucket_that_commits_to_nothing_bills_its_own_price() -> None:
    dear = CommitmentTimeBucket("00:00", "01:00", Price("d", "usd", "FLAT_FEE", Decimal(3)))
    commitment = LineCommitment(commitment_type="", is_window_commitment=True, commitment_time_buckets=(dear,))
    step = window_commitment_step(commitment, UNIT, "SUM", [BucketUsage(START, Decimal(5))], None)
    assert [(window.usage, window.charge) for window in step.windows] == [(15, 15)]


@pytest.mark.parametrize(
    ("start", "end", "hour", "inside"),
    [
        ("22:00", "02:00", 23, True),
        ("22:00", "02:00", 1, True),
        ("22:00", "02:00", 2, False),
        ("22:00", "24:00", 23, True),
        ("09:00", "17:00", 9, True),
        ("09:00", "17:00", 17, False),
        ("0", "24", 13, True),
    ],
)
def test_time_buckets_are_half_open_and_may_wrap_midnight(start: str, end: str, hour: int, inside: bool) -> None:
    bucket = CommitmentTimeBucket(start, end, UNIT)
    assert (time_bucket_of([bucket], START + timedelta(hours=hour)) is bucket) == inside


def test_the_first_matching_bucket_wins() -> None:
    first, second = CommitmentTimeBucket("00:00", "12:00", UNIT), CommitmentTimeBucket("00:00", "24:00", UNIT)
    assert time_bucket_of([first, second], START) is first
