"""The time-boxed quotas of a subscription's features, as its usage opened them (rating.md §4.4).

Nothing is stored: windows follow from the entitlements in force and the usage of the cycle, whenever they are asked for.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial

from flexprice_emulator.entitlements.tables import EntitlementRow
from flexprice_emulator.events.usage import SqlUsage
from flexprice_emulator.rating.entitlement.effect import UsageWindow
from flexprice_emulator.rating.entitlement.grants import grant_windows, mark_crossed
from flexprice_emulator.rating.entitlement.model import GrantConfig, GrantWindow
from flexprice_emulator.rating.invoice.model import LineItem
from flexprice_emulator.subscriptions.tables import SubscriptionRow
from flexprice_emulator.workspace.context import Context


def grant_config(row: EntitlementRow) -> GrantConfig | None:
    """An entitlement's quota; None without one."""
    if not row.grant_measure or row.grant_quota is None:
        return None
    return GrantConfig(
        entitlement_id=row.id,
        grant_measure=row.grant_measure,
        grant_quota=row.grant_quota,
        grant_duration_unit=row.grant_duration_unit,
        grant_duration_value=row.grant_duration_value or 1,
        grant_allocation_behavior=row.grant_allocation_behavior or "first_usage",
        aggregation_mode=row.aggregation_mode,
    )


def opened_grants(
    ctx: Context,
    subscription: SubscriptionRow,
    configs: Mapping[str, Sequence[GrantConfig]],
    items: Sequence[LineItem],
    customers: Sequence[str],
    period: tuple[datetime, datetime],
) -> dict[str, tuple[GrantWindow, ...]]:
    """By meter, the windows of the cycle that a period belongs to; `configs` are by meter too.

    Billing's own figures open them, also for a preview that is billed from raw events.
    """
    start, end = _cycle(subscription, *period)
    usage = SqlUsage(ctx)
    billed = {item.meter.id: item for item in reversed(items) if item.meter is not None}
    found: dict[str, tuple[GrantWindow, ...]] = {}
    for meter_id, given in configs.items():
        item = billed.get(meter_id)
        if item is None or item.meter is None:
            continue
        meter = item.meter
        windows = grant_windows(given, start, end, partial(usage.first_time, meter, customers), timezone=subscription.timezone)
        if len({window.entitlement_id for window in windows}) > 1:
            window = UsageWindow(
                meter, usage, customers, start, end, subscription.start_date, subscription.billing_anchor, subscription.billing_period
            )
            windows = mark_crossed(windows, item.price, window)
        found[meter_id] = windows
    return found


def _cycle(subscription: SubscriptionRow, start: datetime, end: datetime) -> tuple[datetime, datetime]:
    """The billing period that runs, where the range lies in it; else the range is a cycle of its own."""
    if subscription.current_period_start <= start and end <= subscription.current_period_end:
        return subscription.current_period_start, subscription.current_period_end
    return start, end
