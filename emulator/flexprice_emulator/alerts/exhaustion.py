"""entitlement_grant_exhausted: time-boxed quotas that are used up (wallets.md §9.3, rating.md §4.4).

Invariants: each window of a quota is told of at most once, when its usage has reached the quota; nothing is told of its recovery.
Windows are computed and not stored, so a window's id is made of the subscription, the entitlement and the window's beginning.
"""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select

from flexprice_client.models.base import time_text
from flexprice_emulator.events.usage import SqlUsage
from flexprice_emulator.rating.decimals import ONE, divide, to_text
from flexprice_emulator.rating.entitlement.effect import UsageWindow
from flexprice_emulator.rating.entitlement.grants import used_in
from flexprice_emulator.rating.entitlement.model import GrantWindow
from flexprice_emulator.subscriptions.entitlements import billed_entitlements
from flexprice_emulator.subscriptions.grants import opened_grants
from flexprice_emulator.subscriptions.tables import SubscriptionRow
from flexprice_emulator.subscriptions.terms import line_item_rows, rating_line_items, usage_customers
from flexprice_emulator.wallets.tables import AlertLogRow
from flexprice_emulator.wallets.thresholds import IN_ALARM
from flexprice_emulator.workspace.context import Context
from flexprice_emulator.workspace.ids import ulid_text
from flexprice_emulator.workspace.storage import to_micros

ALERT_TYPE, ENTITY_TYPE = "entitlement_grant_exhausted", "entitlement_grant"
_RUNNING = ("active", "trialing")
_RANDOM_BYTES = 10


def evaluate_quotas(ctx: Context, customer_ids: Sequence[str]) -> list[AlertLogRow]:
    """The quotas of these customers' running periods that have been used up since they were last looked at, logged and told."""
    row = SubscriptionRow
    query = select(row).where(
        row.customer_id.in_(customer_ids),
        row.subscription_status.in_(_RUNNING),
        row.subscription_type != "inherited",
        row.status == "published",
    )
    found = ctx.session.scalars(query.order_by(row.created_at, row.id)).all()
    return [logged for subscription in found for logged in _evaluate(ctx, subscription)]


def grant_id(subscription_id: str, entitlement_id: str, valid_from: datetime) -> str:
    """The same for a window whenever it is asked for; sorted by the window's beginning as other ids are by their creation."""
    microseconds = to_micros(valid_from)
    name = f"{subscription_id}/{entitlement_id}/{microseconds}"
    digest = hashlib.blake2b(name.encode(), digest_size=_RANDOM_BYTES).digest()
    return "eg_" + ulid_text((microseconds // 1000 << 8 * _RANDOM_BYTES) | int.from_bytes(digest, "big"))


def _evaluate(ctx: Context, subscription: SubscriptionRow) -> Iterator[AlertLogRow]:
    configs = billed_entitlements(ctx, subscription).grants
    if not configs:
        return
    items = rating_line_items(ctx, line_item_rows(ctx, [subscription.id]))
    customers, source = usage_customers(ctx, subscription), SqlUsage(ctx)
    period = subscription.current_period_start, subscription.current_period_end
    billed = {item.meter.id: (item.price, item.meter) for item in reversed(items) if item.meter is not None}
    for meter_id, windows in opened_grants(ctx, subscription, configs, items, customers, period).items():
        price, meter = billed[meter_id]
        usage = UsageWindow(
            meter, source, customers, *period, subscription.start_date, subscription.billing_anchor, subscription.billing_period
        )
        for identity, window in _untold(ctx, subscription.id, windows).items():
            ratio = divide(used_in(window, price, usage), window.grant_quota)
            if ratio >= ONE:
                yield _told(ctx, subscription, identity, window, ratio)


def _untold(ctx: Context, subscription_id: str, windows: Sequence[GrantWindow]) -> dict[str, GrantWindow]:
    """By id, the windows whose end is not in the log yet: only their usage is read."""
    by_id = {grant_id(subscription_id, window.entitlement_id, window.valid_from): window for window in windows}
    told = set(
        ctx.session.scalars(select(AlertLogRow.entity_id).where(AlertLogRow.entity_type == ENTITY_TYPE, AlertLogRow.entity_id.in_(by_id)))
    )
    return {identity: window for identity, window in by_id.items() if identity not in told}


def _told(ctx: Context, subscription: SubscriptionRow, identity: str, window: GrantWindow, ratio: Decimal) -> AlertLogRow:
    info = {"value_at_time": to_text(ratio), "timestamp": time_text(ctx.now)}
    row = AlertLogRow(
        id=ctx.new_id("alert"),
        entity_type=ENTITY_TYPE,
        entity_id=identity,
        customer_id=subscription.customer_id,
        alert_type=ALERT_TYPE,
        alert_status=IN_ALARM,
        alert_info=info,
        **ctx.stamp(),
    )
    ctx.emit(
        "entitlement.grant.exhausted",
        subscription_id=subscription.id,
        customer_id=subscription.customer_id,
        entitlement_id=window.entitlement_id,
        entitlement_grant_id=identity,
        alert_type=ALERT_TYPE,
        alert_status=IN_ALARM,
        usage_ratio=to_text(ratio),
        triggered_at=time_text(ctx.now),
    )
    return ctx.add(row)
