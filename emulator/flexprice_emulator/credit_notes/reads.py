"""Credit notes as they are shown (wire.md §5)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, select

from flexprice_client.models.credit_notes import CreditNoteFilter, CreditNoteLineItem, CreditNoteResponse, ListCreditNotesResponse
from flexprice_emulator.credit_notes.tables import CreditNoteLineItemRow, CreditNoteRow
from flexprice_emulator.customers.service import to_response as customer_response
from flexprice_emulator.customers.tables import CustomerRow
from flexprice_emulator.invoices.reads import responses as invoice_responses
from flexprice_emulator.invoices.tables import InvoiceRow
from flexprice_emulator.subscriptions.reads import full_response
from flexprice_emulator.subscriptions.tables import SubscriptionRow
from flexprice_emulator.wire.errors import NotFoundError
from flexprice_emulator.wire.listing import ListSpec, column, expand_names, page
from flexprice_emulator.wire.present import present
from flexprice_emulator.workspace.context import Context

LIST_HINT = "Invalid filter parameters"
LIST = ListSpec(
    CreditNoteRow,
    limit_hint=LIST_HINT,
    over_limit="echo",
    order_checked=False,
    expands={"invoice", "subscription", "customer"},
    unknown_field_hint="Failed to list credit notes",
)


def get_row(ctx: Context, credit_note_id: str) -> CreditNoteRow:
    """A credit note. Raises NotFoundError."""
    row = ctx.session.get(CreditNoteRow, credit_note_id)
    if row is None:
        raise NotFoundError(f"credit note {credit_note_id} not found", {"id": credit_note_id})
    return row


def search(ctx: Context, wanted: CreditNoteFilter) -> ListCreditNotesResponse:
    """A page of credit notes, newest first; a `sort` that names no column is ignored."""
    expand = expand_names(LIST, wanted.expand)
    sortable = wanted.sort and column(LIST, wanted.sort) is not None
    found = page(ctx, replace(LIST, default_order=(wanted.sort,)) if sortable and wanted.sort else LIST, wanted, *_clauses(wanted))
    return found.response(responses(ctx, found.rows, expand))


def response(ctx: Context, note: CreditNoteRow, expand: frozenset[str] = frozenset()) -> CreditNoteResponse:
    """One note with its lines."""
    return responses(ctx, [note], expand)[0]


def responses(ctx: Context, notes: Sequence[CreditNoteRow], expand: frozenset[str] = frozenset()) -> list[CreditNoteResponse]:
    """Many notes, children read with one query a kind."""
    lines: dict[str, list[CreditNoteLineItem]] = defaultdict(list)
    query = select(CreditNoteLineItemRow).where(CreditNoteLineItemRow.credit_note_id.in_([note.id for note in notes]))
    for row in ctx.session.scalars(query.order_by(CreditNoteLineItemRow.id)):
        lines[row.credit_note_id].append(present(ctx, CreditNoteLineItem, row))
    invoices = _rows(ctx, InvoiceRow, {note.invoice_id for note in notes}) if "invoice" in expand else []
    shown = dict(zip((row.id for row in invoices), invoice_responses(ctx, invoices, with_customer=False), strict=True))
    customers = _rows(ctx, CustomerRow, {note.customer_id for note in notes}) if "customer" in expand else []
    payers = {row.id: customer_response(ctx, row) for row in customers}
    wanted = {note.subscription_id for note in notes if note.subscription_id}
    subscriptions = {row.id: full_response(ctx, row) for row in (_rows(ctx, SubscriptionRow, wanted) if "subscription" in expand else [])}
    return [
        present(
            ctx,
            CreditNoteResponse,
            note,
            line_items=lines[note.id],
            invoice=shown.get(note.invoice_id),
            customer=payers.get(note.customer_id),
            subscription=subscriptions.get(note.subscription_id or ""),
        )
        for note in notes
    ]


def _rows(ctx: Context, table: type[Any], ids: set[Any]) -> list[Any]:
    return list(ctx.session.scalars(select(table).where(table.id.in_(ids)))) if ids else []


def _clauses(wanted: CreditNoteFilter) -> list[ColumnElement[bool]]:
    clauses: list[ColumnElement[bool]] = []
    if wanted.credit_note_ids:
        clauses.append(CreditNoteRow.id.in_(wanted.credit_note_ids))
    if wanted.credit_note_status:
        clauses.append(CreditNoteRow.credit_note_status.in_(wanted.credit_note_status))
    if wanted.invoice_id:
        clauses.append(CreditNoteRow.invoice_id == wanted.invoice_id)
    if wanted.credit_note_type:
        clauses.append(CreditNoteRow.credit_note_type == wanted.credit_note_type)
    return clauses
