"""Totals of a customer's invoices per currency (invoices.md §11)."""

from sqlalchemy import or_, select

from flexprice_client.models.invoices import CustomerInvoiceSummary, CustomerMultiCurrencyInvoiceSummary
from flexprice_emulator.invoices.tables import InvoiceLineItemRow, InvoiceRow
from flexprice_emulator.rating.decimals import ZERO, add
from flexprice_emulator.subscriptions.tables import SubscriptionRow
from flexprice_emulator.workspace.context import Context

_COUNTED = ("DRAFT", "FINALIZED")


def customer_summary(ctx: Context, customer_id: str) -> CustomerMultiCurrencyInvoiceSummary:
    """One summary per currency of the customer's live subscriptions, the newest subscription's first.

    Every call tells of each overdue invoice again, as the reference does.
    """
    query = (
        select(SubscriptionRow.currency)
        .where(SubscriptionRow.customer_id == customer_id, SubscriptionRow.status == "published")
        .order_by(SubscriptionRow.created_at.desc(), SubscriptionRow.id.desc())
    )
    currencies = list(dict.fromkeys(ctx.session.scalars(query)))
    invoices = _invoices(ctx, customer_id) if currencies else []
    by_currency = [_summary(ctx, customer_id, currency, [i for i in invoices if i.currency == currency]) for currency in currencies]
    return CustomerMultiCurrencyInvoiceSummary(
        customer_id=customer_id, default_currency=currencies[0] if currencies else "", summaries=by_currency
    )


def _invoices(ctx: Context, customer_id: str) -> list[InvoiceRow]:
    query = select(InvoiceRow).where(
        or_(InvoiceRow.customer_id == customer_id, InvoiceRow.subscription_customer_id == customer_id),
        InvoiceRow.invoice_status.in_(_COUNTED),
        InvoiceRow.status == "published",
    )
    return list(ctx.session.scalars(query))


def _summary(ctx: Context, customer_id: str, currency: str, invoices: list[InvoiceRow]) -> CustomerInvoiceSummary:
    unpaid = [invoice for invoice in invoices if invoice.payment_status != "SUCCEEDED"]
    overdue = [invoice for invoice in unpaid if invoice.due_date is not None and invoice.due_date < ctx.now]
    for invoice in overdue:
        ctx.emit("invoice.payment.overdue", invoice_id=invoice.id)
    query = select(InvoiceLineItemRow.price_type, InvoiceLineItemRow.amount).where(
        InvoiceLineItemRow.invoice_id.in_([invoice.id for invoice in unpaid]), InvoiceLineItemRow.status == "published"
    )
    charges = ctx.session.execute(query).all()
    return CustomerInvoiceSummary(
        customer_id=customer_id,
        currency=currency,
        total_revenue_amount=add(ZERO, *(invoice.amount_due for invoice in invoices)),
        total_unpaid_amount=add(ZERO, *(invoice.amount_remaining for invoice in unpaid)),
        total_overdue_amount=add(ZERO, *(invoice.amount_remaining for invoice in overdue)),
        total_invoice_count=len(invoices),
        unpaid_invoice_count=len(unpaid),
        overdue_invoice_count=len(overdue),
        unpaid_usage_charges=add(ZERO, *(amount for kind, amount in charges if kind == "USAGE")),
        unpaid_fixed_charges=add(ZERO, *(amount for kind, amount in charges if kind == "FIXED")),
    )
