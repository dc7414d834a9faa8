"""Wallets, their ledger and balances on the wire."""

from typing import Annotated, Any

from flexprice_client.models.alert_thresholds import AlertSettings
from flexprice_client.models.base import (
    OMIT_EMPTY,
    OMIT_NONE,
    Dec,
    ListResponse,
    Metadata,
    Rule,
    SearchFilter,
    Timestamp,
    WireModel,
    WireRequest,
)
from flexprice_client.models.customers import CustomerResponse
from flexprice_client.models.subscriptions import CheckoutParams
from flexprice_client.models.users import UserResponse


class Duration(WireRequest):
    """`unit` is second, minute, hour or day."""

    value: int = 0
    unit: str = ""


class AutoTopup(WireRequest):
    """Buy `amount` credits when the real-time credits reach `threshold` or less; `invoicing` by a pay-later invoice."""

    enabled: bool | None = None
    threshold: Dec | None = None
    amount: Dec | None = None
    invoicing: bool | None = None
    cooldown: Duration | None = None


class WalletConfig(WireRequest):
    """`allowed_price_types`: ALL, USAGE, FIXED."""

    allowed_price_types: list[str] | None = None


class CreateWalletRequest(WireRequest):
    """`initial_credits_to_load_expiry_date` is YYYYMMDD; the `_utc` one wins. `price_unit` sets currency and conversion rate."""

    customer_id: str = ""
    external_customer_id: str = ""
    currency: Annotated[str, Rule(binding="required")]
    description: str = ""
    metadata: Metadata | None = None
    wallet_type: str = ""
    conversion_rate: Dec | None = None
    topup_conversion_rate: Dec | None = None
    initial_credits_to_load: Dec | None = None
    initial_credits_to_load_expiry_date: int | None = None
    initial_credits_expiry_date_utc: Timestamp | None = None
    auto_topup: AutoTopup | None = None
    alert_settings: AlertSettings | None = None
    price_unit: str = ""


class UpdateWalletRequest(WireRequest):
    name: str | None = None
    description: str | None = None
    metadata: Metadata | None = None
    auto_topup: AutoTopup | None = None
    config: WalletConfig | None = None
    alert_settings: AlertSettings | None = None


class TopUpWalletRequest(WireRequest):
    """`credits_to_add` wins over `amount` (money). `checkout` only with PURCHASED_CREDIT_INVOICED."""

    credits_to_add: Dec | None = None
    amount: Dec | None = None
    transaction_reason: Annotated[str, Rule(binding="required")]
    expiry_date_utc: Timestamp | None = None
    priority: int | None = None
    idempotency_key: str = ""
    description: str = ""
    metadata: Metadata | None = None
    bonus_credits_to_add: Dec | None = None
    bonus_credits_expiry_date_utc: Timestamp | None = None
    checkout: CheckoutParams | None = None
    force_sync_invoice: bool = False


class ManualBalanceDebitRequest(WireRequest):
    """`transaction_reason` is MANUAL_BALANCE_DEBIT. The balance may fall below zero."""

    credits: Dec | None = None
    transaction_reason: Annotated[str, Rule(binding="required")]
    idempotency_key: Annotated[str, Rule(binding="required")]
    description: str = ""
    metadata: Metadata | None = None


class ModifyWalletRequest(WireRequest):
    """`modification_type` is prepaid_to_postpaid."""

    modification_type: str = ""


class WalletFilter(WireRequest):
    """Paging is taken and ignored. `status` is the wallet_status."""

    limit: int | None = None
    offset: int | None = None
    order: str | None = None
    expand: str | None = None
    sort: str | None = None
    status: str | None = None
    wallet_ids: list[str] | None = None
    alert_enabled: bool | None = None


