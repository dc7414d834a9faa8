"""One-off invoices (invoices.md §5.11).

The customer is not looked up, the lines' sum is not compared with the totals, and the invoice is finalized at once:
all as the reference has it.
"""

from collections.abc import Sequence
from decimal import Decimal

from flexprice_client.models.invoices import CreateInvoiceLineItemRequest, CreateInvoiceRequest
from flexprice_emulator.discounts import coupons as stored_coupons
from flexprice_emulator.discounts.tables import CouponRow
from flexprice_emulator.invoices.derivation import given_line, of_one_off
from flexprice_emulator.invoices.discounting import store_applications
from flexprice_emulator.invoices.drafts import changed, new_draft
from flexprice_emulator.invoices.finalize import complete, settle
from flexprice_emulator.invoices.keys import generated_key
from flexprice_emulator.invoices.lines import set_totals
from flexprice_emulator.invoices.tables import InvoiceLineItemRow, InvoiceRow
from flexprice_emulator.rating.decimals import ZERO, round_currency, round_places
from flexprice_emulator.rating.discount.coupon import blocked_reason
from flexprice_emulator.rating.discount.model import CouponAssociation
from flexprice_emulator.rating.invoice.discounts import Discounts, discount_lines
from flexprice_emulator.rating.tax import TaxRate
from flexprice_emulator.taxes.associations import link_overrides
from flexprice_emulator.taxes.service import rates_of, rates_to_apply
from flexprice_emulator.wire.errors import ValidationError
from flexprice_emulator.workspace.context import Context

INVOICE_TYPES = ("SUBSCRIPTION", "ONE_OFF", "CREDIT")
# What a line takes over as it is given.
_GIVEN = (
    "display_name",
    "entity_id",
    "plan_display_name",
    "price_id",
    "price_unit",
    "price_unit_amount",
    "meter_id",
    "meter_display_name",
    "subscription_line_item_id",
    "period_start",
    "period_end",
    "adjusted_entitlement_quantity",
)


def create_one_off(ctx: Context, request: CreateInvoiceRequest, *, stays_draft: bool = False) -> InvoiceRow:
    """A finalized invoice of the given lines, or a draft that is paid first.

    Raises ValidationError, or AlreadyExistsError for a used idempotency key.
    """
    _check(request)
    invoice = new_draft(
        ctx,
        idempotency_key=request.idempotency_key
        or generated_key("one_off_invoice", tenant_id=ctx.tenant_id, customer_id=request.customer_id, at=ctx.new_id("k")),
        customer_id=request.customer_id,
        subscription_id=request.subscription_id or None,
        invoice_type=request.invoice_type,
        currency=request.currency.lower(),
        billing_period=request.billing_period or "",
        billing_reason=request.billing_reason,
        description=request.description,
        period_start=request.period_start,
        period_end=request.period_end,
        due_date=request.due_date,
        invoice_pdf_url=request.invoice_pdf_url,
        metadata_=request.metadata,
        issue_date=request.issue_date or ctx.now,
    )
    # A rate that is unknown refuses the invoice; a coupon that does not hold is dropped.
    rates = _rates(ctx, invoice, request)
    lines = _store_lines(ctx, invoice, request.line_items or ())
    set_totals(invoice, subtotal=request.subtotal or ZERO, total=request.subtotal or ZERO)
    discounts = _discount(ctx, invoice, request, lines)
    set_totals(invoice, total_discount=discounts.total)
    invoice.derivation = of_one_off(invoice, lines, discounts.steps)
    invoice.last_computed_at = ctx.now
    settle(ctx, invoice, rates)
    # Made in one go: finalizing it is its second write (observed).
    invoice.version = 1
    ctx.emit("invoice.update", invoice_id=invoice.id)
    if not stays_draft:
        complete(ctx, invoice)
    return invoice


def _check(request: CreateInvoiceRequest) -> None:
    missing = {
        name: f"Key: 'CreateDraftInvoiceRequest.{name}' Error:Field validation for '{name}' failed on the 'required' tag"
        for name, value in (("CustomerID", request.customer_id), ("InvoiceType", request.invoice_type), ("Currency", request.currency))
        if not value
    }
    if missing:
        raise ValidationError("Request validation failed", missing)
    if request.invoice_type not in INVOICE_TYPES:
        raise ValidationError("Please provide a valid invoice type", {"allowed": list(INVOICE_TYPES)})


def _store_lines(ctx: Context, invoice: InvoiceRow, items: Sequence[CreateInvoiceLineItemRequest]) -> list[InvoiceLineItemRow]:
    rows = []
    for position, item in enumerate(items):
        amount = round_currency(item.amount, invoice.currency)
        given = {name: getattr(item, name) for name in _GIVEN}
        row = InvoiceLineItemRow(
            id=ctx.new_id("inv_line"),
            invoice_id=invoice.id,
            position=position,
            customer_id=invoice.customer_id,
            subscription_id=item.subscription_id or invoice.subscription_id,
            entity_type=item.entity_type or "",
            price_type=item.price_type or "",
            amount=amount,
            quantity=round_places(item.quantity, 8),
            currency=invoice.currency,
            metadata_=item.metadata,
            prepaid_credits_applied=ZERO,
            line_item_discount=ZERO,
            invoice_level_discount=ZERO,
            derivation=given_line(item.quantity, item.amount, invoice.currency),
            **given,
            **ctx.stamp(),
        )
        rows.append(row)
    ctx.session.add_all(rows)
    ctx.session.flush()
    return rows


def _rates(ctx: Context, invoice: InvoiceRow, request: CreateInvoiceRequest) -> list[TaxRate]:
    rates = list(rates_to_apply(ctx, "subscription", invoice.subscription_id)) if invoice.subscription_id else []
    rates += rates_of(ctx, request.tax_rates or [])
    if request.tax_rate_overrides:
        link_overrides(ctx, "invoice", invoice.id, request.tax_rate_overrides)
        rates += rates_to_apply(ctx, "invoice", invoice.id)
    return rates


def _discount(ctx: Context, invoice: InvoiceRow, request: CreateInvoiceRequest, lines: Sequence[InvoiceLineItemRow]) -> Discounts:
    wanted: list[tuple[str, str | None]] = [(coupon.coupon_id, coupon.line_item_id) for coupon in request.line_item_coupons or ()]
    wanted += [(coupon.coupon_id, None) for coupon in request.invoice_coupons or ()]
    wanted += [(identity, None) for identity in request.coupons or ()]
    associations = []
    for index, (identity, target) in enumerate(wanted):
        row = ctx.session.get(CouponRow, identity)
        if row is None or row.status != "published":
            continue
        association = CouponAssociation(f"one-off-{index}", stored_coupons.for_rating(row), ctx.now, None, target)
        if blocked_reason(association, invoice.currency, ctx.now) is None:
            associations.append(association)
    amounts: list[Decimal] = [line.amount for line in lines]
    discounts = discount_lines(amounts, [line.price_id or line.id for line in lines], associations, invoice.currency)
    for line, of_line, of_invoice in zip(lines, discounts.line_item_discounts, discounts.invoice_level_discounts, strict=True):
        line.line_item_discount, line.invoice_level_discount = of_line, of_invoice
    store_applications(ctx, invoice, lines, discounts.applications, [association.coupon for association in associations])
    changed(ctx, invoice)
    return discounts
