"""Time-boxed quotas (rating.md §4.4): when their windows open, and what a charge pays beyond them.

Invariants: windows of one config never overlap and never pass the cycle's end; a remainder shorter than an hour
belongs to the window before it; one config's overage is the sum of max(usage - quota, 0) over its windows.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from flexprice_emulator.rating.commitment.model import LineCommitment
from flexprice_emulator.rating.decimals import ZERO, add, subtract
from flexprice_emulator.rating.derivation import GrantStep, GrantUse
from flexprice_emulator.rating.entitlement.effect import UsageWindow
from flexprice_emulator.rating.entitlement.model import GrantConfig, GrantWindow
from flexprice_emulator.rating.metering.model import Meter
from flexprice_emulator.rating.periods import local_instant, moved, zone
from flexprice_emulator.rating.pricing.cost import calculate_cost
from flexprice_emulator.rating.pricing.model import Price

SUBSCRIPTION_PERIOD: Final = "subscription_period"
_UNITS: Final = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(days=7)}
_REMAINDER: Final = timedelta(hours=1)
_SECOND: Final = timedelta(seconds=1)
_AGGREGATIONS: Final = frozenset({"SUM", "COUNT", "SUM_WITH_MULTIPLIER"})

# The time of the first usage of a feature in [start, end); None without any.
FirstUsage = Callable[[datetime, datetime], datetime | None]


def grant_windows(
    configs: Sequence[GrantConfig],
    cycle_start: datetime,
    cycle_end: datetime,
    first_usage: FirstUsage,
    *,
    timezone: str = "",
) -> tuple[GrantWindow, ...]:
    """Windows opened by usage of a cycle. Additive configs share one window with the sum of their quotas.

    Configs as long as the cycle or longer open nothing.
    """
    fitting = [config for config in configs if _fits(config, cycle_end - cycle_start)]
    additive = [config for config in fitting if config.aggregation_mode != "parallel"]
    parallel = [config for config in fitting if config.aggregation_mode == "parallel"]
    windows: list[GrantWindow] = []
    if additive:
        quota = add(*(config.grant_quota for config in additive))
        windows.extend(_windows(additive[0], quota, cycle_start, cycle_end, first_usage, timezone))
    for config in parallel:
        windows.extend(_windows(config, config.grant_quota, cycle_start, cycle_end, first_usage, timezone))
    return tuple(windows)


def _fits(config: GrantConfig, cycle: timedelta) -> bool:
    return config.grant_duration_unit == SUBSCRIPTION_PERIOD or _length(config) < cycle


def _length(config: GrantConfig) -> timedelta:
    unit = _UNITS.get(config.grant_duration_unit)
    if unit is None or config.grant_duration_value < 1:
        raise ValueError(f"invalid grant duration: {config.grant_duration_value} {config.grant_duration_unit}")
    try:
        return unit * config.grant_duration_value
    except OverflowError:
        return timedelta.max


def _windows(
    config: GrantConfig, quota: Decimal, cycle_start: datetime, cycle_end: datetime, first_usage: FirstUsage, timezone: str
) -> list[GrantWindow]:
    def window(start: datetime, end: datetime) -> GrantWindow:
        return GrantWindow(config.entitlement_id, start, end, quota, config.grant_measure)

    if config.grant_duration_unit == SUBSCRIPTION_PERIOD:
        return [window(cycle_start, cycle_end)]
    length = _length(config)
    floor = _unit_floor(cycle_start, config.grant_duration_unit, timezone)
    windows: list[GrantWindow] = []
    covered = cycle_start
    while covered < cycle_end and (at := first_usage(covered, cycle_end)) is not None:
        # Usage is known to the second; a cycle may start within one.
        start = at = max(at, covered)
        end = moved(at, length)
        if config.grant_allocation_behavior == "unit_start":
            stride = (at - floor) // length
            start, end = max(floor + length * stride, covered), moved(floor, length * (stride + 1))
        if cycle_end - end < _REMAINDER:
            end = cycle_end
        windows.append(window(start, end))
        covered = end
    return windows


def _unit_floor(instant: datetime, unit: str, timezone: str) -> datetime:
    """Start of the hour, local day or Monday week that contains the instant."""
    tz = zone(timezone)
    local = instant.astimezone(tz).replace(tzinfo=None, minute=0, second=0, microsecond=0)
    if unit != "hour":
        local = local.replace(hour=0)
    if unit == "week":
        local -= timedelta(days=local.weekday())
    return local_instant(local, tz)


def mark_crossed(windows: Sequence[GrantWindow], price: Price, usage: UsageWindow) -> tuple[GrantWindow, ...]:
    """The windows with the second after the one in which each quota was used up, where it was.

    Only features with several configs need it: one config pays for what exceeds its quota, whenever that was.
    """
    return tuple(replace(window, quota_crossed_at=_crossed_at(window, price, usage)) for window in windows)


def _crossed_at(grant: GrantWindow, price: Price, usage: UsageWindow) -> datetime | None:
    """Usage only grows, so the second is found by halving."""
    low, high = 0, -((grant.valid_from - grant.valid_to) // _SECOND)
    if used_in(grant, price, usage) < grant.grant_quota:
        return None
    while high - low > 1:
        middle = (low + high) // 2
        reached = _used(grant.grant_measure, price, usage, grant.valid_from, grant.valid_from + _SECOND * middle)
        low, high = (low, middle) if reached >= grant.grant_quota else (middle, high)
    return grant.valid_from + _SECOND * high


def used_in(grant: GrantWindow, price: Price, usage: UsageWindow) -> Decimal:
    """What a window's usage takes of its quota: units, or their price."""
    return _used(grant.grant_measure, price, usage, grant.valid_from, grant.valid_to)


