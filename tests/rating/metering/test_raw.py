from decimal import Decimal
from typing import Any

import pytest

from flexprice_emulator.rating.metering.model import Meter, MeterFilter
from flexprice_emulator.rating.metering.raw import RawQuery, RawUsage, RawWindow, meter_query, raw_usage
from flexprice_emulator.rating.metering.windows import zone
from tests.rating.metering.build import at, event

EVENTS = [
    event("a", "2024-03-10T12:00", 10),
    event("b", "2024-03-10T12:30", "2.5"),
    event("c", "2024-03-11T12:00", -4),
    event("d", "2024-03-11T12:00", 100, customer="d", customer_id="cust"),
    event("e", "2024-03-11T12:00", 100, name="other"),
    event("f", "2024-03-12T00:00", 7),
    event("g", "2024-03-09T00:00", 1000),
]


def query(aggregation_type: str = "SUM", **more: Any) -> RawQuery:
    fields = {"property_name": "v", "external_customer_id": "c", "start": at("2024-03-10T00:00"), "end": at("2024-03-12T00:00")}
    return RawQuery("ev", aggregation_type, **{**fields, **more})


@pytest.mark.parametrize(
    ("asked", "value"),
    [
        (query("SUM"), "8.5"),
        (query("COUNT"), "3"),
        (query("SUM", property_name=""), "3"),
        (query("AVG"), "2.8333333333333335"),
        (query("MAX"), "10"),
        (query("LATEST"), "0"),
        (query("COUNT_UNIQUE"), "3"),
        (query("COUNT_UNIQUE", property_name="w"), "1"),
        (query("SUM_WITH_MULTIPLIER", multiplier=Decimal(2)), "17"),
        (query("SUM_WITH_MULTIPLIER"), "8.5"),
        (query("SUM", multiplier=Decimal(2)), "8.5"),
        (query("SUM", external_customer_id=""), "108.5"),
        (query("SUM", external_customer_id="", customer_id="cust"), "100"),
        (query("SUM", external_customer_id="nobody"), "0"),
        (query("SUM", filters={"v": ["10", "-4"]}), "6"),
        (query("SUM", start=None), "1008.5"),
        (query("SUM", end=None), "15.5"),
        (query("SUM", reset_usage="NEVER"), "1008.5"),
        (query("MAX", reset_usage="NEVER"), "1010"),
        (query("MAX", reset_usage="NEVER", start=None), "1000"),
        (query("WEIGHTED_SUM", filters={"v": ["10", "-4"]}), "6.5"),
        (query("WEIGHTED_SUM", end=at("2024-03-10T00:00")), "0"),
        (query("WEIGHTED_SUM", start=at("2024-03-12T00:00")), "0"),
        (query("WEIGHTED_SUM", start=None), "0"),
    ],
)
def test_value(asked: RawQuery, value: str) -> None:
    assert raw_usage(EVENTS, asked) == RawUsage(Decimal(value))


def test_one_id_at_two_times_counts_once_by_its_last_time_except_in_its_own_window() -> None:
    events = [event("a", "2024-03-10T12:00", 10), event("a", "2024-03-10T13:00", 25)]
    assert raw_usage(events, query("SUM")).value == 25
    assert [result.value for result in raw_usage(events, query("SUM", window_size="HOUR")).results] == [10, 25]


def test_windows_have_no_total_and_follow_the_zone() -> None:
    usage = raw_usage(EVENTS, query("SUM", window_size="DAY", timezone=zone("Asia/Kolkata")))
    assert usage.value is None
    assert [(result.start.isoformat(), result.value) for result in usage.results] == [
        ("2024-03-10T00:00:00+05:30", Decimal("12.5")),
        ("2024-03-11T00:00:00+05:30", Decimal(-4)),
    ]


def test_buckets_have_results_and_a_total_by_group() -> None:
    events = [
        event("a", "2024-03-10T12:00", 10, properties={"k": "x"}),
        event("b", "2024-03-10T12:01", 30, properties={"k": "x"}),
        event("c", "2024-03-10T12:02", "NaN"),
    ]
    usage = raw_usage(events, query("MAX", bucket_size="HOUR", group_by="properties.k"))
    noon = at("2024-03-10T12:00")
    assert usage == RawUsage(Decimal(30), (RawWindow(noon, Decimal(0)), RawWindow(noon, Decimal(30), "x")))
    assert raw_usage(events, query("SUM", bucket_size="DAY")).value == 0
    assert raw_usage(events[:2], query("SUM", bucket_size="DAY")).value == 40
    assert raw_usage(events[:2], query("COUNT", bucket_size="DAY")) == RawUsage(Decimal(2))


@pytest.mark.parametrize("aggregation_type", ["SUM", "AVG", "LATEST", "WEIGHTED_SUM"])
@pytest.mark.parametrize("value", ["NaN", "inf"])
def test_a_text_that_is_not_finite_empties_the_read(aggregation_type: str, value: str) -> None:
    events = [event("a", "2024-03-10T12:00", 10), event("b", "2024-03-10T13:00", value)]
    assert raw_usage(events, query(aggregation_type)).value == 0


def test_infinities_of_both_signs_and_sums_beyond_float64_read_zero() -> None:
    assert raw_usage([event("a", "2024-03-10T12:00", "inf"), event("b", "2024-03-10T12:00", "-inf")], query()).value == 0
    assert raw_usage([event("a", "2024-03-10T12:00", 1.7e308), event("b", "2024-03-10T12:00", 1.7e308)], query()).value == 0


def test_latest_sees_milliseconds_and_ties_go_to_the_smallest_id() -> None:
    events = [event("b", "2024-03-10T12:00:00.100", 1), event("a", "2024-03-10T12:00:00.900", 2), event("c", "2024-03-10T12:00:00.900", 3)]
    assert raw_usage(events, query("LATEST")).value == 2


def test_a_meter_lends_its_aggregation_but_not_its_filters_and_expression() -> None:
    meter = Meter("m", "ev", "SUM", expression="v * 2", filters=(MeterFilter("v", ("10",)),), multiplier=Decimal(3), reset_usage="NEVER")
    assert raw_usage(EVENTS, meter_query(meter, query("COUNT_UNIQUE"))).value == 4
    bucketed = meter_query(Meter("m", "ev", "MAX", "v", bucket_size="DAY", group_by="k"), query())
    assert (bucketed.bucket_size, bucketed.group_by, bucketed.multiplier) == ("DAY", "k", None)
    scaled = meter_query(Meter("m", "ev", "SUM_WITH_MULTIPLIER", "v", multiplier=Decimal(3)), query())
    assert raw_usage(EVENTS, scaled).value == Decimal("25.5")
