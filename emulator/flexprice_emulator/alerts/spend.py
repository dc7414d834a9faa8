"""Spend alerts: a running period's usage charges against a subscription's thresholds (wallets.md §9.3).

Settings of line items and groups are kept, and as in the reference nothing evaluates them. Each period begins without a state.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from flexprice_client.models.alert_thresholds import AlertSettings, AlertThreshold
from flexprice_client.models.base import time_text
from flexprice_emulator.alerts.settings import SUBSCRIPTION
from flexprice_emulator.alerts.tables import AlertSettingRow
from flexprice_emulator.rating.decimals import to_text
from flexprice_emulator.subscriptions.tables import SubscriptionRow
from flexprice_emulator.wallets.alert_log import log_state
from flexprice_emulator.wallets.running_usage import charges_of
from flexprice_emulator.wallets.tables import AlertLogRow
from flexprice_emulator.wallets.thresholds import IN_ALARM, INFO, OK, WARNING, state_of
from flexprice_emulator.workspace.context import Context

ALERT_TYPE = "subscription_spend"
_RUNNING = ("active", "trialing")


def evaluate_spend(ctx: Context, customer_ids: Sequence[str]) -> list[AlertLogRow]:
    """The changes of state of these customers' running subscriptions, logged and told."""
    setting, subscription = AlertSettingRow, SubscriptionRow
    query = (
        select(setting, subscription)
        .join(subscription, subscription.id == setting.entity_id)
        .where(
            setting.entity_type == SUBSCRIPTION,
            setting.enabled.is_(True),
            setting.status == "published",
            subscription.customer_id.in_(customer_ids),
            subscription.subscription_status.in_(_RUNNING),
            subscription.status == "published",
        )
    )
    found = ctx.session.execute(query.order_by(setting.created_at, setting.id)).all()
    return [row for held, owner in found if (row := _evaluate(ctx, held, owner)) is not None]


def _evaluate(ctx: Context, setting: AlertSettingRow, subscription: SubscriptionRow) -> AlertLogRow | None:
    thresholds = AlertSettings.model_validate(setting.config, strict=False)
    spent = charges_of(ctx, subscription)
    status = state_of(spent, thresholds)
    if status is None:
        return None
    row = log_state(
        ctx,
        status,
        spent,
        setting.config,
        entity_type=SUBSCRIPTION,
        entity_id=subscription.id,
        alert_type=ALERT_TYPE,
        customer_id=subscription.customer_id,
        alert_setting_id=setting.id,
        since=subscription.current_period_start,
    )
    if row is not None:
        _tell(ctx, row, spent, thresholds)
    return row


def _tell(ctx: Context, row: AlertLogRow, spent: Decimal, thresholds: AlertSettings) -> None:
    levels: dict[str, AlertThreshold | None] = {IN_ALARM: thresholds.critical, WARNING: thresholds.warning, INFO: thresholds.info}
    level = levels.get(row.alert_status)
    subject: dict[str, Any] = {
        "subscription_id": row.entity_id,
        "alert_type": row.alert_type,
        "alert_status": row.alert_status,
        "current_spend": to_text(spent),
        "triggered_at": time_text(ctx.now),
    }
    if level is not None:
        subject["threshold"] = to_text(level.threshold)
    ctx.emit(f"subscription.spend.threshold_{'recovered' if row.alert_status == OK else 'reached'}", **subject)
