"""Payments as they are shown: one with its tries, or a page (wire.md §5)."""

from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, select

from flexprice_client.models.payments import ListPaymentsResponse, PaymentAttemptResponse, PaymentFilter, PaymentResponse
from flexprice_emulator.invoices.tables import InvoiceRow
from flexprice_emulator.payments.destination import invoice_of
from flexprice_emulator.payments.tables import PaymentAttemptRow, PaymentRow
from flexprice_emulator.wire.errors import NotFoundError
from flexprice_emulator.wire.listing import ListSpec, column, page
from flexprice_emulator.wire.present import present
from flexprice_emulator.workspace.context import Context

LIST_HINT = "Invalid filter parameters"
LIST = ListSpec(PaymentRow, limit_hint=LIST_HINT, over_limit="echo", order_checked=False, unknown_field_hint="Failed to list payments")
_EQUAL = (
    "destination_type",
    "destination_id",
    "payment_method_type",
    "payment_status",
    "payment_gateway",
    "gateway_payment_id",
    "gateway_tracking_id",
)


def get_row(ctx: Context, payment_id: str) -> PaymentRow:
    """A payment, deleted ones included. Raises NotFoundError."""
    row = ctx.session.get(PaymentRow, payment_id)
    if row is None:
        raise NotFoundError("Payment not found", {"payment_id": payment_id})
    return row


def bare(ctx: Context, payment: PaymentRow, **more: Any) -> PaymentResponse:
    """A payment as the calls that make or change one answer it."""
    return present(ctx, PaymentResponse, payment, environment_id="", **more)


def read(ctx: Context, payment: PaymentRow) -> PaymentResponse:
    """A payment with its tries and its invoice's number."""
    invoice = invoice_of(ctx, payment.destination_type, payment.destination_id)
    attempts: list[PaymentAttemptResponse] = []
    if payment.track_attempts:
        query = select(PaymentAttemptRow).where(PaymentAttemptRow.payment_id == payment.id)
        rows = ctx.session.scalars(query.order_by(PaymentAttemptRow.attempt_number))
        attempts = [present(ctx, PaymentAttemptResponse, row) for row in rows]
    return bare(ctx, payment, attempts=attempts, invoice_number=invoice.invoice_number if invoice else None)


def search(ctx: Context, wanted: PaymentFilter) -> ListPaymentsResponse:
    """A page of payments, newest first; a `sort` that names no column is ignored."""
    sortable = wanted.sort and column(LIST, wanted.sort) is not None
    found = page(ctx, replace(LIST, default_order=(wanted.sort,)) if sortable and wanted.sort else LIST, wanted, *_clauses(wanted))
    numbers = _numbers(ctx, {row.destination_id for row in found.rows if row.destination_type == "INVOICE"})
    return found.response([bare(ctx, row, invoice_number=numbers.get(row.destination_id)) for row in found.rows])


def _numbers(ctx: Context, invoice_ids: set[str]) -> dict[str, str]:
    if not invoice_ids:
        return {}
    query = select(InvoiceRow.id, InvoiceRow.invoice_number).where(InvoiceRow.id.in_(invoice_ids))
    return {row.id: row.invoice_number for row in ctx.session.execute(query)}


def _clauses(wanted: PaymentFilter) -> list[ColumnElement[bool]]:
    clauses: list[ColumnElement[bool]] = [getattr(PaymentRow, name) == getattr(wanted, name) for name in _EQUAL if getattr(wanted, name)]
    if wanted.payment_ids:
        clauses.append(PaymentRow.id.in_(wanted.payment_ids))
    if wanted.currency:
        clauses.append(PaymentRow.currency == wanted.currency.lower())
    return clauses
