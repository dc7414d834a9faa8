"""Subscriptions on the wire."""

from typing import Annotated, Any

from flexprice_client.models.base import (
    OMIT_EMPTY,
    OMIT_NONE,
    Dec,
    ListResponse,
    Metadata,
    Num,
    Pagination,
    Rule,
    SearchFilter,
    Timestamp,
    WireModel,
    WireRequest,
)
from flexprice_client.models.coupons import CouponAssociationResponse
from flexprice_client.models.customers import CustomerResponse, TaxRateOverride
from flexprice_client.models.entitlements import EntitlementResponse
from flexprice_client.models.features import FeatureResponse
from flexprice_client.models.invoices import InvoiceResponse
from flexprice_client.models.plans import PlanResponse
from flexprice_client.models.prices import PriceResponse
from flexprice_client.models.subscription_line_items import (
    CreateSubscriptionLineItemRequest,
    LineItemCommitmentConfig,
    OverrideLineItemRequest,
    SubscriptionLineItemResponse,
)


class SubscriptionCouponInput(WireRequest):
    """A coupon by code; with `price_id` it is on that line only."""

    coupon_code: Annotated[str, Rule("required")]
    price_id: str | None = None
    start_date: Timestamp | None = None
    end_date: Timestamp | None = None


class OverrideEntitlementRequest(WireRequest):
    """Other terms of one plan entitlement. A metered one becomes unlimited where `usage_limit` is left out."""

    entitlement_id: Annotated[str, Rule("required")]
    usage_limit: int | None = None
    is_enabled: bool | None = None
    static_value: str | None = None
    config_value: dict[str, Any] | None = None


class AddAddonToSubscriptionRequest(WireRequest):
    """An add-on to attach; `onetime` ends with the billing period that contains `start_date`."""

    addon_id: Annotated[str, Rule("required")]
    cadence: str | None = None
    start_date: Timestamp | None = None
    proration_behavior: str | None = None
    line_item_commitments: dict[str, LineItemCommitmentConfig] | None = None
    override_line_items: list[OverrideLineItemRequest] | None = None
    metadata: dict[str, Any] | None = None


class SubscriptionPhaseCreateRequest(WireRequest):
    """A stretch of the subscription; phases follow each other without gaps."""

    start_date: Annotated[Timestamp, Rule("required")]
    end_date: Timestamp | None = None
    coupons: list[str] | None = None
    line_item_coupons: dict[str, list[str]] | None = None
    subscription_coupons: list[SubscriptionCouponInput] | None = None
    line_items: list[CreateSubscriptionLineItemRequest] | None = None
    override_line_items: list[OverrideLineItemRequest] | None = None
    metadata: Metadata | None = None


class SubscriptionCreditGrantInput(WireRequest):
    """A credit grant of the subscription itself; a given list replaces the plan's grants."""

    name: Annotated[str, Rule("required")]
    scope: Annotated[str, Rule("required")]
    credits: Annotated[Dec, Rule("required")]
    cadence: Annotated[str, Rule("required")]
    plan_id: str | None = None
    subscription_id: str | None = None
    addon_id: str | None = None
    period: str | None = None
    period_count: int | None = None
    expiration_type: str | None = None
    expiration_duration: int | None = None
    expiration_duration_unit: str | None = None
    priority: int | None = None
    start_date: Timestamp | None = None
    end_date: Timestamp | None = None
    conversion_rate: Dec | None = None
    topup_conversion_rate: Dec | None = None
    metadata: Metadata | None = None


class GroupedInvoicingChildRequest(WireRequest):
    """A subscription to create whose charges go on the parent's invoice."""

    external_customer_id: Annotated[str, Rule("required")]
    plan_id: Annotated[str, Rule("required")]
    trial_period_days: int | None = None
    commitment_amount: Dec | None = None
    commitment_duration: str | None = None
    overage_factor: Dec | None = None
    enable_true_up: bool = False
    coupons: list[str] | None = None
    line_item_coupons: dict[str, list[str]] | None = None
    subscription_coupons: list[SubscriptionCouponInput] | None = None
    line_item_commitments: dict[str, LineItemCommitmentConfig] | None = None
    override_line_items: list[OverrideLineItemRequest] | None = None
    override_entitlements: list[OverrideEntitlementRequest] | None = None
    line_items: list[CreateSubscriptionLineItemRequest] | None = None
    addons: list[AddAddonToSubscriptionRequest] | None = None
    phases: list[SubscriptionPhaseCreateRequest] | None = None
    credit_grants: list[SubscriptionCreditGrantInput] | None = None
    tax_rate_overrides: list[TaxRateOverride] | None = None