class WalletTransactionFilter(SearchFilter):
    """`id` is the wallet's; `created_by` is taken and not applied."""

    id: str | None = None
    type: str | None = None
    transaction_status: str | None = None
    reference_type: str | None = None
    reference_id: str | None = None
    transaction_reason: str | None = None
    priority: int | None = None
    credits_available_gt: Dec | None = None
    expiry_date_before: Timestamp | None = None
    expiry_date_after: Timestamp | None = None
    created_by: str | None = None


class CreditBreakdown(WireModel):
    """Credits still available, by how they came."""

    purchased: Dec
    free: Dec


class WalletResponse(WireModel):
    """Stored balances: `balance` is money, `credit_balance` credits. Real-time figures only where they were asked for."""

    id: str
    customer_id: str
    currency: str
    balance: Dec
    credit_balance: Dec
    wallet_status: str
    name: Annotated[str, OMIT_EMPTY] = ""
    description: str = ""
    metadata: Metadata | None = None
    auto_topup: Annotated[dict[str, Any] | None, OMIT_NONE] = None
    wallet_type: str
    config: dict[str, Any]
    conversion_rate: Dec
    topup_conversion_rate: Dec
    environment_id: str = ""
    alert_settings: Annotated[dict[str, Any] | None, OMIT_NONE] = None
    alert_state: str = "ok"
    tenant_id: str = ""
    status: str = "published"
    created_at: Timestamp
    updated_at: Timestamp
    created_by: str = ""
    updated_by: str = ""
    credits_available_breakdown: Annotated[CreditBreakdown | None, OMIT_NONE] = None
    real_time_balance: Annotated[Dec | None, OMIT_NONE] = None
    real_time_credit_balance: Annotated[Dec | None, OMIT_NONE] = None


class WalletBalanceResponse(WalletResponse):
    """`current_period_usage` is all that is pending, unpaid invoices included; `is_cached_fallback` marks a cached figure."""

    balance_updated_at: Annotated[Timestamp | None, OMIT_NONE] = None
    current_period_usage: Annotated[Dec | None, OMIT_NONE] = None
    unpaid_invoices_amount: Annotated[Dec | None, OMIT_NONE] = None
    is_cached_fallback: bool = False


class WalletTransactionResponse(WireModel):
    """One ledger entry; amounts are positive for credits and debits alike."""

    id: str
    wallet_id: str
    customer_id: str
    type: str
    amount: Dec
    credit_amount: Dec
    credit_balance_before: Dec
    credit_balance_after: Dec
    transaction_status: str
    reference_type: str = ""
    reference_id: str = ""
    description: str = ""
    metadata: Metadata | None = None
    expiry_date: Timestamp | None = None
    credits_available: Dec
    transaction_reason: str
    priority: int | None = None
    currency: str = ""
    parent_transaction_id: Annotated[str, OMIT_EMPTY] = ""
    conversion_rate: Annotated[Dec | None, OMIT_NONE] = None
    topup_conversion_rate: Annotated[Dec | None, OMIT_NONE] = None
    idempotency_key: str = ""
    environment_id: str = ""
    tenant_id: str = ""
    status: str = "published"
    created_at: Timestamp
    updated_at: Timestamp
    created_by: str = ""
    updated_by: str = ""
    customer: Annotated[CustomerResponse | None, OMIT_NONE] = None
    created_by_user: Annotated[UserResponse | None, OMIT_NONE] = None
    wallet: Annotated[WalletResponse | None, OMIT_NONE] = None


class TopUpWalletResponse(WireModel):
    wallet_transaction: WalletTransactionResponse | None = None
    invoice_id: Annotated[str | None, OMIT_EMPTY] = None
    wallet: WalletResponse | None = None
    checkout_session: Annotated[dict[str, Any] | None, OMIT_NONE] = None


class ModifyWalletResponse(WireModel):
    original_wallet: WalletResponse
    new_wallet: WalletResponse


ListWalletsResponse = ListResponse[WalletResponse]
ListWalletTransactionsResponse = ListResponse[WalletTransactionResponse]
