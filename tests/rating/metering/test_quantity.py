import hashlib
from decimal import Decimal
from typing import Any

import pytest

from flexprice_emulator.rating.metering.model import Meter, MeterFilter
from flexprice_emulator.rating.metering.quantity import measure, stored_quantity


def meter(aggregation_type: Any = "SUM", **more: Any) -> Meter:
    fields = {"field": "v"} if "expression" not in more else {}
    return Meter("m", "ev", aggregation_type, **{**fields, **more})


@pytest.mark.parametrize(
    ("subject", "properties", "quantity"),
    [
        (meter("COUNT"), None, "1"),
        (meter("SUM"), {"v": "5.5"}, "5.5"),
        (meter("SUM"), {"v": -4}, "0"),
        (meter("SUM"), {}, "0"),
        (meter("SUM", multiplier=Decimal(2)), {"v": 3}, "3"),
        (meter("AVG"), {"v": " 5"}, "0"),
        (meter("LATEST"), {"v": True}, "0"),
        (meter("SUM_WITH_MULTIPLIER", multiplier=Decimal("0.001")), {"v": 1500}, "1.5"),
        (meter("SUM_WITH_MULTIPLIER"), {"v": 2}, "2"),
        (meter("COUNT_UNIQUE"), {"v": None}, "1"),
        (meter("COUNT_UNIQUE"), {"x": 1}, "0"),
        (meter("SUM", expression="a * 2"), {"a": " 3 "}, "6"),
        (meter("SUM", expression="a - 2"), {"a": 1}, "0"),
        (meter("MAX", expression="a + 0", multiplier=Decimal("1.5")), {"a": 2}, "3"),
        (meter("SUM"), {"v": "0e99"}, "0"),
    ],
)
def test_quantity(subject: Meter, properties: dict[str, Any] | None, quantity: str) -> None:
    found = measure(subject, " ev ", properties)
    assert found.has_row
    assert (found.quantity, found.reason) == (Decimal(quantity), "")


def test_another_name_and_a_failed_filter_do_not_match() -> None:
    filtered = meter(filters=(MeterFilter("k", ("a",)),))
    assert measure(filtered, "Ev", {"k": "a"}).reason == "event_name"
    assert measure(filtered, "ev", {"k": "b"}).reason == "filter"
    assert measure(filtered, "ev", {"k": "a"}).matches


def test_an_expression_without_a_value_skips_the_event() -> None:
    found = measure(meter(expression="a / b"), "ev", {"a": 1})
    assert (found.matches, found.skipped, found.has_row, found.reason) == (True, True, False, "expression")


def test_a_quantity_no_row_can_hold_is_skipped() -> None:
    assert measure(meter(), "ev", {"v": "1e23"}).reason == "too_large"
    assert measure(meter(), "ev", {"v": "9e22"}).has_row


def test_the_hash_takes_the_printed_value() -> None:
    wanted = hashlib.sha256(b"ev:v:1e+06").hexdigest()
    assert measure(meter("COUNT_UNIQUE"), "ev", {"v": 1000000}).unique_hash == wanted
    assert measure(meter("COUNT_UNIQUE"), "ev", {"v": "1e+06"}).unique_hash == wanted
    assert measure(meter("COUNT_UNIQUE"), "ev", {}).unique_hash == ""
    assert measure(meter("SUM"), "ev", {"v": 1}).unique_hash == ""


@pytest.mark.parametrize("group_by", ["krn", "properties.krn"])
def test_the_group_is_json_text(group_by: str) -> None:
    grouped = meter("MAX", bucket_size="HOUR", group_by=group_by)
    assert measure(grouped, "ev", {"v": 1, "krn": 1000000}).group == "1000000"
    assert measure(grouped, "ev", {"v": 1}).group == ""


@pytest.mark.parametrize(
    ("quantity", "stored"),
    [
        ("0.1234567890123456789", "0.123456789012345"),
        ("0.0000000000000009", "0"),
        ("0.000000000000001", "0.000000000000001"),
        ("99999999999999999999999.9999999999999999", "99999999999999999999999.999999999999999"),
        ("1e-999999999", "0"),
        ("1E+3", "1000"),
        ("0", "0"),
    ],
)
def test_stored_quantity_is_cut(quantity: str, stored: str) -> None:
    assert stored_quantity(Decimal(quantity)) == Decimal(stored)


def test_an_invalid_expression_is_refused() -> None:
    with pytest.raises(ValueError, match="identifier"):
        measure(meter(expression="5"), "ev", {})
