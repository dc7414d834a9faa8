from decimal import Decimal

import pytest

from flexprice_emulator.rating.metering.aggregate import WindowUsage, aggregate, by_bucket, by_window, total_of
from tests.rating.metering.build import at, row

ROWS = [
    row("a", "2024-03-10T12:05", "10", unique_hash="x", group="g"),
    row("b", "2024-03-10T12:50", "30", unique_hash="y"),
    row("b", "2024-03-11T13:10", "20.5", unique_hash="x", group="g"),
    row("d", "2024-03-11T13:20", "0"),
]


@pytest.mark.parametrize(
    ("aggregation_type", "quantity", "events"),
    [
        ("COUNT", "3", 3),
        ("SUM", "60.5", 3),
        ("SUM_WITH_MULTIPLIER", "60.5", 3),
        ("WEIGHTED_SUM", "60.5", 3),
        ("AVG", "15.125", 3),
        ("MAX", "30", 3),
        ("LATEST", "0", 3),
        ("COUNT_UNIQUE", "2", 2),
        ("MEDIAN", "60.5", 3),
    ],
)
def test_aggregate(aggregation_type: str, quantity: str, events: int) -> None:
    usage = aggregate(ROWS, aggregation_type)
    assert (usage.quantity, usage.event_count) == (Decimal(quantity), events)


@pytest.mark.parametrize("aggregation_type", ["COUNT", "SUM", "AVG", "MAX", "LATEST", "COUNT_UNIQUE"])
def test_nothing_is_zero(aggregation_type: str) -> None:
    assert aggregate([], aggregation_type).quantity == 0


def test_a_sum_is_exact_however_long() -> None:
    rows = [row("a", "2024-03-10T12:00", "99999999999999999999999.999999999999999"), row("b", "2024-03-10T12:00", "0.000000000000001")]
    assert aggregate(rows, "SUM").quantity == Decimal("1e23")


def test_latest_ties_go_to_the_smallest_customer_then_id() -> None:
    second = "2024-03-10T12:00"
    rows = [row("c", second, "3"), row("b", second, "2"), row("a", second, "9", customer="d"), row("a", "2024-03-10T11:00", "7")]
    assert aggregate(rows, "LATEST").quantity == 2


def test_average_is_float64() -> None:
    rows = [row(event_id, "2024-03-10T12:00", quantity) for event_id, quantity in (("a", "0.1"), ("b", "0.2"), ("c", "0.4"))]
    assert aggregate(rows, "AVG").quantity == Decimal("0.2333333333333333")


def test_windows_with_rows_only() -> None:
    assert by_window(ROWS, "SUM", "DAY") == [
        WindowUsage(at("2024-03-10T00:00"), Decimal(40), 2),
        WindowUsage(at("2024-03-11T00:00"), Decimal("20.5"), 2),
    ]


def test_a_window_without_a_hash_has_no_unique_count() -> None:
    rows = [row("a", "2024-03-10T12:00", unique_hash="x"), row("b", "2024-03-11T12:00")]
    assert by_window(rows, "COUNT_UNIQUE", "DAY") == [WindowUsage(at("2024-03-10T00:00"), Decimal(1), 1)]


def test_buckets_split_by_group_and_add_up() -> None:
    buckets = by_bucket(ROWS, "MAX", "DAY")
    assert [(bucket.start.day, bucket.group, bucket.value) for bucket in buckets] == [
        (10, "", Decimal(30)),
        (10, "g", Decimal(10)),
        (11, "", Decimal(0)),
        (11, "g", Decimal("20.5")),
    ]
    assert total_of(buckets) == Decimal("60.5")


def test_month_buckets_follow_an_anchor() -> None:
    assert [bucket.start for bucket in by_bucket(ROWS, "SUM", "MONTH", anchor=at("2024-01-11T00:00"))] == [
        at("2024-02-11T00:00"),
        at("2024-02-11T00:00"),
        at("2024-03-11T00:00"),
        at("2024-03-11T00:00"),
    ]
