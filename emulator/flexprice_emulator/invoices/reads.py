"""Invoices as they are shown: one in full, or a page (invoices.md §3, wire.md §5)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Float, cast, select

from flexprice_client.models.customers import CustomerResponse
from flexprice_client.models.invoices import (
    CouponApplicationResponse,
    InvoiceFilter,
    InvoiceLineItemResponse,
    InvoiceResponse,
    ListInvoicesResponse,
    TaxAppliedResponse,
)
from flexprice_emulator.customers.service import to_response as customer_response
from flexprice_emulator.customers.tables import CustomerRow
from flexprice_emulator.invoices.tables import CouponApplicationRow, InvoiceLineItemRow, InvoiceRow
from flexprice_emulator.invoices.taxing import tax_rows
from flexprice_emulator.rating.decimals import subtract
from flexprice_emulator.subscriptions.reads import full_response
from flexprice_emulator.subscriptions.tables import SubscriptionRow
from flexprice_emulator.wire.errors import NotFoundError, ValidationError
from flexprice_emulator.wire.listing import ListSpec, expand_names, page
from flexprice_emulator.wire.present import present
from flexprice_emulator.workspace.context import Context

QUERY_HINT = "invalid query parameters"
LIST = ListSpec(
    InvoiceRow,
    limit_hint="invalid query filter",
    next_offset=False,
    time_column=None,
    sort_replaces_default=True,
    unknown_field_hint="Failed to list invoices",
)
SEARCH = ListSpec(
    InvoiceRow,
    limit_hint="invalid query filter",
    zero_limit="refuse",
    next_offset=False,
    time_column=None,
    sort_replaces_default=True,
    unknown_field_hint="Failed to list invoices",
)


def read(ctx: Context, invoice: InvoiceRow) -> InvoiceResponse:
    """An invoice in full: its lines, customer, subscription and taxes; discounts only where they are expanded."""
    expand = {name.strip() for name in ctx.query("expand").split(",")} & {"coupon_applications"}
    response = responses(ctx, [invoice], expand={"tax_applied", *expand})[0]
    if invoice.invoice_type == "SUBSCRIPTION" and invoice.subscription_id:
        subscription = ctx.session.get(SubscriptionRow, invoice.subscription_id)
        if subscription is not None:
            response.subscription = full_response(ctx, subscription)
    return response


def bare(ctx: Context, invoice: InvoiceRow, lines: Sequence[InvoiceLineItemRow] | None = None) -> InvoiceResponse:
    """An invoice and its lines, read where they are not given, as the calls that make or change one answer."""
    known = None if lines is None else {invoice.id: list(lines)}
    return responses(ctx, [invoice], with_customer=False, known_lines=known)[0]


def search(ctx: Context, wanted: InvoiceFilter, spec: ListSpec[InvoiceRow] = LIST) -> ListInvoicesResponse:
    """A page of invoices; SKIPPED ones only where they are asked for."""
    expand = expand_names(spec, wanted.expand)
    found = page(ctx, spec, wanted, *_clauses(ctx, wanted))
    return found.response(responses(ctx, found.rows, expand=expand, with_lines=not wanted.skip_line_items))


def responses(
    ctx: Context,
    invoices: Sequence[InvoiceRow],
    *,
    expand: Iterable[str] = (),
    with_lines: bool = True,
    with_customer: bool = True,
    known_lines: dict[str, list[InvoiceLineItemRow]] | None = None,
) -> list[InvoiceResponse]:
    """Many invoices, children read with one query a kind."""
    ids = [invoice.id for invoice in invoices]
    expand = set(expand)
    lines = known_lines or {}
    if with_lines and known_lines is None:
        lines = _by_invoice(ctx, InvoiceLineItemRow, ids, InvoiceLineItemRow.position)
    discounts = _by_invoice(ctx, CouponApplicationRow, ids, CouponApplicationRow.id) if "coupon_applications" in expand else {}
    customers = _customers(ctx, invoices) if with_customer else {}
    taxes: dict[str, list[TaxAppliedResponse]] = defaultdict(list)
    if "tax_applied" in expand and ids:
        for tax in tax_rows(ctx, *ids):
            taxes[tax.entity_id].append(present(ctx, TaxAppliedResponse, tax))
    subscriptions = _subscriptions(ctx, invoices) if "subscription" in expand else {}
    return [
        present(
            ctx,
            InvoiceResponse,
            invoice,
            line_items=[present(ctx, InvoiceLineItemResponse, row) for row in lines.get(invoice.id, ())],
            coupon_applications=[present(ctx, CouponApplicationResponse, row) for row in discounts.get(invoice.id, ())],
            customer=customers.get(invoice.customer_id),
            subscription=subscriptions.get(invoice.subscription_id or ""),
            taxes=taxes.get(invoice.id),
            overpaid_amount=subtract(invoice.amount_paid, invoice.total) if invoice.payment_status == "OVERPAID" else None,
        )
        for invoice in invoices
    ]


def _by_invoice(ctx: Context, table: Any, invoice_ids: Sequence[str], *order: Any) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    if invoice_ids:
        query = select(table).where(table.invoice_id.in_(invoice_ids), table.status == "published").order_by(*order, table.id)
        for row in ctx.session.scalars(query):
            found[row.invoice_id].append(row)
    return found


def _customers(ctx: Context, invoices: Sequence[InvoiceRow]) -> dict[str, CustomerResponse]:
    ids = {invoice.customer_id for invoice in invoices}
    if not ids:
        return {}
    return {row.id: customer_response(ctx, row) for row in ctx.session.scalars(select(CustomerRow).where(CustomerRow.id.in_(ids)))}


def _subscriptions(ctx: Context, invoices: Sequence[InvoiceRow]) -> dict[str, Any]:
    ids = {invoice.subscription_id for invoice in invoices if invoice.subscription_id}
    return {row.id: full_response(ctx, row) for row in ctx.session.scalars(select(SubscriptionRow).where(SubscriptionRow.id.in_(ids)))}


def _clauses(ctx: Context, wanted: InvoiceFilter) -> list[ColumnElement[bool]]:
    table = InvoiceRow
    clauses: list[ColumnElement[bool]] = []
    exact = ("customer_id", "subscription_id", "invoice_type", "billing_reason", "currency")
    clauses += [getattr(table, name) == getattr(wanted, name) for name in exact if getattr(wanted, name)]
    if wanted.external_customer_id and not wanted.customer_id:
        clauses.append(table.customer_id == _customer_id(ctx, wanted.external_customer_id))
    many = {"invoice_ids": table.id, "payment_status": table.payment_status, "subscription_customer_id": table.subscription_customer_id}
    clauses += [column.in_(getattr(wanted, name)) for name, column in many.items() if getattr(wanted, name)]
    if wanted.invoice_status:
        clauses.append(table.invoice_status.in_(wanted.invoice_status))
    else:
        clauses.append(table.invoice_status != "SKIPPED")
    for name, column in (("amount_due_gt", table.amount_due), ("amount_remaining_gt", table.amount_remaining)):
        if getattr(wanted, name) is not None:
            clauses.append(cast(column, Float) > getattr(wanted, name))
    starts = (wanted.start_time, wanted.period_start_gte)
    ends = (wanted.end_time, wanted.period_end_lte)
    clauses += [table.period_start >= moment for moment in starts if moment]
    clauses += [table.period_end <= moment for moment in ends if moment]
    if wanted.period_start_lte:
        clauses.append(table.period_start <= wanted.period_start_lte)
    if wanted.period_end_gte:
        clauses.append(table.period_end >= wanted.period_end_gte)
    return clauses


def _customer_id(ctx: Context, external_id: str) -> str:
    query = select(CustomerRow.id).where(CustomerRow.external_id == external_id, CustomerRow.status == "published")
    found = ctx.session.scalar(query)
    if found is None:
        raise NotFoundError(f"Customer with lookup key {external_id} was not found", {"lookup_key": external_id})
    return found


def refuse_unknown_event(event_name: str) -> None:
    """Raises ValidationError unless an event may be sent again by hand."""
    valid = ["invoice.update.finalized", "invoice.update.payment", "invoice.update.voided", "invoice.communication.triggered"]
    if not event_name:
        raise ValidationError("Please provide event_name query parameter")
    if event_name not in valid:
        raise ValidationError(f"Event must be one of: {', '.join(valid)}", {"event_name": event_name, "valid_events": valid})