class SubscriptionInheritanceConfig(WireRequest):
    """Who pays, who shares and what is grouped; most pairs exclude each other (subscriptions.md §12)."""

    external_customer_ids_to_inherit_subscription: list[str] | None = None
    parent_subscription_id: str | None = None
    invoicing_customer_external_id: str | None = None
    subscriptions_ids_for_grouped_invoicing: list[str] | None = None
    grouped_invoicing_children_to_create: list[GroupedInvoicingChildRequest] | None = None


class CheckoutParams(WireRequest):
    """Pay first: the subscription stays a draft until the session is paid."""

    payment_provider: Annotated[str, Rule("required")]
    payment_provider_config: dict[str, Any] | None = None
    success_url: str | None = None
    failure_url: str | None = None
    cancel_url: str | None = None
    idempotency_key: str | None = None
    metadata: Metadata | None = None


class CreateSubscriptionRequest(WireRequest):
    """`customer_id` wins over `external_customer_id`; the zone is always the customer's (subscriptions.md §3)."""

    customer_id: str = ""
    external_customer_id: str = ""
    plan_id: Annotated[str, Rule("required")]
    currency: Annotated[str, Rule("required,len=3")]
    billing_period: Annotated[str, Rule("required")]
    billing_period_count: int = 0
    billing_cycle: str = ""
    billing_anchor: Timestamp | None = None
    start_date: Timestamp | None = None
    end_date: Timestamp | None = None
    lookup_key: str = ""
    metadata: Metadata | None = None
    payment_behavior: str | None = None
    collection_method: str | None = None
    gateway_payment_method_id: str | None = None
    proration_behavior: str = ""
    timezone: str = ""
    subscription_status: str = ""
    payment_terms: str | None = None
    auto_invoice_threshold: Dec | None = None
    trial_period_days: int | None = None
    credit_grants: Annotated[list[SubscriptionCreditGrantInput] | None, Rule("omitempty,dive")] = None
    commitment_amount: Dec | None = None
    commitment_duration: str | None = None
    overage_factor: Dec | None = None
    enable_true_up: bool = False
    tax_rate_overrides: Annotated[list[TaxRateOverride] | None, Rule("omitempty,dive")] = None
    subscription_coupons: Annotated[list[SubscriptionCouponInput] | None, Rule("omitempty,dive")] = None
    coupons: list[str] | None = None
    line_item_coupons: dict[str, list[str]] | None = None
    line_item_commitments: dict[str, LineItemCommitmentConfig] | None = None
    override_line_items: Annotated[list[OverrideLineItemRequest] | None, Rule("omitempty,dive")] = None
    override_entitlements: Annotated[list[OverrideEntitlementRequest] | None, Rule("omitempty,dive")] = None
    addons: Annotated[list[AddAddonToSubscriptionRequest] | None, Rule("omitempty,dive")] = None
    line_items: list[CreateSubscriptionLineItemRequest] | None = None
    phases: Annotated[list[SubscriptionPhaseCreateRequest] | None, Rule("omitempty,dive")] = None
    inheritance: SubscriptionInheritanceConfig | None = None
    checkout: CheckoutParams | None = None


class UpdateSubscriptionRequest(WireRequest):
    """`cancel_at_period_end` is always written: left out it becomes false. `cancel_at` also sets the end date."""

    status: str = ""
    cancel_at: Timestamp | None = None
    cancel_at_period_end: bool = False
    parent_subscription_id: str | None = None


class ActivateDraftSubscriptionRequest(WireRequest):
    start_date: Annotated[Timestamp, Rule("required")]


class GetUsageBySubscriptionRequest(WireRequest):
    """Defaults to the current period; `lifetime_usage` starts at the subscription's start."""

    subscription_id: str
    start_time: Timestamp | None = None
    end_time: Timestamp | None = None
    lifetime_usage: bool = False


