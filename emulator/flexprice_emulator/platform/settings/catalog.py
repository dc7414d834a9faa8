"""Every setting: how its value is bound, its default, and which keys are kept when empty."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flexprice_client.models.base import WireRequest
from flexprice_emulator.platform.settings import values
from flexprice_emulator.platform.settings.portal import DEFAULT_PORTAL
from flexprice_emulator.wallets.thresholds import check_alert_settings
from flexprice_emulator.webhooks import configured as webhooks
from flexprice_emulator.workspace.context import Context


@dataclass(frozen=True)
class SettingSpec:
    """`kept`: keys that a write replaces even when it leaves them out (false, null or [] then).

    `follow` is told every new value; a key that is not `listed` is the emulator's own.
    """

    model: type[WireRequest]
    default: Mapping[str, Any]
    kept: frozenset[str] = frozenset()
    check: Callable[[Any], None] | None = None
    of_tenant: bool = False
    follow: Callable[[Context, Mapping[str, Any]], None] | None = None
    listed: bool = True


def _workflow(name: str) -> SettingSpec:
    return SettingSpec(values.WorkflowConfig, {"workflow_type": name, "actions": []}, frozenset({"actions"}))


SETTINGS: dict[str, SettingSpec] = {
    "invoice_config": SettingSpec(
        values.InvoiceConfig,
        {
            "prefix": "INV",
            "format": "YYYYMM",
            "start_sequence": 1,
            "timezone": "UTC",
            "separator": "-",
            "suffix_length": 5,
            "due_date_days": 1,
            "finalization_delay_seconds": 7200,
        },
        check=values.check_invoice_config,
    ),
    "subscription_config": SettingSpec(
        values.SubscriptionConfig, {"grace_period_days": 3, "auto_cancellation_enabled": False}, frozenset({"auto_cancellation_enabled"})
    ),
    "invoice_pdf_config": SettingSpec(values.InvoicePDFConfig, {"template_name": "invoice.typ", "group_by": []}, frozenset({"group_by"})),
    "tenant_config": SettingSpec(values.TenantConfig, {"development": 2, "production": 0, "max_users": 10}, of_tenant=True),
    "customer_onboarding": _workflow("customer_onboarding"),
    "wallet_balance_alert_config": SettingSpec(
        values.WalletBalanceAlertConfig,
        {"critical": {"threshold": "0", "condition": "below"}, "warning": None, "info": None, "alert_enabled": False},
        frozenset({"critical", "warning", "info", "alert_enabled"}),
        check_alert_settings,
    ),
    "prepare_processed_events_config": _workflow("prepare_processed_events"),
    "custom_analytics_config": SettingSpec(values.CustomAnalyticsConfig, {"rules": []}, frozenset({"rules"})),
    "customer_portal_config": SettingSpec(values.CustomerPortalConfig, DEFAULT_PORTAL),
    "event_ingestion_filter": SettingSpec(
        values.EventIngestionFilter,
        {"enabled": False, "allowed_external_customer_ids": []},
        frozenset({"enabled", "allowed_external_customer_ids"}),
    ),
    "bonus_credits_topup_config": SettingSpec(
        values.BonusCreditsTopupConfig, {"enabled": False, "slabs": []}, frozenset({"enabled", "slabs"}), values.check_bonus_slabs
    ),
    "payment_mandate_limits": SettingSpec(
        values.PaymentMandateLimits, {"mandate_limits": {"UPI": {"currency": "INR", "max_amount": "100000"}}}
    ),
    "draft_invoice_recompute_config": SettingSpec(values.DraftInvoiceRecomputeConfig, {"enabled": False}, frozenset({"enabled"})),
    "saml_config": SettingSpec(values.SAMLConfig, {"enabled": False}, frozenset({"enabled"})),
    "webhook_config": SettingSpec(
        webhooks.WebhookConfig,
        webhooks.DEFAULT,
        frozenset({"enabled", "excluded_events"}),
        webhooks.check,
        follow=webhooks.follow,
        listed=False,
    ),
}
