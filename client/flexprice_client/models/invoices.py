"""Invoices on the wire."""

from typing import Annotated, Any

from flexprice_client.models.base import (
    OMIT_EMPTY,
    OMIT_NONE,
    Dec,
    ListResponse,
    Metadata,
    Num,
    Rule,
    SearchFilter,
    Timestamp,
    WireModel,
    WireRequest,
)
from flexprice_client.models.customers import CustomerResponse, TaxRateOverride
from flexprice_client.models.taxes import TaxRateResponse


class InvoiceCoupon(WireRequest):
    """A coupon on a whole one-off invoice."""

    coupon_id: Annotated[str, Rule("required")]
    coupon_association_id: str | None = None


class InvoiceLineItemCoupon(WireRequest):
    """A coupon on one line; `line_item_id` is the line's price id."""

    line_item_id: Annotated[str, Rule("required")]
    coupon_id: Annotated[str, Rule("required")]
    coupon_association_id: str | None = None
    subscription_line_item_id: str | None = None


class CommitmentInfo(WireRequest):
    """What a line's commitment did to its amount."""

    type: str = ""
    amount: Dec | None = None
    quantity: Dec | None = None
    duration: str | None = None
    overage_factor: Dec | None = None
    true_up_enabled: bool = False
    is_windowed: bool = False
    computed_commitment_utilized_amount: Dec | None = None
    computed_overage_amount: Dec | None = None
    computed_true_up_amount: Dec | None = None


class CreateInvoiceLineItemRequest(WireRequest):
    amount: Annotated[Dec, Rule("required")]
    quantity: Annotated[Dec, Rule("required")]
    display_name: str | None = None
    entity_id: str | None = None
    entity_type: str | None = None
    plan_id: str | None = None
    plan_display_name: str | None = None
    price_id: str | None = None
    price_type: str | None = None
    price_unit: str | None = None
    price_unit_amount: Dec | None = None
    meter_id: str | None = None
    meter_display_name: str | None = None
    subscription_id: str | None = None
    subscription_line_item_id: str | None = None
    period_start: Timestamp | None = None
    period_end: Timestamp | None = None
    metadata: Metadata | None = None
    commitment_info: CommitmentInfo | None = None
    adjusted_entitlement_quantity: Dec | None = None
    invoice_level_discount: Dec | None = None
    line_item_discount: Dec | None = None
    prepaid_credits_applied: Dec | None = None


class CreateInvoiceRequest(WireRequest):
    """A one-off invoice. Number, paid amount and statuses of the request are ignored (invoices.md §5.11)."""

    customer_id: str = ""
    currency: str = ""
    invoice_type: str = ""
    amount_due: Dec | None = None
    subtotal: Dec | None = None
    total: Dec | None = None
    subscription_id: str | None = None
    description: str = ""
    billing_reason: str = ""
    billing_period: str | None = None
    due_date: Timestamp | None = None
    issue_date: Timestamp | None = None
    period_start: Timestamp | None = None
    period_end: Timestamp | None = None
    idempotency_key: str | None = None
    invoice_pdf_url: str | None = None
    line_items: list[CreateInvoiceLineItemRequest] | None = None
    coupons: list[str] | None = None
    invoice_coupons: list[InvoiceCoupon] | None = None
    line_item_coupons: list[InvoiceLineItemCoupon] | None = None
    tax_rates: list[str] | None = None
    tax_rate_overrides: list[TaxRateOverride] | None = None
    metadata: Metadata | None = None


class UpdateInvoiceLineItemRequest(WireRequest):
    """An edit of a draft's line; without `id` a line is added."""

    id: str = ""
    amount: Dec | None = None
    quantity: Dec | None = None
    display_name: str | None = None
    price_type: str | None = None
    period_start: Timestamp | None = None
    period_end: Timestamp | None = None
    metadata: Metadata | None = None


class UpdateInvoiceRequest(WireRequest):
    """Line edits are for drafts only and stop later computations."""

    invoice_pdf_url: str | None = None
    due_date: Timestamp | None = None
    metadata: Metadata | None = None
    apply_discount: bool | None = None
    line_items: list[UpdateInvoiceLineItemRequest] | None = None
    add_line_items: list[UpdateInvoiceLineItemRequest] | None = None
    update_line_items: list[UpdateInvoiceLineItemRequest] | None = None
    remove_line_item_ids: list[str] | None = None


class UpdateInvoicePaymentRequest(WireRequest):
    """A payment status set by hand (invoices.md §9.4)."""

    payment_status: str
    amount: Dec | None = None


class VoidInvoiceRequest(WireRequest):
    """`metadata` is merged into the invoice's."""

    metadata: Metadata | None = None