class SubscriptionFilter(SearchFilter):
    """Without `subscription_status` only active ones are shown. `start_time` and `end_time` are of the current period."""

    subscription_ids: list[str] | None = None
    customer_id: str | None = None
    customer_ids: list[str] | None = None
    external_customer_id: str | None = None
    invoicing_customer_ids: list[str] | None = None
    parent_subscription_ids: list[str] | None = None
    plan_id: str | None = None
    subscription_status: list[str] | None = None
    subscription_type: list[str] | None = None
    billing_cadence: list[str] | None = None
    billing_period: list[str] | None = None
    active_at: Timestamp | None = None
    effective_date_for_update: Timestamp | None = None
    trial_end_due_lte: Timestamp | None = None
    with_line_items: bool = False
    with_coupon_associations: bool = False


class SubscriptionPhaseResponse(WireModel):
    id: str
    subscription_id: str
    start_date: Timestamp
    end_date: Annotated[Timestamp | None, OMIT_NONE] = None
    metadata: Annotated[Metadata | None, OMIT_EMPTY] = None
    environment_id: str = ""
    tenant_id: str = ""
    status: str = "published"
    created_at: Timestamp
    updated_at: Timestamp
    created_by: str = ""
    updated_by: str = ""


class SubscriptionPauseResponse(WireModel):
    id: str
    subscription_id: str
    pause_status: str
    pause_mode: str
    resume_mode: Annotated[str | None, OMIT_NONE] = None
    pause_start: Timestamp
    pause_end: Annotated[Timestamp | None, OMIT_NONE] = None
    resumed_at: Annotated[Timestamp | None, OMIT_NONE] = None
    original_period_start: Timestamp
    original_period_end: Timestamp
    reason: Annotated[str, OMIT_EMPTY] = ""
    metadata: Annotated[Metadata | None, OMIT_EMPTY] = None
    environment_id: str = ""
    tenant_id: str = ""
    status: str = "published"
    created_at: Timestamp
    updated_at: Timestamp
    created_by: str = ""
    updated_by: str = ""


class SubscriptionResponse(WireModel):
    """`latest_invoice` is the opening invoice in the answer of creation and activation."""

    id: str
    lookup_key: Annotated[str, OMIT_EMPTY] = ""
    customer_id: str
    plan_id: str
    subscription_status: str
    currency: str
    billing_anchor: Timestamp
    billing_cycle: str
    start_date: Timestamp
    end_date: Annotated[Timestamp | None, OMIT_NONE] = None
    current_period_start: Timestamp
    current_period_end: Timestamp
    cancelled_at: Annotated[Timestamp | None, OMIT_NONE] = None
    cancel_at: Timestamp | None = None
    cancel_at_period_end: bool = False
    trial_start: Timestamp | None = None
    trial_end: Timestamp | None = None
    billing_cadence: str = "RECURRING"
    billing_period: str
    billing_period_count: int = 1
    version: int = 1
    metadata: Annotated[Metadata | None, OMIT_EMPTY] = None
    environment_id: str = ""
    pause_status: str = "none"
    active_pause_id: Annotated[str | None, OMIT_NONE] = None
    commitment_amount: Annotated[Dec | None, OMIT_NONE] = None
    commitment_duration: Annotated[str | None, OMIT_NONE] = None
    overage_factor: Annotated[Dec | None, OMIT_NONE] = None
    payment_behavior: str
    collection_method: str
    gateway_payment_method_id: Annotated[str | None, OMIT_NONE] = None
    line_items: Annotated[list[SubscriptionLineItemResponse] | None, OMIT_EMPTY] = None
    pauses: Annotated[list[SubscriptionPauseResponse] | None, OMIT_EMPTY] = None
    timezone: str = "UTC"
    proration_behavior: str = "none"
    enable_true_up: bool = False
    invoicing_customer_id: Annotated[str | None, OMIT_NONE] = None
    parent_subscription_id: Annotated[str | None, OMIT_NONE] = None
    payment_terms: Annotated[str | None, OMIT_EMPTY] = None
    subscription_type: str = "standalone"
    auto_invoice_threshold: Annotated[Dec | None, OMIT_NONE] = None
    synced_price_sequence: Annotated[int, OMIT_EMPTY] = 0
    tenant_id: str = ""
    status: str = "published"
    created_at: Timestamp
    updated_at: Timestamp
    created_by: str = ""
    updated_by: str = ""
    plan: PlanResponse | None = None
    customer: CustomerResponse | None = None
    coupon_associations: Annotated[list[CouponAssociationResponse] | None, OMIT_EMPTY] = None
    phases: Annotated[list[SubscriptionPhaseResponse] | None, OMIT_EMPTY] = None
    credit_grants: Annotated[list[Any] | None, OMIT_EMPTY] = None
    latest_invoice: Annotated[InvoiceResponse | None, OMIT_NONE] = None
    entitlements: Annotated[list[EntitlementResponse] | None, OMIT_EMPTY] = None
    checkout_session: Annotated[Any, OMIT_NONE] = None


