"""Previews: the next invoice of a subscription, computed and not stored (invoices.md §5.12).

Invariant: a preview over a period equals the invoice that period gets, before credits, as both come from one assembly.
"""

from flexprice_client.models.base import ZERO_TIME
from flexprice_client.models.invoices import (
    CouponApplicationResponse,
    GetPreviewInvoiceRequest,
    InvoiceLineItemResponse,
    InvoiceResponse,
    TaxAppliedResponse,
)
from flexprice_emulator.customers.service import to_response as customer_response
from flexprice_emulator.customers.tables import CustomerRow
from flexprice_emulator.invoices.inputs import invoice_request
from flexprice_emulator.invoices.lines import commitment_info, coupon_snapshot
from flexprice_emulator.invoices.numbers import due_date
from flexprice_emulator.rating.decimals import ZERO
from flexprice_emulator.rating.discount.model import CouponApplication
from flexprice_emulator.rating.invoice.assemble import assemble_invoice
from flexprice_emulator.rating.invoice.model import InvoiceDraft, InvoiceLine, InvoiceRequest, ReferencePoint
from flexprice_emulator.rating.tax import TaxApplied
from flexprice_emulator.rating.usage import UsageSource
from flexprice_emulator.subscriptions.reads import get_row
from flexprice_emulator.subscriptions.tables import SubscriptionRow
from flexprice_emulator.taxes import rates
from flexprice_emulator.taxes.service import rates_to_apply
from flexprice_emulator.wire.errors import ValidationError
from flexprice_emulator.workspace.context import Context


def preview(
    ctx: Context,
    request: GetPreviewInvoiceRequest,
    reference_point: ReferencePoint = "preview",
    usage: UsageSource | None = None,
) -> InvoiceResponse:
    """The invoice a period would get. Raises NotFoundError for the subscription, ValidationError for the period."""
    subscription, inputs, draft = preview_draft(ctx, request, reference_point, usage)
    return _response(ctx, subscription, inputs, draft)


def preview_draft(
    ctx: Context,
    request: GetPreviewInvoiceRequest,
    reference_point: ReferencePoint = "preview",
    usage: UsageSource | None = None,
) -> tuple[SubscriptionRow, InvoiceRequest, InvoiceDraft]:
    """As preview, before it is dressed for the wire: with every figure's derivation."""
    subscription = get_row(ctx, request.subscription_id)
    start = request.period_start or subscription.current_period_start
    end = request.period_end or subscription.current_period_end
    if end < start:
        raise ValidationError("period_end must be after period_start", {"period_start": start, "period_end": end})
    inputs = invoice_request(
        ctx,
        subscription,
        start,
        end,
        reference_point,
        usage=usage,
        taxes=rates_to_apply(ctx, "subscription", subscription.id),
        hide_zero_charges_line_items=request.hide_zero_charges_line_items,
    )
    return subscription, inputs, assemble_invoice(inputs)


def _response(ctx: Context, subscription: SubscriptionRow, inputs: InvoiceRequest, draft: InvoiceDraft) -> InvoiceResponse:
    start, end = inputs.period_start, inputs.period_end
    invoice_id = ctx.new_id("inv")
    payer = subscription.invoicing_customer_id or subscription.customer_id
    customer = ctx.session.get(CustomerRow, payer)
    line_ids = [ctx.new_id("inv_line") for _ in draft.line_items]
    common = {"environment_id": ctx.environment_id, "tenant_id": ctx.tenant_id, **ctx.stamp()}
    return InvoiceResponse.model_construct(
        id=invoice_id,
        customer_id=payer,
        subscription_id=subscription.id,
        invoice_type="SUBSCRIPTION",
        invoice_status="DRAFT",
        payment_status="PENDING",
        currency=subscription.currency,
        amount_due=draft.amount_due,
        amount_paid=ZERO,
        subtotal=draft.subtotal,
        total=draft.total,
        total_discount=draft.total_discount,
        amount_remaining=draft.amount_due,
        description=draft.description,
        due_date=due_date(ctx, end, subscription.payment_terms),
        billing_period=subscription.billing_period,
        period_start=start,
        period_end=end,
        billing_reason="SUBSCRIPTION_CYCLE",
        metadata=dict(draft.metadata),
        version=0,
        adjustment_amount=ZERO,
        refunded_amount=ZERO,
        total_tax=draft.total_tax,
        total_prepaid_credits_applied=draft.total_prepaid_credits_applied,
        customer=customer_response(ctx, customer) if customer else None,
        line_items=[_line(ctx, line, line_id, invoice_id, payer) for line, line_id in zip(draft.line_items, line_ids, strict=True)],
        taxes=_taxes(ctx, draft.taxes, invoice_id, subscription.currency),
        coupon_applications=[_application(ctx, inputs, application, invoice_id, line_ids) for application in draft.coupon_applications],
        **common,
    )


