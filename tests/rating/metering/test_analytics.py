from decimal import Decimal

import pytest

from flexprice_emulator.rating.metering.aggregate import WindowUsage
from flexprice_emulator.rating.metering.analytics import GroupUsage, detailed_points, detailed_totals, larger_window, roll_up, select_rows
from flexprice_emulator.rating.metering.windows import zone
from tests.rating.metering.build import at, row

ROWS = [
    row("a", "2024-03-10T01:00", "1", source="api", properties={"region": "us", "n": 1000000}, unique_hash="x"),
    row("b", "2024-03-10T20:00", "2", source="web", properties={"region": "eu"}, unique_hash="x"),
    row("c", "2024-03-11T01:00", "4"),
]


@pytest.mark.parametrize(
    ("aggregation_type", "usage"),
    [("SUM", 7), ("SUM_WITH_MULTIPLIER", 0), ("WEIGHTED_SUM", 0), ("COUNT_UNIQUE", 2), ("COUNT", 3), ("MAX", 4), ("LATEST", 4)],
)
def test_detailed_totals(aggregation_type: str, usage: int) -> None:
    assert detailed_totals(ROWS, aggregation_type) == [GroupUsage((), Decimal(usage), 3)]


def test_groups_are_texts_and_sorted() -> None:
    assert [(total.group, total.usage) for total in detailed_totals(ROWS, "SUM", ["meter_id", "source", "properties.n"])] == [
        (("m", "", ""), 4),
        (("m", "api", "1000000"), 1),
        (("m", "web", ""), 2),
    ]
    assert detailed_totals([], "SUM") == []


def test_filters() -> None:
    assert select_rows(ROWS, sources=["api", "web"]) == ROWS[:2]
    assert select_rows(ROWS, property_filters={"region": ["eu"]}) == ROWS[1:2]
    assert select_rows(ROWS) == ROWS


def test_points_follow_a_zone() -> None:
    points = detailed_points(ROWS, "SUM", "DAY", timezone=zone("Asia/Kolkata"))
    assert [(point.start.isoformat(), point.value, point.event_count) for point in points] == [
        ("2024-03-10T00:00:00+05:30", 1, 1),
        ("2024-03-11T00:00:00+05:30", 6, 2),
    ]


def test_buckets_roll_up_to_the_window() -> None:
    buckets = [WindowUsage(at("2024-03-10T01:00"), Decimal(3), 1), WindowUsage(at("2024-03-10T02:00"), Decimal(5), 2)]
    day = at("2024-03-10T00:00")
    assert roll_up(buckets, "MAX", "DAY") == [WindowUsage(day, Decimal(5), 3)]
    assert roll_up(buckets, "SUM", "DAY") == [WindowUsage(day, Decimal(8), 3)]


def test_a_window_finer_than_the_bucket_leaves_the_bucket() -> None:
    assert larger_window("MINUTE", "HOUR") == "HOUR"
    assert larger_window("MONTH", "HOUR") == "MONTH"
