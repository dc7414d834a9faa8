"""What is looked at after a wallet changed: alerts, auto top-up, and whether its real-time balance moved (wallets.md §8-9).

Order: credit-balance alert, ongoing-balance alert, auto top-up, wallet.ongoing_balance.updated.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flexprice_client.models.alert_thresholds import AlertSettings
from flexprice_client.models.webhooks import Wallet as WalletBody
from flexprice_emulator.platform.settings.service import value as setting
from flexprice_emulator.rating.decimals import to_text
from flexprice_emulator.wallets import auto_topup, balances, feature_alerts
from flexprice_emulator.wallets.alert_log import log_state
from flexprice_emulator.wallets.tables import WalletRow
from flexprice_emulator.wallets.thresholds import IN_ALARM, OK, state_of
from flexprice_emulator.wire.present import present
from flexprice_emulator.workspace.context import Context

_SENT = {IN_ALARM: "dropped", OK: "recovered"}


@dataclass(frozen=True, slots=True)
class Alerts:
    """The settings that hold for a wallet; `own` where they are not the environment's."""

    settings: AlertSettings
    held: dict[str, Any]
    own: bool


def settings_of(ctx: Context, wallet: WalletRow) -> Alerts:
    """The wallet's settings, else those of `wallet_balance_alert_config`."""
    held = wallet.alert_settings
    own = has_thresholds(held)
    effective = held if own and held is not None else environment_settings(ctx)
    return Alerts(AlertSettings.model_validate(effective, strict=False), effective, own)


def environment_settings(ctx: Context) -> dict[str, Any]:
    """`wallet_balance_alert_config`; disabled by default, with critical 0 below."""
    return setting(ctx, "wallet_balance_alert_config")


def has_thresholds(held: dict[str, Any] | None) -> bool:
    """Settings without any threshold count as none at all."""
    return bool(held) and any((held or {}).get(level) for level in ("critical", "warning", "info"))


def after_change(ctx: Context, wallet: WalletRow, *, depth: int = 0) -> None:
    """After credits were added or taken out at once. The credit-balance alert works even where alerts are disabled."""
    alerts = settings_of(ctx, wallet)
    credit_alert(ctx, wallet, alerts)
    if alerts.settings.alert_enabled or auto_topup.is_enabled(wallet):
        ongoing(ctx, wallet, alerts, depth=depth)


def after_purchase(ctx: Context, wallet: WalletRow) -> None:
    """After a pending purchase was completed: the rest only where the environment's alerts are enabled, and then always told."""
    alerts = settings_of(ctx, wallet)
    credit_alert(ctx, wallet, alerts)
    if environment_settings(ctx).get("alert_enabled"):
        ongoing(ctx, wallet, alerts, purchased=True)


def after_usage(ctx: Context, wallets: Sequence[WalletRow]) -> None:
    """What usage does to active wallets, where the environment's alerts are enabled: a wallet's own settings do not suffice."""
    if environment_settings(ctx).get("alert_enabled"):
        for wallet in wallets:
            ongoing(ctx, wallet, settings_of(ctx, wallet))


def credit_alert(ctx: Context, wallet: WalletRow, alerts: Alerts) -> None:
    """low_credit_balance: the stored credits against the thresholds."""
    status = state_of(wallet.credit_balance, alerts.settings)
    if status is None or not _log(ctx, wallet, alerts, "low_credit_balance", status, wallet.credit_balance):
        return
    if status in _SENT:
        # Building the event's body there computes the balance and leaves it cached.
        balance = balances.refresh(ctx, wallet)
        _tell(ctx, wallet, alerts, f"wallet.credit_balance.{_SENT[status]}", "low_credit_balance", status, balance)


def ongoing(ctx: Context, wallet: WalletRow, alerts: Alerts, *, purchased: bool = False, depth: int = 0) -> None:
    """low_ongoing_balance: the real-time credits against the thresholds, then auto top-up; after a purchase features' alerts too."""
    cached = wallet.cached_balance
    balance = balances.refresh(ctx, wallet)
    snapshot = present(ctx, WalletBody, wallet).to_wire()
    if alerts.settings.alert_enabled:
        status = state_of(balance.real_time_credit_balance, alerts.settings)
        if status is not None and _log(ctx, wallet, alerts, "low_ongoing_balance", status, balance.real_time_credit_balance):
            wallet.alert_state = status
            ctx.touch(wallet)
            if status in _SENT:
                _tell(ctx, wallet, alerts, f"wallet.ongoing_balance.{_SENT[status]}", "low_ongoing_balance", status, balance)
    if purchased:
        feature_alerts.evaluate(ctx, wallet, balance.real_time_credit_balance)
    auto_topup.run(ctx, wallet, balance.real_time_credit_balance, depth=depth)
    # The cache holds money and is compared with credits: at rates other than 1 it nearly always differs.
    if purchased or cached is None or cached != balance.real_time_credit_balance:
        ctx.emit("wallet.ongoing_balance.updated", wallet_id=wallet.id, snapshot=snapshot)


def _log(ctx: Context, wallet: WalletRow, alerts: Alerts, alert_type: str, status: str, value: Decimal) -> bool:
    held = {"critical": None, "warning": None, "info": None, **alerts.held}
    row = log_state(
        ctx, status, value, held, entity_type="wallet", entity_id=wallet.id, alert_type=alert_type, customer_id=wallet.customer_id
    )
    return row is not None


def _tell(ctx: Context, wallet: WalletRow, alerts: Alerts, event: str, alert_type: str, status: str, balance: balances.RealTime) -> None:
    alert: dict[str, Any] | None = None
    if alerts.own:
        alert = {
            "state": status,
            "current_balance": to_text(balance.real_time_balance),
            "credit_balance": to_text(balance.real_time_credit_balance),
            "alert_type": alert_type,
            "alert_settings": alerts.held,
        }
    ctx.emit(event, wallet_id=wallet.id, alert=alert)
