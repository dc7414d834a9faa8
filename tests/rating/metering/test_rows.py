from datetime import timedelta
from decimal import Decimal

import pytest

from flexprice_emulator.rating.metering.model import Meter
from flexprice_emulator.rating.metering.rows import RowsUsage
from flexprice_emulator.rating.usage import BucketUsage, Usage, UsageSource
from tests.rating.metering.build import at, row

SUM = Meter("m", "ev", "SUM", "v")
PEAK = Meter("m", "ev", "MAX", "v", bucket_size="HOUR")
START, END = at("2024-03-10T00:00"), at("2024-03-11T00:00")
ROWS = [
    row("a", "2024-03-10T12:05", "10"),
    row("b", "2024-03-10T12:50", "30", customer="d"),
    row("c", "2024-03-10T13:10", "20"),
    row("d", "2024-03-10T13:10", "99", meter="other"),
    row("e", "2024-03-11T00:00", "5"),
    row("f", "2024-03-09T23:59:59", "7"),
]


def source() -> UsageSource:
    return RowsUsage(ROWS)


def test_bounds_are_half_open_and_cut_to_the_second() -> None:
    half = timedelta(milliseconds=500)
    assert source().total(SUM, ["c"], START, END) == Usage(Decimal(30), 2)
    assert source().total(SUM, ["c"], at("2024-03-10T12:05") + half, at("2024-03-10T13:10") + half) == Usage(Decimal(10), 1)


def test_several_customers_count_once_each() -> None:
    assert source().total(SUM, ["c", "d", "c", "nobody"], START, END) == Usage(Decimal(60), 3)


def test_a_bucketed_total_is_the_sum_of_buckets() -> None:
    assert source().total(PEAK, ["c", "d"], START, END) == Usage(Decimal(50), 3)
    assert source().buckets(PEAK, ["c", "d"], START, END) == [
        BucketUsage(at("2024-03-10T12:00"), Decimal(30)),
        BucketUsage(at("2024-03-10T13:00"), Decimal(20)),
    ]


def test_windows_are_clipped() -> None:
    assert source().windows(SUM, ["c"], START, at("2024-03-12T00:00"), "DAY") == [
        BucketUsage(START, Decimal(30)),
        BucketUsage(END, Decimal(5)),
    ]
    anchored = source().windows(SUM, ["c"], START, END, "MONTH", anchor=at("2024-01-05T00:00"))
    assert anchored == [BucketUsage(at("2024-03-05T00:00"), Decimal(30))]


def test_a_meter_without_buckets_has_none() -> None:
    with pytest.raises(ValueError, match="bucket_size"):
        source().buckets(SUM, ["c"], START, END)
