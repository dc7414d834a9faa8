"""Features and meters: what is refused, and filter values that never match."""

import pytest

from tests.rules.samples import FEATURE, errors, only_error, warnings, with_meter


@pytest.mark.parametrize(
    ("aggregation", "message"),
    [
        ("{type: COUNT, field: n}", "COUNT counts events: no field or expression"),
        ("{type: SUM}", "needs a field or an expression"),
        ("{type: SUM, field: n, expression: a*b}", "field and expression exclude each other"),
        ("{type: COUNT_UNIQUE}", "needs a field"),
        ("{type: COUNT_UNIQUE, field: n, expression: a}", "field and expression exclude each other"),
        ("{type: SUM_WITH_MULTIPLIER, field: n}", "SUM_WITH_MULTIPLIER needs a multiplier"),
        ("{type: SUM_WITH_MULTIPLIER, field: n, multiplier: 0}", "must be above 0"),
        ("{type: SUM, field: n, multiplier: 2}", "a multiplier goes with SUM_WITH_MULTIPLIER, not SUM"),
        ("{type: AVG, field: n, bucket_size: DAY}", "a bucket_size goes with MAX or SUM, not AVG"),
        ("{type: SUM, field: n, bucket_size: DAY, group_by: g}", "group_by goes with MAX and a bucket_size"),
        ("{type: MAX, field: n, group_by: g}", "group_by goes with MAX and a bucket_size"),
    ],
)
def test_meters_the_api_refuses(aggregation: str, message: str) -> None:
    assert only_error(with_meter(aggregation)).message == message


def test_weighted_sum_takes_no_expression() -> None:
    assert [issue.message for issue in errors(with_meter("{type: WEIGHTED_SUM, expression: a}"))] == [
        "needs a field",
        "WEIGHTED_SUM takes no expression",
    ]


@pytest.mark.parametrize(
    "aggregation",
    [
        "{type: COUNT}",
        "{type: SUM, expression: a * b}",
        "{type: SUM, field: n, bucket_size: 15MIN}",
        "{type: MAX, field: n, bucket_size: DAY, group_by: g}",
        "{type: SUM_WITH_MULTIPLIER, field: n, multiplier: 0.001}",
    ],
)
def test_meters_the_api_takes(aggregation: str) -> None:
    assert warnings(with_meter(aggregation)) == []


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        ("[{key: a, values: []}]", "a filter needs at least one value"),
        ("[{key: a, values: [x]}, {key: a, values: [y]}]", "one filter a property: put all its values in one list"),
    ],
)
def test_filters_the_api_refuses(filters: str, message: str) -> None:
    assert {issue.message for issue in errors(with_meter("{type: COUNT}", filters))} == {message}


@pytest.mark.parametrize(
    ("value", "spelled"),
    [("1000000", "1e+06"), ("1234567", "1.234567e+06"), ("0.00001", "1e-05"), ("7.0", "7"), ("-2500000", "-2.5e+06"), ("0.0", "0")],
)
def test_filter_values_that_no_json_number_is_spelled_as(value: str, spelled: str) -> None:
    (found,) = warnings(with_meter("{type: COUNT}", f"[{{key: a, values: [{value}]}}]"))
    assert f"compared as {spelled}," in found


@pytest.mark.parametrize("value", ["999999", "100000", "0.0001", "7", "-3", "720p", "nan", "inf", "true", "gpt-4.1"])
def test_filter_values_that_match_as_they_stand(value: str) -> None:
    assert warnings(with_meter("{type: COUNT}", f"[{{key: a, values: [{value}]}}]")) == []


@pytest.mark.parametrize(
    ("feature", "message"),
    [
        ("{lookup_key: f, name: F, type: metered}", "a metered feature needs a meter"),
        (FEATURE.replace("metered", "boolean"), "only a metered feature has a meter"),
        ("{lookup_key: f, name: F, type: boolean, group_lookup_key: g}", "no such feature group"),
        ("{lookup_key: f, name: F, type: boolean, alert_settings: {alert_enabled: true}}", "alert_settings need a critical threshold"),
        (
            "{lookup_key: f, name: F, type: static, reporting_unit: {unit_singular: k, unit_plural: ks, conversion_rate: 0}}",
            "must be above 0",
        ),
    ],
)
def test_features_the_api_refuses(feature: str, message: str) -> None:
    assert only_error(f"version: 1\nfeatures: [{feature}]").message == message


def test_weighted_sums_are_worth_a_warning() -> None:
    assert "invoices bill WEIGHTED_SUM as a plain sum" in warnings(with_meter("{type: WEIGHTED_SUM, field: n}"))[0]
