"""Grant windows and what a charge pays beyond them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from flexprice_emulator.rating.commitment.model import LineCommitment
from flexprice_emulator.rating.entitlement.effect import UsageWindow
from flexprice_emulator.rating.entitlement.grants import FirstUsage, grant_applies, grant_step, grant_windows, mark_crossed
from flexprice_emulator.rating.entitlement.model import GrantConfig, GrantWindow
from flexprice_emulator.rating.metering.model import Meter, UsageRow
from flexprice_emulator.rating.metering.rows import RowsUsage
from flexprice_emulator.rating.periods import BeyondCalendar
from flexprice_emulator.rating.pricing.model import Price, PriceTier

START, END = datetime(2025, 3, 1, tzinfo=UTC), datetime(2025, 4, 1, tzinfo=UTC)
METER = Meter("m", "e", "SUM", field="v")
FLAT = Price("p", "usd", "FLAT_FEE", Decimal("0.5"))


def config(unit: str, value: int = 1, quota: int = 10, **fields: str) -> GrantConfig:
    return GrantConfig(fields.pop("entitlement_id", "e"), "quantity", Decimal(quota), unit, value, **fields)


def among(*times: datetime) -> FirstUsage:
    """Usage at these times."""
    return lambda start, end: min((at for at in times if start <= at < end), default=None)


def spans(windows: tuple[GrantWindow, ...]) -> list[tuple[datetime, datetime, Decimal]]:
    return [(window.valid_from, window.valid_to, window.grant_quota) for window in windows]


def day(number: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2025, 3, number, hour, minute, tzinfo=UTC)


def test_a_subscription_period_grant_is_the_whole_cycle() -> None:
    assert spans(grant_windows([config("subscription_period")], START, END, among())) == [(START, END, Decimal(10))]


def test_first_usage_windows_open_at_the_first_uncovered_event() -> None:
    found = grant_windows([config("day")], START, END, among(day(2, 5), day(2, 23), day(3, 5), day(31, 23, 30)))
    assert spans(found) == [
        (day(2, 5), day(3, 5), Decimal(10)),
        (day(3, 5), day(4, 5), Decimal(10)),
        (day(31, 23, 30), END, Decimal(10)),
    ]


def test_unit_start_windows_stand_on_strides_from_the_unit_floor() -> None:
    found = grant_windows([config("day", 2, grant_allocation_behavior="unit_start")], day(1, 6), END, among(day(1, 7), day(4, 5)))
    assert spans(found) == [(day(1, 6), day(3), Decimal(10)), (day(3), day(5), Decimal(10))]


def test_week_units_start_on_monday_of_the_zone() -> None:
    found = grant_windows([config("week", grant_allocation_behavior="unit_start")], START, END, among(day(12)), timezone="Asia/Kolkata")
    assert spans(found) == [(day(9, 18, 30), day(16, 18, 30), Decimal(10))]


def test_a_remainder_below_an_hour_belongs_to_the_window_before() -> None:
    found = grant_windows([config("hour", 12)], START, END, among(day(31, 11, 30)))
    assert spans(found) == [(day(31, 11, 30), END, Decimal(10))]


def test_a_grant_as_long_as_the_cycle_opens_nothing() -> None:
    assert grant_windows([config("week")], START, START + timedelta(days=7), among(START)) == ()


def test_additive_configs_share_a_window_and_parallel_ones_do_not() -> None:
    two = [config("day", quota=10), config("day", quota=5, entitlement_id="f")]
    assert spans(grant_windows(two, START, END, among(day(2)))) == [(day(2), day(3), Decimal(15))]
    apart = [config("day", quota=10, aggregation_mode="parallel"), config("day", quota=5, entitlement_id="f", aggregation_mode="parallel")]
    assert spans(grant_windows(apart, START, END, among(day(2)))) == [(day(2), day(3), Decimal(10)), (day(2), day(3), Decimal(5))]


@pytest.mark.parametrize(("unit", "value"), [("month", 1), ("day", 0)])
def test_a_duration_that_is_none_is_refused(unit: str, value: int) -> None:
    with pytest.raises(ValueError, match=f"invalid grant duration: {value} {unit}"):
        grant_windows([config(unit, value)], START, END, among(day(2)))


def window(*values: tuple[datetime, str]) -> UsageWindow:
    rows = [UsageRow(str(n), "c", "m", at, Decimal(value)) for n, (at, value) in enumerate(values)]
    return UsageWindow(METER, RowsUsage(rows), ["c"], START, END, START, START, "MONTHLY")


def test_one_config_pays_for_what_each_window_uses_above_its_quota() -> None:
    grants = [GrantWindow("e", day(2), day(3), Decimal(10)), GrantWindow("e", day(5), day(6), Decimal(10))]
    step = grant_step(grants, FLAT, window((day(2), "14"), (day(5), "4"), (day(8), "100")))
    assert (step.overage, [use.overage for use in step.windows]) == (Decimal(4), [Decimal(4), Decimal(0)])


def test_several_configs_pay_inside_the_merged_crossed_intervals() -> None:
    grants = [
        GrantWindow("e", day(2), day(6), Decimal(10), quota_crossed_at=day(3)),
        GrantWindow("f", day(4), day(8), Decimal(10), quota_crossed_at=day(5)),
        GrantWindow("g", day(20), day(25), Decimal(10)),
        GrantWindow("h", day(26), day(28), Decimal(10), quota_crossed_at=day(27)),
    ]
    used = window((day(2), "1"), (day(3), "2"), (day(7), "4"), (day(9), "8"), (day(21), "16"), (day(27), "32"))
    assert grant_step(grants, FLAT, used).overage == 2 + 4 + 32


def test_a_quota_is_crossed_in_the_second_after_it_is_used_up() -> None:
    grants = [GrantWindow("e", day(2), day(6), Decimal(10)), GrantWindow("f", day(2), day(6), Decimal(11))]
    used = window((day(2), "4"), (day(3, 7), "6"), (day(9), "50"))
    assert [grant.quota_crossed_at for grant in mark_crossed(grants, FLAT, used)] == [day(3, 7) + timedelta(seconds=1), None]
    money = [GrantWindow("e", day(2), day(6), Decimal(2), "amount")]
    assert mark_crossed(money, FLAT, used)[0].quota_crossed_at == day(2) + timedelta(seconds=1)


def test_parallel_configs_pay_for_what_follows_the_first_that_is_used_up() -> None:
    grants = [GrantWindow("e", day(2), day(6), Decimal(10)), GrantWindow("f", day(2), day(20), Decimal(12))]
    used = window((day(2), "10"), (day(3), "1"), (day(7), "1"), (day(8), "4"))
    assert grant_step(mark_crossed(grants, FLAT, used), FLAT, used).overage == 1 + 4


def test_an_amount_measure_counts_money() -> None:
    grants = [GrantWindow("e", START, END, Decimal(3), "amount")]
    assert grant_step(grants, FLAT, window((day(2), "10"))).overage == 2


def test_grants_apply_only_to_plain_sums_and_counts() -> None:
    tiered = Price("p", "usd", "TIERED", tier_mode="SLAB", tiers=(PriceTier(None, Decimal(1)),))
    assert grant_applies(METER, FLAT, "quantity", LineCommitment(), true_up=True)
    assert not grant_applies(METER, FLAT, "amount", LineCommitment(), true_up=False)
    assert not grant_applies(METER, FLAT, "amount", None, true_up=True)
    assert not grant_applies(METER, tiered, "quantity", None, true_up=False)
    assert not grant_applies(Meter("m", "e", "MAX", field="v"), FLAT, "quantity", None, true_up=False)
    assert not grant_applies(Meter("m", "e", "SUM", field="v", bucket_size="DAY"), FLAT, "quantity", None, true_up=False)


@pytest.mark.parametrize("unit", ["hour", "day", "week"])
@pytest.mark.parametrize("value", [2**31, 2**62])
def test_a_grant_longer_than_any_time_opens_nothing(unit: str, value: int) -> None:
    assert grant_windows([config(unit, value)], START, END, among(day(2))) == ()


def test_a_window_beyond_the_calendar_is_refused_by_name() -> None:
    late = datetime(9999, 12, 31, 12, tzinfo=UTC)
    with pytest.raises(BeyondCalendar):
        grant_windows([config("day")], late - timedelta(days=5), late + timedelta(hours=11), among(late))
