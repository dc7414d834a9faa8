"""Changes by hand: metadata, due date, PDF link, and a draft's lines (invoices.md §5.10)."""

from decimal import Decimal

from flexprice_client.models.invoices import UpdateInvoiceLineItemRequest, UpdateInvoiceRequest
from flexprice_emulator.invoices.derivation import edited, given_line
from flexprice_emulator.invoices.drafts import changed
from flexprice_emulator.invoices.lines import line_rows, set_totals
from flexprice_emulator.invoices.tables import InvoiceLineItemRow, InvoiceRow
from flexprice_emulator.rating.decimals import ZERO, add, round_currency
from flexprice_emulator.rating.totals import invoice_totals
from flexprice_emulator.wire.errors import NotFoundError, ValidationError
from flexprice_emulator.workspace.context import Context

_OPEN = ("DRAFT", "FINALIZED")


def update_invoice(ctx: Context, invoice: InvoiceRow, request: UpdateInvoiceRequest) -> None:
    """Apply an update. Raises ValidationError for a closed invoice, a past due date, or line edits of no draft."""
    if invoice.invoice_status not in _OPEN:
        raise ValidationError(f"invoice status - {invoice.invoice_status} is not allowed", {"allowed_statuses": list(_OPEN)})
    if request.due_date is not None and request.due_date < ctx.now:
        raise ValidationError("Due date must be in the future")
    edits = [*(request.line_items or ()), *(request.add_line_items or ()), *(request.update_line_items or ())]
    if (edits or request.remove_line_item_ids) and invoice.invoice_status != "DRAFT":
        raise ValidationError("Line items can only be edited on draft invoices", {"current_status": invoice.invoice_status})
    if request.invoice_pdf_url is not None:
        invoice.invoice_pdf_url = request.invoice_pdf_url
    if request.due_date is not None:
        invoice.due_date = request.due_date
    if request.metadata is not None:
        invoice.metadata_ = request.metadata
    if edits or request.remove_line_item_ids:
        _edit_lines(ctx, invoice, edits, request.remove_line_item_ids or [])
    changed(ctx, invoice)
    ctx.emit("invoice.update", invoice_id=invoice.id)


def _edit_lines(ctx: Context, invoice: InvoiceRow, edits: list[UpdateInvoiceLineItemRequest], removed: list[str]) -> None:
    before = line_rows(ctx, invoice.id)
    held = {row.id: row for row in before}
    for identity in [*removed, *(edit.id for edit in edits if edit.id)]:
        if identity not in held:
            raise NotFoundError(f"Line item {identity} not found on this invoice", {"line_item_id": identity})
    for identity in removed:
        held.pop(identity).status = "deleted"
    for edit in edits:
        if edit.id:
            _change(ctx, invoice, held[edit.id], edit)
        else:
            row = _new_line(ctx, invoice, edit, len(held))
            held[row.id] = row
    ctx.session.flush()
    invoice.is_manually_edited = True
    subtotal = add(ZERO, *(row.amount for row in held.values()))
    totals = invoice_totals(subtotal, invoice.total_discount, invoice.total_prepaid_credits_applied, invoice.total_tax)
    set_totals(invoice, subtotal=subtotal, total=totals.total)
    invoice.derivation = edited(invoice, before, line_rows(ctx, invoice.id))


def _change(ctx: Context, invoice: InvoiceRow, row: InvoiceLineItemRow, edit: UpdateInvoiceLineItemRequest) -> None:
    for name in ("display_name", "quantity", "price_type", "period_start", "period_end"):
        value = getattr(edit, name)
        if value is not None:
            setattr(row, name, value)
    if edit.amount is not None:
        row.amount = round_currency(edit.amount, invoice.currency)
    if edit.metadata is not None:
        row.metadata_ = edit.metadata
    if edit.amount is not None or edit.quantity is not None:
        row.derivation = given_line(row.quantity, row.amount if edit.amount is None else edit.amount, invoice.currency)
    ctx.touch(row)


def _new_line(ctx: Context, invoice: InvoiceRow, edit: UpdateInvoiceLineItemRequest, position: int) -> InvoiceLineItemRow:
    if edit.amount is None:
        raise ValidationError("Amount is required for a new line item")
    row = InvoiceLineItemRow(
        id=ctx.new_id("inv_line"),
        invoice_id=invoice.id,
        position=position,
        customer_id=invoice.customer_id,
        subscription_id=invoice.subscription_id,
        price_type=edit.price_type or "",
        display_name=edit.display_name,
        amount=round_currency(edit.amount, invoice.currency),
        quantity=edit.quantity if edit.quantity is not None else Decimal(1),
        currency=invoice.currency,
        period_start=edit.period_start,
        period_end=edit.period_end,
        metadata_=edit.metadata,
        prepaid_credits_applied=ZERO,
        line_item_discount=ZERO,
        invoice_level_discount=ZERO,
        derivation=given_line(edit.quantity if edit.quantity is not None else Decimal(1), edit.amount, invoice.currency),
        **ctx.stamp(),
    )
    ctx.session.add(row)
    return row
