"""Changes of running subscriptions on the wire: add-ons, typed modifications, changes of plan."""

from typing import Annotated, Any

from flexprice_client.models.addons import AddonResponse
from flexprice_client.models.base import (
    OMIT_EMPTY,
    OMIT_NONE,
    ZERO_TIME,
    Dec,
    ListResponse,
    Metadata,
    Rule,
    Timestamp,
    WireModel,
    WireRequest,
)
from flexprice_client.models.credit_grants import CreditGrantResponse
from flexprice_client.models.invoices import InvoiceResponse
from flexprice_client.models.subscription_line_items import LineItemCommitmentConfig, OverrideLineItemRequest
from flexprice_client.models.subscriptions import AddAddonToSubscriptionRequest, CheckoutParams, SubscriptionResponse
from flexprice_client.models.wallets import WalletTransactionResponse


class AddAddonRequest(WireRequest):
    """An add-on for a subscription; `start_date` defaults to now."""

    subscription_id: str = ""
    addon_id: str = ""
    cadence: str | None = None
    start_date: Timestamp | None = None
    proration_behavior: str | None = None
    line_item_commitments: dict[str, LineItemCommitmentConfig] | None = None
    override_line_items: list[OverrideLineItemRequest] | None = None
    metadata: dict[str, Any] | None = None
    checkout: CheckoutParams | None = None


class RemoveAddonRequest(WireRequest):
    """`effective_date` lies in the current period and defaults to its end."""

    addon_association_id: Annotated[str, Rule("required")]
    reason: str = ""
    effective_date: Timestamp | None = None
    proration_behavior: str | None = None


class AddAddonToSubscriptionResponse(WireModel):
    """An add-on on a subscription. `addon_status`: active, cancelled, pending."""

    id: Annotated[str, OMIT_EMPTY] = ""
    environment_id: Annotated[str, OMIT_EMPTY] = ""
    entity_id: Annotated[str, OMIT_EMPTY] = ""
    entity_type: Annotated[str, OMIT_EMPTY] = ""
    addon_id: Annotated[str, OMIT_EMPTY] = ""
    start_date: Annotated[Timestamp | None, OMIT_NONE] = None
    end_date: Annotated[Timestamp | None, OMIT_NONE] = None
    addon_status: Annotated[str, OMIT_EMPTY] = ""
    cancellation_reason: Annotated[str, OMIT_EMPTY] = ""
    cancelled_at: Annotated[Timestamp | None, OMIT_NONE] = None
    metadata: Annotated[dict[str, Any] | None, OMIT_EMPTY] = None
    tenant_id: str = ""
    status: str = "published"
    created_at: Timestamp
    updated_at: Timestamp
    created_by: str = ""
    updated_by: str = ""
    invoice: Annotated[InvoiceResponse | None, OMIT_NONE] = None
    checkout_session: Annotated[dict[str, Any] | None, OMIT_NONE] = None


class AddonAssociationResponse(AddAddonToSubscriptionResponse):
    """As attached, with the add-on and its prices."""

    addon: Annotated[AddonResponse | None, OMIT_NONE] = None
    subscription: Annotated[SubscriptionResponse | None, OMIT_NONE] = None


ListAddonAssociationsResponse = ListResponse[AddonAssociationResponse]


class LineItemQuantityChange(WireRequest):
    """`effective_date` defaults to now."""

    id: Annotated[str, Rule(binding="required")]
    quantity: Dec
    effective_date: Timestamp | None = None


class SubModifyQuantityChangeRequest(WireRequest):
    line_items: Annotated[list[LineItemQuantityChange], Rule(binding="required,min=1,dive")]


class SubModifyInheritanceRequest(WireRequest):
    """`action`: add, remove; customers by their external ids."""

    action: str = ""
    external_customer_ids_to_inherit_subscription: list[str] | None = None
    external_customer_ids_to_remove: list[str] | None = None


class SubModifyGroupedInvoicingParams(WireRequest):
    """`action`: add, remove."""

    action: Annotated[str, Rule(binding="required")]
    parent_subscription_id: str = ""
    child_subscription_ids: list[str] | None = None


class SubModifyTrialEndRequest(WireRequest):
    """`action`: immediate, scheduled_date (then with `new_trial_end`)."""

    action: Annotated[str, Rule(binding="required")]
    new_trial_end: Timestamp | None = None