def _line(ctx: Context, line: InvoiceLine, line_id: str, invoice_id: str, customer_id: str) -> InvoiceLineItemResponse:
    return InvoiceLineItemResponse.model_construct(
        id=line_id,
        invoice_id=invoice_id,
        customer_id=customer_id,
        subscription_id=line.subscription_id,
        entity_id=line.entity_id,
        entity_type=line.entity_type,
        plan_display_name=line.plan_display_name,
        price_id=line.price_id or ctx.new_id("price"),
        price_type=line.price_type,
        meter_id=line.meter_id,
        meter_display_name=line.meter_display_name,
        price_unit_id=line.price_unit_id,
        price_unit=line.price_unit,
        price_unit_amount=line.price_unit_amount,
        display_name=line.display_name,
        amount=line.amount,
        quantity=line.quantity,
        currency=line.currency,
        period_start=line.period_start,
        period_end=line.period_end,
        metadata=dict(line.metadata),
        environment_id=ctx.environment_id,
        commitment_info=commitment_info(line.commitment_info),
        prepaid_credits_applied=line.prepaid_credits_applied,
        line_item_discount=line.line_item_discount,
        invoice_level_discount=line.invoice_level_discount,
        adjusted_entitlement_quantity=line.adjusted_entitlement_quantity,
        subscription_line_item_id=line.subscription_line_item_id,
        tenant_id=ctx.tenant_id,
        **ctx.stamp(),
    )


def _taxes(ctx: Context, taxes: tuple[TaxApplied, ...], invoice_id: str, currency: str) -> list[TaxAppliedResponse]:
    held = rates.by_ids(ctx, [tax.tax_rate_id for tax in taxes])
    return [
        TaxAppliedResponse.model_construct(
            tax_rate_id=tax.tax_rate_id,
            entity_type="invoice",
            entity_id=invoice_id,
            taxable_amount=tax.taxable_amount,
            tax_amount=tax.tax_amount,
            currency=currency,
            applied_at=ctx.now,
            environment_id=ctx.environment_id,
            tenant_id=ctx.tenant_id,
            tax_rate=rates.to_response(ctx, held[tax.tax_rate_id]),
            # Never stored, so it has no times and no author.
            created_at=ZERO_TIME,
            updated_at=ZERO_TIME,
        )
        for tax in taxes
    ]


def _application(
    ctx: Context, inputs: InvoiceRequest, application: CouponApplication, invoice_id: str, line_ids: list[str]
) -> CouponApplicationResponse:
    known = {coupon.coupon.id: coupon.coupon for request in (inputs, *inputs.children) for coupon in request.coupons}
    return CouponApplicationResponse.model_construct(
        id=ctx.new_id("coupon_app"),
        coupon_id=application.coupon_id,
        coupon_association_id=application.coupon_association_id,
        invoice_id=invoice_id,
        invoice_line_item_id=None if application.line_index is None else line_ids[application.line_index],
        subscription_id=inputs.subscription.id,
        applied_at=ctx.now,
        original_price=application.original_price,
        final_price=application.final_price,
        discounted_amount=application.discounted_amount,
        discount_type=application.discount_type,
        discount_percentage=application.discount_percentage,
        currency=inputs.subscription.currency,
        coupon_snapshot=coupon_snapshot(known.get(application.coupon_id), application),
        environment_id=ctx.environment_id,
        tenant_id=ctx.tenant_id,
        **ctx.stamp(),
    )
