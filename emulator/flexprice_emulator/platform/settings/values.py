"""The value of each setting as it is bound: field names there, tags, and the checks beyond tags."""

from typing import Annotated, Any

from flexprice_client.models.alert_thresholds import AlertSettings
from flexprice_client.models.base import Dec, Rule, WireRequest
from flexprice_emulator.wire.errors import ValidationError

# Dates reckoned from a setting stay in the calendar, and numbers fit their column.
_MOST_DAYS, _MOST_SECONDS, _MOST_INVOICES = 1_000_000, 1_000_000_000, 1_000_000_000_000
INVOICE_NUMBER_FORMATS = ("YYYYMM", "YYYYMMDD", "YYMMDD", "YY", "YYYY")


class InvoiceConfig(WireRequest):
    """invoices.md §5.5."""

    prefix: Annotated[str, Rule("required", "InvoiceNumberPrefix")] = ""
    format: Annotated[str, Rule("required", "InvoiceNumberFormat")] = ""
    start_sequence: Annotated[int, Rule(f"required,min=1,max={_MOST_INVOICES}", "InvoiceNumberStartSequence")] = 0
    timezone: Annotated[str, Rule("required", "InvoiceNumberTimezone")] = ""
    separator: str | None = None
    suffix_length: Annotated[int, Rule("required,min=1,max=10", "InvoiceNumberSuffixLength")] = 0
    due_date_days: Annotated[int | None, Rule(f"omitempty,min=0,max={_MOST_DAYS}", "DueDateDays")] = None
    auto_complete_purchased_credit_transaction: bool = False
    finalization_delay_seconds: Annotated[int | None, Rule(f"omitempty,min=0,max={_MOST_SECONDS}", "FinalizationDelaySeconds")] = None


class SubscriptionConfig(WireRequest):
    """subscriptions.md: unpaid invoices and cancellation."""

    grace_period_days: Annotated[int, Rule(f"required,min=1,max={_MOST_DAYS}")] = 0
    auto_cancellation_enabled: bool = False


class InvoicePDFConfig(WireRequest):
    template_name: str = ""
    group_by: list[str] | None = None


class TenantConfig(WireRequest):
    """How many environments of each type, and users, a tenant may have."""

    development: Annotated[int, Rule("omitempty,min=0")] = 0
    production: Annotated[int, Rule("omitempty,min=0")] = 0
    max_users: Annotated[int, Rule("omitempty,min=0")] = 0


class WorkflowConfig(WireRequest):
    workflow_type: str = ""
    actions: list[dict[str, Any]] | None = None


class Bonus(WireRequest):
    """`type` flat: `value` credits; percentage: `value` percent of the credits bought."""

    type: Annotated[str, Rule("required,oneof=flat percentage")] = ""
    value: Dec | None = None


class BonusSlab(WireRequest):
    threshold: Dec | None = None
    operator: Annotated[str, Rule("required,oneof=gte")] = ""
    bonus: Bonus
    expiration_duration: int | None = None
    expiration_duration_unit: str | None = None


class BonusCreditsTopupConfig(WireRequest):
    """wallets.md §5.5."""

    enabled: bool = False
    slabs: Annotated[list[BonusSlab] | None, Rule("dive")] = None


class CustomAnalyticsConfig(WireRequest):
    rules: list[dict[str, Any]] | None = None


class PortalTheme(WireRequest):
    primary_color: str | None = None
    secondary_color: str | None = None
    tertiary_color: str | None = None


class CustomerPortalConfig(WireRequest):
    version: str = ""
    theme: PortalTheme | None = None
    sections: list[dict[str, Any]] | None = None


class EventIngestionFilter(WireRequest):
    enabled: bool = False
    allowed_external_customer_ids: list[str] | None = None


class MandateLimit(WireRequest):
    currency: str
    max_amount: Dec


class PaymentMandateLimits(WireRequest):
    mandate_limits: dict[str, MandateLimit] | None = None


class DraftInvoiceRecomputeConfig(WireRequest):
    enabled: bool = False


class SAMLConfig(WireRequest):
    enabled: bool = False
    idp_metadata_url: str | None = None
    idp_metadata_xml: str | None = None


class WalletBalanceAlertConfig(AlertSettings):
    """wallets.md §9.1."""


def check_invoice_config(config: InvoiceConfig) -> None:
    """Raises ValidationError for a number format that does not exist."""
    if config.format not in INVOICE_NUMBER_FORMATS:
        raise ValidationError(f"Invoice config format must be one of [{' '.join(INVOICE_NUMBER_FORMATS)}]")


def check_bonus_slabs(config: BonusCreditsTopupConfig) -> None:
    """Raises ValidationError unless thresholds fall strictly and bonuses are not negative."""
    above = None
    for index, slab in enumerate(config.slabs or ()):
        threshold = slab.threshold
        if threshold is None or threshold < 0:
            raise ValidationError("Slab threshold must be a non-negative value", {"index": index})
        if slab.bonus.value is None or slab.bonus.value < 0:
            raise ValidationError("Bonus value must be a non-negative value", {"index": index})
        if above is not None and threshold >= above:
            raise ValidationError(
                "Slabs must be sorted in strictly descending order by threshold, the highest bracket first",
                {"index": index, "threshold": threshold},
            )
        above = threshold
