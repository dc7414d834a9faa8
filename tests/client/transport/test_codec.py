import json
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexprice_client.models.base import Dec, WireRequest
from flexprice_client.transport import decode_json, encode_json


class Colour(Enum):
    RED = "red"


class Body(WireRequest):
    amount: Dec | None = None
    name: str | None = None


def test_decimals_times_enums_and_models_in_the_service_s_own_form() -> None:
    value = {
        "amount": Decimal("10.500"),
        "big": Decimal("1E+3"),
        "at": datetime(2026, 1, 2, 3, 4, 5, 600000, tzinfo=UTC),
        "colour": Colour.RED,
        "body": Body(amount=Decimal("0.1")),
        "list": (1, True, None, "é"),
    }
    assert encode_json(value).decode() == (
        '{"amount":"10.5","big":"1000","at":"2026-01-02T03:04:05.6Z","colour":"red","body":{"amount":"0.1"},"list":[1,true,null,"é"]}'
    )


@pytest.mark.parametrize("value", [float("nan"), float("inf"), Decimal("NaN"), Decimal("Infinity"), datetime(2026, 1, 1)])  # noqa: DTZ001
def test_what_json_cannot_say_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"JSON|zone"):
        encode_json({"x": value})


def test_an_unknown_type_is_refused() -> None:
    with pytest.raises(TypeError, match="object cannot be sent"):
        encode_json(object())


@pytest.mark.parametrize("content", [b"NaN", b"[Infinity]", b"{", b"", b"[" * 100_000])
def test_what_is_not_json_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - json's own text
        decode_json(content)


def test_numbers_arrive_exact() -> None:
    assert decode_json(b'{"a":0.1000000000000000055,"b":12345678901234567890}') == {
        "a": Decimal("0.1000000000000000055"),
        "b": 12345678901234567890,
    }


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**30), max_value=10**30))
def test_law_a_decimal_survives_the_wire(value: Decimal) -> None:
    text = json.loads(encode_json({"amount": value}))["amount"]
    assert isinstance(text, str)
    assert Decimal(text) == value
