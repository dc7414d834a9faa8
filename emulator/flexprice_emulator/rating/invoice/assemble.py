"""The one assembly of an invoice draft (rating.md §7, invoices.md §4-6).

Preview, real invoice, wallet balance and simulation all come here; they differ in the reference point and in where
usage figures come from. Invariants: subtotal = sum of the rounded lines; total = max(0, subtotal - discounts -
prepaid) + tax; every line's amount is what its derivation arrives at.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from flexprice_emulator.rating.credits import CreditableLine, Wallet, WalletDebit, apply_credits, credits_by_line
from flexprice_emulator.rating.decimals import add, currency_places, subtract
from flexprice_emulator.rating.derivation import InvoiceDerivation, InvoiceLineFigures, TaxStep, WalletCreditStep
from flexprice_emulator.rating.discount.coupon import applicable
from flexprice_emulator.rating.discount.model import CouponAssociation
from flexprice_emulator.rating.invoice.discounts import Discounts, discount_lines
from flexprice_emulator.rating.invoice.fixed import fixed_lines
from flexprice_emulator.rating.invoice.model import InvoiceDraft, InvoiceLine, InvoiceRequest
from flexprice_emulator.rating.invoice.usage_lines import usage_lines
from flexprice_emulator.rating.invoice.windows import fixed_windows, is_invoiced
from flexprice_emulator.rating.tax import TaxApplied, TaxRate, apply_taxes, tax_base, total_tax
from flexprice_emulator.rating.totals import Totals, invoice_totals

_PREVIEWS = ("preview", "internal_preview")


def assemble_invoice(request: InvoiceRequest) -> InvoiceDraft:
    """Lines, discounts, credits, taxes and totals of one subscription invoice.

    Raises PriceUnitNotFoundError when a usage line's price unit cannot be loaded.
    """
    lines = charge_lines(request)
    is_preview = request.reference_point in _PREVIEWS
    discounts = discount_lines(
        [line.amount for line in lines],
        [line.subscription_line_item_id for line in lines],
        _coupons(request),
        request.subscription.currency,
        distribute=not is_preview,
    )
    draft = close_draft(
        lines,
        discounts,
        currency=request.subscription.currency,
        period_start=request.period_start,
        period_end=request.period_end,
        taxes=request.taxes,
        wallets=request.wallets,
        description=_description(request),
        is_preview=is_preview,
    )
    if request.hide_zero_charges_line_items:
        return replace(draft, line_items=tuple(line for line in draft.line_items if line.amount))
    return draft


def charge_lines(request: InvoiceRequest) -> list[InvoiceLine]:
    """Lines in the reference's order: ARREAR fixed, next ADVANCE fixed, usage by meter name, true-up; then grouped children's."""
    lines = fixed_lines(
        request.subscription,
        fixed_windows(request),
        request.line_items,
        opening_credit=request.opening_credit,
        is_trial_start=request.is_trial_start,
    )
    if request.reference_point != "period_start":
        lines.extend(billable_usage_lines(request))
    for child in request.children:
        lines.extend(_with_metadata(line, "child_customer_id", child.subscription.customer_id) for line in charge_lines(child))
    return lines


def billable_usage_lines(request: InvoiceRequest) -> list[InvoiceLine]:
    """The usage side alone, after entitlements and commitments: what a prepaid wallet's balance reserves."""
    if request.reference_point in _PREVIEWS or not request.invoiced_lines:
        return usage_lines(request)
    period, invoiced = (request.period_start, request.period_end), request.invoiced_lines
    return usage_lines(
        replace(request, line_items=[item for item in request.line_items if not is_invoiced(item.price.id, *period, invoiced)])
    )