class SubscriptionResponseV2(SubscriptionResponse):
    """Only what `expand` asks for is filled."""

    plan: Annotated[PlanResponse | None, OMIT_NONE] = None
    customer: Annotated[CustomerResponse | None, OMIT_NONE] = None
    plan_prices_out_of_sync: bool = False


ListSubscriptionsResponse = ListResponse[SubscriptionResponse]


class CustomerSubscriptionsResponse(WireModel):
    """All of a customer's subscriptions; the pagination is always zeros, no items are null."""

    items: list[SubscriptionResponse] | None = None
    pagination: Pagination


class SubscriptionUsageByMetersResponse(WireModel):
    """One charge. Amounts and quantities are plain numbers here."""

    subscription_line_item_id: Annotated[str, OMIT_EMPTY] = ""
    amount: Num
    currency: str
    display_amount: str
    quantity: Num
    filter_values: dict[str, list[str]] | None = None
    meter_id: str = ""
    meter_display_name: str = ""
    price: PriceResponse | None = None
    is_overage: bool = False
    overage_factor: Annotated[Num | None, OMIT_NONE] = None


class GetUsageBySubscriptionResponse(WireModel):
    """Gross charges of a window, and what they do to the subscription's commitment."""

    amount: Num
    currency: str
    display_amount: str
    start_time: Timestamp
    end_time: Timestamp
    charges: list[SubscriptionUsageByMetersResponse] | None = None
    commitment_amount: Annotated[Num | None, OMIT_EMPTY] = None
    overage_factor: Annotated[Num | None, OMIT_EMPTY] = None
    commitment_utilized: Annotated[Num | None, OMIT_EMPTY] = None
    overage_amount: Annotated[Num | None, OMIT_EMPTY] = None
    has_overage: bool = False


class EntitlementSource(WireModel):
    """Where a part of a merged entitlement comes from."""

    subscription_id: str = ""
    entity_id: str
    entity_type: str
    quantity: int = 1
    entity_name: str = ""
    entitlement_id: str
    is_enabled: bool = True
    usage_limit: Annotated[int | None, OMIT_NONE] = None
    usage_reset_period: Annotated[str, OMIT_EMPTY] = ""
    static_value: Annotated[str, OMIT_EMPTY] = ""
    config_value: Annotated[dict[str, Any] | None, OMIT_EMPTY] = None


class AggregatedEntitlementBucket(WireModel):
    """One source of a feature that counts apart: it has a time-boxed quota, or runs in parallel."""

    entitlement_id: str = ""
    source_entity_id: str = ""
    usage_limit: Annotated[int | None, OMIT_NONE] = None
    grant_measure: Annotated[str, OMIT_EMPTY] = ""
    grant_quota: Annotated[Dec | None, OMIT_NONE] = None
    grant_duration_value: Annotated[int | None, OMIT_NONE] = None
    grant_duration_unit: Annotated[str, OMIT_EMPTY] = ""


class AggregatedEntitlement(WireModel):
    """All entitlements of a feature as one; no `usage_limit` is unlimited."""

    is_enabled: bool
    usage_limit: Annotated[int | None, OMIT_NONE] = None
    is_soft_limit: bool = False
    usage_reset_period: Annotated[str, OMIT_EMPTY] = ""
    static_values: Annotated[list[str] | None, OMIT_EMPTY] = None
    config_values: Annotated[list[dict[str, Any]] | None, OMIT_EMPTY] = None
    aggregation_mode: Annotated[str, OMIT_EMPTY] = ""
    buckets: Annotated[list[AggregatedEntitlementBucket] | None, OMIT_EMPTY] = None


class AggregatedFeature(WireModel):
    feature: FeatureResponse
    entitlement: AggregatedEntitlement
    sources: list[EntitlementSource] | None = None


class SubscriptionEntitlementsResponse(WireModel):
    subscription_id: str
    plan_id: str
    features: list[AggregatedFeature]


class CustomerEntitlementsResponse(WireModel):
    customer_id: str
    subscriptions: list[SubscriptionResponse]
    features: list[AggregatedFeature]
