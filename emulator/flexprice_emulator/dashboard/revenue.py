"""Revenue by customer and currency over a period (events.md §11)."""

from collections import defaultdict
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from flexprice_client.models.dashboard import (
    RevenueDashboardItem,
    RevenueDashboardRequest,
    RevenueDashboardResponse,
    RevenueSummary,
)
from flexprice_emulator.customers.tables import CustomerRow
from flexprice_emulator.invoices.tables import InvoiceLineItemRow, InvoiceRow
from flexprice_emulator.rating.decimals import ZERO, add
from flexprice_emulator.wire.errors import ValidationError
from flexprice_emulator.workspace.context import Context


class _Earned:
    """Usage and fixed revenue, before discounts and taxes."""

    def __init__(self) -> None:
        self.usage = self.fixed = ZERO

    def take(self, usage: Decimal, fixed: Decimal) -> None:
        self.usage, self.fixed = add(self.usage, usage), add(self.fixed, fixed)

    def figures(self) -> dict[str, Any]:
        return {
            "total_revenue": add(self.usage, self.fixed),
            "total_usage_revenue": self.usage,
            "total_fixed_revenue": self.fixed,
        }


def revenue_dashboard(ctx: Context, request: RevenueDashboardRequest) -> RevenueDashboardResponse:
    """Line amounts of FINALIZED invoices made in the period, both ends included. Raises ValidationError for a range that ends first."""
    start, end = request.period_start, request.period_end
    if start is not None and end is not None and end < start:
        raise ValidationError("period_end must be after period_start")
    by_customer: dict[tuple[str, str], _Earned] = defaultdict(_Earned)
    by_currency: dict[str, _Earned] = defaultdict(_Earned)
    query = (
        select(InvoiceRow.customer_id, InvoiceRow.currency, InvoiceLineItemRow.price_type, InvoiceLineItemRow.amount)
        .join(InvoiceLineItemRow, InvoiceLineItemRow.invoice_id == InvoiceRow.id)
        .where(InvoiceRow.status == "published", InvoiceRow.invoice_status == "FINALIZED", InvoiceLineItemRow.status == "published")
        .where(InvoiceRow.created_at >= start, InvoiceRow.created_at <= end)
    )
    if request.customer_ids:
        query = query.where(InvoiceRow.customer_id.in_(request.customer_ids))
    for customer_id, currency, price_type, amount in ctx.session.execute(query):
        usage, fixed = (amount, ZERO) if price_type == "USAGE" else (ZERO, amount)
        by_customer[customer_id, currency].take(usage, fixed)
        by_currency[currency].take(usage, fixed)
    ranked = sorted(by_customer.items(), key=lambda entry: (-entry[1].figures()["total_revenue"], entry[0]))
    names = _customers(ctx, {customer_id for customer_id, _ in by_customer})
    return RevenueDashboardResponse.model_construct(
        summaries={currency: RevenueSummary.model_construct(**earned.figures()) for currency, earned in sorted(by_currency.items())},
        items=[
            RevenueDashboardItem.model_construct(
                customer_id=customer_id,
                external_customer_id=names[customer_id].external_id if customer_id in names else "",
                customer_name=names[customer_id].name if customer_id in names else "",
                currency=currency,
                **earned.figures(),
            )
            for (customer_id, currency), earned in ranked
            if earned.figures()["total_revenue"]
        ],
    )


def _customers(ctx: Context, customer_ids: set[str]) -> dict[str, CustomerRow]:
    rows = ctx.session.scalars(select(CustomerRow).where(CustomerRow.id.in_(customer_ids)))
    return {row.id: row for row in rows}