class GetPreviewInvoiceRequest(WireRequest):
    """Defaults to the current period."""

    subscription_id: str
    period_start: Timestamp | None = None
    period_end: Timestamp | None = None
    hide_zero_charges_line_items: bool = False


class InvoiceFilter(SearchFilter):
    """`start_time`: period_start at or after it; `end_time`: period_end at or before it."""

    customer_id: str | None = None
    external_customer_id: str | None = None
    subscription_customer_id: list[str] | None = None
    subscription_id: str | None = None
    invoice_ids: list[str] | None = None
    invoice_type: str | None = None
    invoice_status: list[str] | None = None
    payment_status: list[str] | None = None
    billing_reason: str | None = None
    currency: str | None = None
    amount_due_gt: Num | None = None
    amount_remaining_gt: Num | None = None
    period_start_gte: Timestamp | None = None
    period_start_lte: Timestamp | None = None
    period_end_gte: Timestamp | None = None
    period_end_lte: Timestamp | None = None
    skip_line_items: bool = False


class SourceUsageItem(WireModel):
    """Usage of one event source behind a line."""

    source: str = ""
    cost: Dec
    usage: Annotated[Dec | None, OMIT_NONE] = None
    percentage: Annotated[Dec | None, OMIT_NONE] = None
    event_count: Annotated[int | None, OMIT_NONE] = None


class UsageBreakdownItem(WireModel):
    """Usage of one group behind a line."""

    grouped_by: dict[str, str]
    cost: Dec
    usage: Annotated[Dec | None, OMIT_NONE] = None
    percentage: Annotated[Dec | None, OMIT_NONE] = None
    event_count: Annotated[int | None, OMIT_NONE] = None


class InvoiceLineItemResponse(WireModel):
    """`prepaid_credits_applied`, `line_item_discount` and `invoice_level_discount` come off `amount`."""

    id: str = ""
    invoice_id: str = ""
    customer_id: str
    subscription_id: Annotated[str | None, OMIT_NONE] = None
    entity_id: Annotated[str | None, OMIT_NONE] = None
    entity_type: Annotated[str | None, OMIT_NONE] = None
    plan_display_name: Annotated[str | None, OMIT_NONE] = None
    price_id: Annotated[str | None, OMIT_NONE] = None
    price_type: Annotated[str | None, OMIT_NONE] = None
    meter_id: Annotated[str | None, OMIT_NONE] = None
    meter_display_name: Annotated[str | None, OMIT_NONE] = None
    price_unit_id: Annotated[str | None, OMIT_NONE] = None
    price_unit: Annotated[str | None, OMIT_NONE] = None
    price_unit_amount: Annotated[Dec | None, OMIT_NONE] = None
    display_name: Annotated[str | None, OMIT_NONE] = None
    amount: Dec
    quantity: Dec
    currency: str
    period_start: Annotated[Timestamp | None, OMIT_NONE] = None
    period_end: Annotated[Timestamp | None, OMIT_NONE] = None
    metadata: Annotated[Metadata | None, OMIT_EMPTY] = None
    environment_id: str = ""
    commitment_info: Annotated[dict[str, Any] | None, OMIT_EMPTY] = None
    prepaid_credits_applied: Dec
    line_item_discount: Dec
    invoice_level_discount: Dec
    adjusted_entitlement_quantity: Annotated[Dec | None, OMIT_NONE] = None
    subscription_line_item_id: Annotated[str | None, OMIT_NONE] = None
    parent_line_item_id: Annotated[str | None, OMIT_NONE] = None
    usage_analytics: Annotated[list[SourceUsageItem] | None, OMIT_EMPTY] = None
    usage_breakdown: Annotated[list[UsageBreakdownItem] | None, OMIT_EMPTY] = None
    tenant_id: str = ""
    status: str = "published"
    created_at: Timestamp
    updated_at: Timestamp
    created_by: str = ""
    updated_by: str = ""


class CouponApplicationResponse(WireModel):
    """One discount as it was taken; without `invoice_line_item_id` it is of the whole invoice."""

    id: str = ""
    coupon_id: str
    coupon_association_id: Annotated[str | None, OMIT_NONE] = None
    invoice_id: str
    invoice_line_item_id: Annotated[str | None, OMIT_NONE] = None
    subscription_id: Annotated[str | None, OMIT_NONE] = None
    applied_at: Timestamp
    original_price: Dec
    final_price: Dec
    discounted_amount: Dec
    discount_type: str
    discount_percentage: Annotated[Dec | None, OMIT_NONE] = None
    currency: str
    coupon_snapshot: Annotated[dict[str, Any] | None, OMIT_NONE] = None
    metadata: Annotated[Metadata | None, OMIT_EMPTY] = None
    environment_id: str = ""
    tenant_id: str = ""
    status: str = "published"
    created_at: Timestamp
    updated_at: Timestamp
    created_by: str = ""
    updated_by: str = ""