def close_draft(
    lines: Sequence[InvoiceLine],
    discounts: Discounts,
    *,
    currency: str,
    period_start: datetime,
    period_end: datetime,
    taxes: Sequence[TaxRate] = (),
    wallets: Sequence[Wallet] = (),
    description: str = "",
    is_preview: bool = False,
) -> InvoiceDraft:
    """Credits, taxes and totals over lines whose discounts are known."""
    subtotal = add(*(line.amount for line in lines))
    debits = apply_credits(_creditable(lines, discounts), wallets, currency)
    credited = credits_by_line(debits, len(lines))
    applied = apply_taxes(tax_base(subtotal, discounts.total), taxes, currency)
    totals = invoice_totals(subtotal, discounts.total, add(*credited), total_tax(applied))
    closed = tuple(
        replace(line, line_item_discount=of_line, invoice_level_discount=of_invoice, prepaid_credits_applied=prepaid)
        if of_line or of_invoice or prepaid
        else line
        for line, of_line, of_invoice, prepaid in zip(
            lines, discounts.line_item_discounts, discounts.invoice_level_discounts, credited, strict=True
        )
    )
    return InvoiceDraft(
        currency=currency,
        period_start=period_start,
        period_end=period_end,
        line_items=closed,
        subtotal=totals.subtotal,
        total_discount=totals.total_discount,
        total_prepaid_credits_applied=totals.total_prepaid_credits_applied,
        total_tax=totals.total_tax,
        total=totals.total,
        amount_due=totals.total,
        description=description,
        coupon_applications=tuple(discounts.applications),
        taxes=applied,
        wallet_debits=debits,
        derivation=_derivation(currency, closed, discounts, applied, debits, totals, distributed=not is_preview),
        metadata={"is_preview": "true"} if is_preview else {},
    )


def _creditable(lines: Sequence[InvoiceLine], discounts: Discounts) -> list[CreditableLine]:
    return [
        CreditableLine(line.price_type, subtract(line.amount, add(of_line, of_invoice)))
        for line, of_line, of_invoice in zip(lines, discounts.line_item_discounts, discounts.invoice_level_discounts, strict=True)
    ]


def _coupons(request: InvoiceRequest) -> list[CouponAssociation]:
    """The subscription's own, and of grouped children only those on their lines."""
    own = (request, request.coupons)
    children = [(child, [c for c in child.coupons if c.subscription_line_item_id is not None]) for child in request.children]
    found: list[CouponAssociation] = []
    for source, coupons in (own, *children):
        currency = source.subscription.currency
        found.extend(applicable(tuple(coupons), currency, request.now, request.period_start, request.period_end))
    return found


def _with_metadata(line: InvoiceLine, key: str, value: str) -> InvoiceLine:
    return replace(line, metadata={key: value, **line.metadata})


def _description(request: InvoiceRequest) -> str:
    subscription_id = request.subscription.id
    if request.reference_point in _PREVIEWS:
        return f"Preview invoice for subscription {subscription_id}"
    if request.reference_point == "period_start":
        return f"Invoice for advance charges - subscription {subscription_id}"
    return f"Invoice for subscription {subscription_id}"


def _derivation(
    currency: str,
    lines: Sequence[InvoiceLine],
    discounts: Discounts,
    taxes: Sequence[TaxApplied],
    debits: Sequence[WalletDebit],
    totals: Totals,
    *,
    distributed: bool,
) -> InvoiceDerivation:
    return InvoiceDerivation(
        currency=currency,
        places=currency_places(currency),
        lines=tuple(
            InvoiceLineFigures(
                line.display_name,
                line.price_type,
                line.derivation,
                line.line_item_discount,
                line.invoice_level_discount,
                line.prepaid_credits_applied,
            )
            for line in lines
        ),
        coupons=tuple(discounts.steps),
        distributed=distributed,
        taxes=tuple(TaxStep(t.tax_rate_id, t.tax_rate_type, t.value, t.taxable_amount, t.unrounded, t.tax_amount) for t in taxes),
        credits=tuple(WalletCreditStep(debit.wallet_id, debit.line_index, debit.amount) for debit in debits),
        subtotal=totals.subtotal,
        total_discount=totals.total_discount,
        total_prepaid_credits_applied=totals.total_prepaid_credits_applied,
        total_tax=totals.total_tax,
        total=totals.total,
    )