class SubModifyCouponParams(WireRequest):
    """`action`: add by `coupon_code`, remove by `coupon_association_id`."""

    action: Annotated[str, Rule(binding="required")]
    coupon_code: str = ""
    coupon_association_id: str = ""
    subscription_id: str = ""
    subscription_line_item_id: str | None = None
    start_date: Timestamp | None = None
    end_date: Timestamp | None = None


class SubModifyTaxParams(WireRequest):
    """`action`: add by `tax_rate_id`, remove by `tax_association_id`."""

    action: Annotated[str, Rule(binding="required")]
    tax_rate_id: str = ""
    tax_association_id: str = ""
    effective_date: Timestamp | None = None


class SubModifyAddonParams(WireRequest):
    """`action`: add with `add`, remove with `remove`."""

    action: Annotated[str, Rule(binding="required")]
    add: AddAddonToSubscriptionRequest | None = None
    remove: RemoveAddonRequest | None = None


class ExecuteSubscriptionModifyRequest(WireRequest):
    """One modification: `type` and the params of that type."""

    type: Annotated[str, Rule(binding="required")]
    quantity_change_params: SubModifyQuantityChangeRequest | None = None
    inheritance_params: SubModifyInheritanceRequest | None = None
    grouped_invoicing_params: SubModifyGroupedInvoicingParams | None = None
    trial_end_params: SubModifyTrialEndRequest | None = None
    coupon_params: SubModifyCouponParams | None = None
    tax_params: SubModifyTaxParams | None = None
    addon_params: SubModifyAddonParams | None = None
    checkout: CheckoutParams | None = None


class ChangedLineItem(WireModel):
    """`change_action`: created, updated, ended."""

    id: str
    price_id: str
    quantity: Dec
    start_date: Annotated[Timestamp | None, OMIT_NONE] = None
    end_date: Annotated[Timestamp | None, OMIT_NONE] = None
    change_action: str


class ChangedSubscription(WireModel):
    """`action`: created, updated. The dates are given where they changed."""

    id: str
    action: str
    status: str
    trial_end: Annotated[Timestamp | None, OMIT_NONE] = None
    current_period_end: Annotated[Timestamp | None, OMIT_NONE] = None


class ChangedInvoice(WireModel):
    """`action`: created (an invoice) or wallet_credit. `status`: preview, issued, or the invoice's payment status."""

    id: str
    action: str
    status: str
    invoice: Annotated[InvoiceResponse | None, OMIT_NONE] = None
    wallet_transaction: Annotated[WalletTransactionResponse | None, OMIT_NONE] = None


class ChangedResources(WireModel):
    """Everything a change touched."""

    line_items: Annotated[list[ChangedLineItem] | None, OMIT_EMPTY] = None
    subscriptions: Annotated[list[ChangedSubscription] | None, OMIT_EMPTY] = None
    invoices: Annotated[list[ChangedInvoice] | None, OMIT_EMPTY] = None


class SubscriptionModifyResponse(WireModel):
    """`subscription` is null where the type does not show it."""

    subscription: SubscriptionResponse | None = None
    changed_resources: ChangedResources
    checkout_session: Annotated[dict[str, Any] | None, OMIT_NONE] = None


class SubscriptionChangeRequest(WireRequest):
    """Another plan by a new subscription. `change_at`: immediate (default), end_of_period."""

    target_plan_id: Annotated[str, Rule(binding="required")]
    proration_behavior: Annotated[str, Rule(binding="required")]
    billing_cadence: Annotated[str, Rule(binding="required")]
    billing_period: Annotated[str, Rule(binding="required")]
    billing_cycle: Annotated[str, Rule(binding="required")]
    billing_period_count: int = 1
    change_at: str = ""
    metadata: Metadata | None = None


class PlanSummary(WireModel):
    id: str
    name: str
    lookup_key: Annotated[str, OMIT_EMPTY] = ""
    description: Annotated[str, OMIT_EMPTY] = ""


class ProrationDetails(WireModel):
    """What the old plan's advance charges give back; `net_amount` is negative for a credit."""

    credit_amount: Dec
    credit_description: str
    charge_amount: Dec
    charge_description: str
    net_amount: Dec
    proration_date: Timestamp
    current_period_start: Timestamp
    current_period_end: Timestamp
    days_used: int
    days_remaining: int
    currency: str


