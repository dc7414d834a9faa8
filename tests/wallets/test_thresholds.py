"""Alert thresholds."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexprice_client.models.alert_thresholds import AlertSettings
from flexprice_emulator.wallets.thresholds import IN_ALARM, INFO, OK, WARNING, check_alert_settings, state_of
from flexprice_emulator.wire.errors import ValidationError


def _settings(condition: str, *levels: int) -> AlertSettings:
    names = ("critical", "warning", "info")
    given_levels = {name: {"threshold": str(level), "condition": condition} for name, level in zip(names, levels, strict=False)}
    return AlertSettings.model_validate({**given_levels, "alert_enabled": True})


@pytest.mark.parametrize(
    ("condition", "levels"), [("below", (10, 20, 30)), ("below", (10, 10, 10)), ("above", (30, 20, 10)), ("below", (5,))]
)
def test_ordered_thresholds_are_taken(condition: str, levels: tuple[int, ...]) -> None:
    check_alert_settings(_settings(condition, *levels))


@pytest.mark.parametrize(
    ("condition", "levels", "level"),
    [("below", (20, 10), "warning"), ("above", (10, 20), "warning"), ("below", (10, 20, 15), "info"), ("above", (30, 20, 25), "info")],
)
def test_thresholds_out_of_order_are_refused(condition: str, levels: tuple[int, ...], level: str) -> None:
    with pytest.raises(ValidationError, match=f"Please provide a valid {level} threshold"):
        check_alert_settings(_settings(condition, *levels))


def test_info_may_stand_alone() -> None:
    check_alert_settings(AlertSettings.model_validate({"info": {"threshold": "1", "condition": "above"}, "alert_enabled": True}))


@given(st.integers(-50, 100), st.tuples(st.integers(0, 30), st.integers(0, 30), st.integers(0, 30)).map(sorted))
def test_states_worsen_as_the_value_falls(value: int, levels: list[int]) -> None:
    order = [IN_ALARM, WARNING, INFO, OK]
    settings = _settings("below", *levels)
    state = state_of(Decimal(value), settings)
    lower = state_of(Decimal(value - 1), settings)
    assert state is not None
    assert lower is not None
    assert order.index(lower) <= order.index(state)
    assert (state == OK) == (value > levels[-1])


def test_no_threshold_has_no_state() -> None:
    assert state_of(Decimal(0), AlertSettings(alert_enabled=True)) is None