class TaxAppliedResponse(WireModel):
    """One rate's tax of an invoice."""

    id: Annotated[str, OMIT_EMPTY] = ""
    tax_rate_id: Annotated[str, OMIT_EMPTY] = ""
    entity_type: Annotated[str, OMIT_EMPTY] = "invoice"
    entity_id: Annotated[str, OMIT_EMPTY] = ""
    tax_association_id: Annotated[str | None, OMIT_NONE] = None
    taxable_amount: Dec
    tax_amount: Dec
    currency: Annotated[str, OMIT_EMPTY] = ""
    applied_at: Timestamp
    environment_id: Annotated[str, OMIT_EMPTY] = ""
    metadata: Annotated[Metadata | None, OMIT_EMPTY] = None
    idempotency_key: Annotated[str | None, OMIT_EMPTY] = None
    tenant_id: str = ""
    status: str = "published"
    created_at: Timestamp
    updated_at: Timestamp
    created_by: str = ""
    updated_by: str = ""
    tax_rate: Annotated[TaxRateResponse | None, OMIT_NONE] = None


class InvoiceResponse(WireModel):
    """`invoice_number` is null in previews, "" in stored drafts; `billing_sequence` counts per subscription."""

    id: str
    customer_id: str
    subscription_id: Annotated[str | None, OMIT_NONE] = None
    subscription_customer_id: Annotated[str | None, OMIT_NONE] = None
    invoice_type: str
    invoice_status: str
    payment_status: str
    currency: str
    amount_due: Dec
    amount_paid: Dec
    overpaid_amount: Annotated[Dec | None, OMIT_NONE] = None
    subtotal: Dec
    total: Dec
    total_discount: Dec
    amount_remaining: Dec
    invoice_number: str | None = None
    idempotency_key: str | None = None
    billing_sequence: int | None = None
    description: Annotated[str, OMIT_EMPTY] = ""
    due_date: Annotated[Timestamp | None, OMIT_NONE] = None
    paid_at: Annotated[Timestamp | None, OMIT_NONE] = None
    voided_at: Annotated[Timestamp | None, OMIT_NONE] = None
    billing_period: Annotated[str | None, OMIT_NONE] = None
    finalized_at: Annotated[Timestamp | None, OMIT_NONE] = None
    issue_date: Annotated[Timestamp | None, OMIT_NONE] = None
    last_computed_at: Annotated[Timestamp | None, OMIT_NONE] = None
    period_start: Annotated[Timestamp | None, OMIT_NONE] = None
    period_end: Annotated[Timestamp | None, OMIT_NONE] = None
    invoice_pdf_url: Annotated[str | None, OMIT_NONE] = None
    billing_reason: Annotated[str, OMIT_EMPTY] = ""
    metadata: Annotated[Metadata | None, OMIT_EMPTY] = None
    version: int = 1
    environment_id: str = ""
    adjustment_amount: Dec
    refunded_amount: Dec
    total_tax: Dec
    total_prepaid_credits_applied: Dec
    recalculated_invoice_id: Annotated[str | None, OMIT_NONE] = None
    is_manually_edited: bool = False
    tenant_id: str = ""
    status: str = "published"
    created_at: Timestamp
    updated_at: Timestamp
    created_by: str = ""
    updated_by: str = ""
    subscription: Annotated[Any, OMIT_NONE] = None
    customer: Annotated[CustomerResponse | None, OMIT_NONE] = None
    taxes: Annotated[list[TaxAppliedResponse] | None, OMIT_EMPTY] = None
    line_items: Annotated[list[InvoiceLineItemResponse] | None, OMIT_EMPTY] = None
    coupon_applications: Annotated[list[CouponApplicationResponse] | None, OMIT_EMPTY] = None


ListInvoicesResponse = ListResponse[InvoiceResponse]


class ComputeInvoiceResponse(WireModel):
    """The computed invoice; without `?sync=true` the ids of the job."""

    invoice: Annotated[InvoiceResponse | None, OMIT_NONE] = None
    skipped: Annotated[bool | None, OMIT_NONE] = None


class CustomerInvoiceSummary(WireModel):
    """Totals of one currency over drafts and finalized invoices."""

    customer_id: str
    currency: str
    total_revenue_amount: Dec
    total_unpaid_amount: Dec
    total_overdue_amount: Dec
    total_invoice_count: int
    unpaid_invoice_count: int
    overdue_invoice_count: int
    unpaid_usage_charges: Dec
    unpaid_fixed_charges: Dec


class CustomerMultiCurrencyInvoiceSummary(WireModel):
    """One summary per currency of the customer's invoices."""

    customer_id: str
    default_currency: str
    summaries: list[CustomerInvoiceSummary]
