"""When a subscription's usage may have reached its threshold (subscriptions.md §8.7): the due work that looks at it.

The reference looks at every one each 5 minutes. Invariant: a look waits only where usage or terms have changed since the last, at the
first of those moments at which the change counts; where no subscription has a threshold, ingestion writes nothing more than its events.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import func, select

from flexprice_emulator.customers.tables import CustomerRow
from flexprice_emulator.events.tables import MeterUsageRow
from flexprice_emulator.rating.decimals import ZERO
from flexprice_emulator.subscriptions.tables import SubscriptionLineItemRow, SubscriptionRow
from flexprice_emulator.subscriptions.terms import usage_customers
from flexprice_emulator.workspace.context import Context
from flexprice_emulator.workspace.due_rows import DueRow, default_key

THRESHOLD: Final = "subscription.auto_invoice_threshold"
INTERVAL: Final = timedelta(minutes=5)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_CACHE: Final = "thresholds_are_watched"
_ANY: Final = (
    select(SubscriptionRow.id).where(SubscriptionRow.auto_invoice_threshold > ZERO, SubscriptionRow.status == "published").limit(1)
)


def look_after(moment: datetime) -> datetime:
    """The first five-minute mark after a moment: what happens at a mark itself is not seen there yet."""
    return _EPOCH + INTERVAL * ((moment - _EPOCH) // INTERVAL + 1)


def plan_look(ctx: Context, row: SubscriptionRow) -> None:
    """Look when usage of the running period counts first: at once where there is some already; never while there is none."""
    ctx.workspace.caches.pop(_CACHE, None)
    first = first_usage(ctx, row, row.current_period_start)
    if first is None:
        ctx.unschedule(default_key(THRESHOLD, {"subscription_id": row.id}))
    else:
        ctx.schedule(THRESHOLD, ctx.now if first < ctx.now else look_after(first), subscription_id=row.id)


def plan_next(ctx: Context, row: SubscriptionRow) -> None:
    """After a look: the next is for usage that lies ahead."""
    ahead = first_usage(ctx, row, ctx.now)
    if ahead is not None:
        ctx.schedule(THRESHOLD, look_after(ahead), subscription_id=row.id)


def terms_changed(ctx: Context, row: SubscriptionRow) -> None:
    """What the usage costs may be another amount now."""
    if row.auto_invoice_threshold:
        _look_by(ctx, row.id, look_after(ctx.now))


def usage_stored(ctx: Context, usage: Iterable[tuple[str, int]]) -> None:
    """Usage was stored: (external customer id, time in seconds) each."""
    if not _is_watched(ctx):
        return
    first: dict[str, int] = {}
    for external_id, seconds in usage:
        first[external_id] = min(seconds, first.get(external_id, seconds))
    for subscription_id, external_id in _watched(ctx, first):
        _look_by(ctx, subscription_id, look_after(max(ctx.now, datetime.fromtimestamp(first[external_id], UTC))))


def first_usage(ctx: Context, row: SubscriptionRow, since: datetime) -> datetime | None:
    """The time of the first metered usage from a moment on, of the customers and meters that count; None without."""
    line, usage = SubscriptionLineItemRow, MeterUsageRow
    meters = select(line.meter_id).where(line.subscription_id == row.id, line.status == "published", line.meter_id != "")
    found = [
        # One meter and customer each, so that each is one step in the usage's own order.
        ctx.session.scalar(
            select(func.min(usage.timestamp)).where(
                usage.meter_id == meter_id, usage.external_customer_id == external_id, usage.timestamp >= int(since.timestamp())
            )
        )
        for meter_id in dict.fromkeys(ctx.session.scalars(meters))
        for external_id in usage_customers(ctx, row)
    ]
    times = [seconds for seconds in found if seconds is not None]
    return datetime.fromtimestamp(min(times), UTC) if times else None


def _look_by(ctx: Context, subscription_id: str, at: datetime) -> None:
    """Look at a moment, unless a look waits that comes no later."""
    key = default_key(THRESHOLD, {"subscription_id": subscription_id})
    waiting = ctx.session.scalar(select(DueRow.due_at).where(DueRow.key == key, DueRow.state == "waiting"))
    if waiting is None or waiting > at:
        ctx.schedule(THRESHOLD, at, subscription_id=subscription_id)


def _is_watched(ctx: Context) -> bool:
    held: bool | None = ctx.workspace.caches.get(_CACHE)
    if held is None:
        held = ctx.workspace.caches[_CACHE] = ctx.session.scalar(_ANY) is not None
    return held


def _watched(ctx: Context, external_ids: Iterable[str]) -> list[tuple[str, str]]:
    """Active subscriptions with a threshold that these customers' usage counts on, and for each whose usage it is."""
    row, customer = SubscriptionRow, CustomerRow
    using = select(row, customer.external_id).join(customer, customer.id == row.customer_id)
    using = using.where(customer.external_id.in_(list(external_ids)), customer.status == "published", row.status == "published")
    found = []
    for held, external_id in ctx.session.execute(using):
        counted = ctx.session.get(row, held.parent_subscription_id or "") if held.subscription_type == "inherited" else held
        if counted is not None and counted.auto_invoice_threshold and counted.subscription_status == "active":
            found.append((counted.id, external_id))
    return found