class InvoiceLineItemPreview(WireModel):
    description: str
    amount: Dec
    quantity: Dec
    unit_price: Dec
    period_start: Annotated[Timestamp | None, OMIT_NONE] = None
    period_end: Annotated[Timestamp | None, OMIT_NONE] = None
    is_proration: bool = False


class InvoicePreview(WireModel):
    """Every price of the target plan once, less the credit."""

    subtotal: Dec
    tax_amount: Dec
    total: Dec
    currency: str
    line_items: list[InvoiceLineItemPreview]
    due_date: Annotated[Timestamp | None, OMIT_NONE] = None


class BillingCycleInfo(WireModel):
    """`billing_anchor` is the old subscription's."""

    period_start: Timestamp
    period_end: Timestamp
    billing_anchor: Timestamp
    billing_cadence: str
    billing_period: str
    billing_period_count: int


class SubscriptionChangePreviewResponse(WireModel):
    """`change_type`: upgrade, downgrade, lateral, by the sums of the two plans' prices."""

    subscription_id: str
    current_plan: PlanSummary
    target_plan: PlanSummary
    change_type: str
    proration_details: Annotated[ProrationDetails | None, OMIT_NONE] = None
    next_invoice_preview: Annotated[InvoicePreview | None, OMIT_NONE] = None
    effective_date: Timestamp
    new_billing_cycle: BillingCycleInfo
    warnings: Annotated[list[str] | None, OMIT_EMPTY] = None
    metadata: Annotated[Metadata | None, OMIT_EMPTY] = None


class SubscriptionSummary(WireModel):
    """Only ids and status of the old subscription are filled, and nothing at all of a scheduled change."""

    id: str = ""
    status: str = ""
    plan_id: str = ""
    current_period_start: Timestamp = ZERO_TIME
    current_period_end: Timestamp = ZERO_TIME
    billing_anchor: Timestamp = ZERO_TIME
    created_at: Timestamp = ZERO_TIME
    archived_at: Annotated[Timestamp | None, OMIT_NONE] = None


class SubscriptionChangeExecuteResponse(WireModel):
    """The old subscription is cancelled, the new one runs; or both are empty and a schedule waits."""

    is_scheduled: bool = False
    schedule_id: Annotated[str, OMIT_EMPTY] = ""
    scheduled_at: Annotated[Timestamp | None, OMIT_NONE] = None
    old_subscription: SubscriptionSummary
    new_subscription: SubscriptionSummary
    change_type: str
    invoice: Annotated[InvoiceResponse | None, OMIT_NONE] = None
    proration_applied: Annotated[ProrationDetails | None, OMIT_NONE] = None
    credit_grants: Annotated[list[CreditGrantResponse] | None, OMIT_EMPTY] = None
    effective_date: Timestamp
    metadata: Annotated[Metadata | None, OMIT_EMPTY] = None


class EntityChangePolicy(WireRequest):
    """carry or drop, for all and by id."""

    default_behaviour: str = ""
    overrides: dict[str, str] | None = None


class SubscriptionChangeEntityPolicies(WireRequest):
    addons: EntityChangePolicy | None = None


class SubscriptionChangeV2Request(WireRequest):
    """Another plan in place. `change_at`: immediate (default), end_of_period; add-ons are carried unless a policy drops them."""

    target_plan_id: Annotated[str, Rule(binding="required")]
    proration_behavior: Annotated[str, Rule(binding="required")]
    entity_policies: SubscriptionChangeEntityPolicies | None = None
    idempotency_key: str = ""
    change_at: str = ""
    metadata: Metadata | None = None


class EntityChangeResult(WireModel):
    """What became of one add-on: `reference_id` is its association."""

    entity_type: str
    entity_id: str
    reference_id: str
    behaviour: str


class SubscriptionChangeV2Response(WireModel):
    """The same subscription on another plan, and what that changed; or the schedule that waits."""

    subscription: SubscriptionResponse | None = None
    changed_resources: ChangedResources
    change_type: str
    effective_at: Timestamp
    from_plan: PlanSummary
    to_plan: PlanSummary
    entity_changes: Annotated[list[EntityChangeResult] | None, OMIT_EMPTY] = None
    is_scheduled: bool = False
    schedule_id: Annotated[str | None, OMIT_EMPTY] = None
    scheduled_at: Annotated[Timestamp | None, OMIT_NONE] = None
    warnings: Annotated[list[str] | None, OMIT_EMPTY] = None
    metadata: Annotated[Metadata | None, OMIT_EMPTY] = None