def _used(measure: str, price: Price, usage: UsageWindow, start: datetime, end: datetime) -> Decimal:
    quantity = usage.usage.total(usage.meter, usage.customers, start, end).quantity
    return calculate_cost(price, quantity) if measure == "amount" else quantity


def grant_applies(meter: Meter, price: Price, measure: str, commitment: LineCommitment | None, *, true_up: bool) -> bool:
    """Whether a charge can be billed by its grants; otherwise the ordinary entitlement rule counts."""
    if meter.aggregation_type not in _AGGREGATIONS or meter.is_bucketed or price.billing_model == "TIERED":
        return False
    return measure != "amount" or (commitment is None and not true_up)


def grant_step(windows: Sequence[GrantWindow], price: Price, window: UsageWindow) -> GrantStep:
    """Usage beyond the quotas, in units or (measure amount) in money. Windows are clipped to the charge's."""
    measure = windows[0].grant_measure
    clipped = [
        (max(grant.valid_from, window.start), min(grant.valid_to, window.end), grant)
        for grant in windows
        if grant.valid_from < window.end and window.start < grant.valid_to
    ]

    uses: list[GrantUse] = []
    if len({grant.entitlement_id for grant in windows}) == 1:
        for start, end, grant in clipped:
            usage = _used(measure, price, window, start, end)
            uses.append(GrantUse(start, end, grant.grant_quota, usage, max(subtract(usage, grant.grant_quota), ZERO)))
    else:
        for start, end in _crossed(clipped):
            usage = _used(measure, price, window, start, end)
            uses.append(GrantUse(start, end, None, usage, usage))
    return GrantStep(measure, tuple(uses), add(*(use.overage for use in uses)))


def _crossed(clipped: Sequence[tuple[datetime, datetime, GrantWindow]]) -> list[tuple[datetime, datetime]]:
    """The merged union of [quota_crossed_at, valid_to) of the windows whose quota was crossed."""
    spans = sorted((max(g.quota_crossed_at, start), end) for start, end, g in clipped if g.quota_crossed_at and g.quota_crossed_at < end)
    merged: list[tuple[datetime, datetime]] = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged
