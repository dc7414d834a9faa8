"""New credit notes (invoices.md §10)."""

import random
import string
from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import select

from flexprice_client.models.credit_notes import CreateCreditNoteLineItemRequest, CreateCreditNoteRequest
from flexprice_emulator.credit_notes.effects import finalize
from flexprice_emulator.credit_notes.limits import check_request, checked_total, credit_note_type
from flexprice_emulator.credit_notes.tables import CreditNoteLineItemRow, CreditNoteRow
from flexprice_emulator.invoices.drafts import get_row as get_invoice
from flexprice_emulator.invoices.keys import generated_key
from flexprice_emulator.invoices.lines import line_rows
from flexprice_emulator.invoices.tables import InvoiceRow
from flexprice_emulator.rating.decimals import ZERO, to_text
from flexprice_emulator.workspace.context import Context

_SIGNS = string.ascii_uppercase + string.digits
_NUMBER_LENGTH = 9


def create(ctx: Context, request: CreateCreditNoteRequest) -> CreditNoteRow:
    """A note, finalized at once where that is asked for; or the one of the key. Raises NotFoundError, ValidationError, DatabaseError.

    The request is checked before the key is looked up.
    """
    check_request(request)
    invoice = get_invoice(ctx, request.invoice_id)
    kind = credit_note_type(invoice)
    wanted = request.line_items or []
    total = checked_total(invoice, kind, wanted, {line.id: line for line in line_rows(ctx, invoice.id)})
    key = request.idempotency_key or _content_key(request, kind, wanted)
    held = ctx.session.scalar(select(CreditNoteRow).where(CreditNoteRow.idempotency_key == key, CreditNoteRow.status == "published"))
    if held is not None:
        return held
    note = _store(ctx, request, invoice, kind, total, key)
    ctx.emit("credit_note.created", credit_note_id=note.id)
    if request.process_credit_note:
        finalize(ctx, note)
    return note


def _store(ctx: Context, request: CreateCreditNoteRequest, invoice: InvoiceRow, kind: str, total: Decimal, key: str) -> CreditNoteRow:
    note_id = ctx.new_id("cn")
    note = ctx.add(
        CreditNoteRow(
            id=note_id,
            credit_note_number=request.credit_note_number or _number(note_id),
            invoice_id=invoice.id,
            customer_id=invoice.customer_id,
            subscription_id=invoice.subscription_id,
            credit_note_status="DRAFT",
            credit_note_type=kind,
            reason=request.reason,
            memo=request.memo,
            currency=invoice.currency,
            metadata_=request.metadata,
            total_amount=total,
            idempotency_key=key,
            **ctx.stamp(),
        )
    )
    ctx.session.add_all(
        CreditNoteLineItemRow(
            id=ctx.new_id("cn_line"),
            credit_note_id=note.id,
            invoice_line_item_id=line.invoice_line_item_id,
            display_name=line.display_name,
            amount=line.amount or ZERO,
            currency=invoice.currency,
            metadata_=line.metadata,
            **ctx.stamp(),
        )
        for line in request.line_items or ()
    )
    ctx.session.flush()
    return note


def _content_key(request: CreateCreditNoteRequest, kind: str, lines: Sequence[CreateCreditNoteLineItemRequest]) -> str:
    return generated_key(
        "credit_note",
        invoice_id=request.invoice_id,
        reason=request.reason,
        credit_note_type=kind,
        line_items=";".join(f"{line.invoice_line_item_id}={to_text(line.amount or ZERO)}" for line in lines),
        process_credit_note=str(request.process_credit_note),
    )


def _number(note_id: str) -> str:
    """`CN-` and nine signs, drawn from the note's id so that a replay with the same ids has the same numbers."""
    drawn = random.Random(note_id)  # noqa: S311 - a number to read out, not a secret
    return "CN-" + "".join(drawn.choice(_SIGNS) for _ in range(_NUMBER_LENGTH))
