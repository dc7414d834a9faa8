"""Explained invoices and previews (rating/derivation.py).

Both are the same document: `lines` with their steps and events, `totals` as derived; a stored invoice adds `invoice` and each
`line_item` as stored, and its `settlement`. `problems` is what explain/check.py finds in it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from flexprice_client.models.invoices import GetPreviewInvoiceRequest
from flexprice_emulator.explain.check import problems
from flexprice_emulator.explain.events import counted_events
from flexprice_emulator.explain.settlement import settlement
from flexprice_emulator.invoices.derivation import nothing_yet, of_draft
from flexprice_emulator.invoices.lines import line_rows
from flexprice_emulator.invoices.preview import preview_draft
from flexprice_emulator.invoices.tables import InvoiceRow
from flexprice_emulator.rating.derivation import to_plain
from flexprice_emulator.wire.errors import NotFoundError
from flexprice_emulator.wire.json_text import plain
from flexprice_emulator.workspace.context import Context

_TOTALS = ("subtotal", "total_discount", "total_prepaid_credits_applied", "total_tax", "total")


def explain_preview(ctx: Context, request: GetPreviewInvoiceRequest) -> dict[str, Any]:
    """The next invoice of a subscription, each line with its derivation and events. Raises NotFoundError."""
    # Lines without a charge are explained too.
    subscription, inputs, draft = preview_draft(ctx, request.model_copy(update={"hide_zero_charges_line_items": False}))
    lines = [
        _line(
            ctx,
            to_plain(line.derivation),
            price_id=line.price_id,
            subscription_line_item_id=line.subscription_line_item_id,
            period_start=line.period_start,
            period_end=line.period_end,
        )
        for line in draft.line_items
    ]
    about = {
        "invoice_id": None,
        "subscription_id": subscription.id,
        "customer_id": subscription.invoicing_customer_id or subscription.customer_id,
        "period_start": inputs.period_start,
        "period_end": inputs.period_end,
    }
    return _explained(about, of_draft(draft.derivation), lines)


def explain_invoice(ctx: Context, invoice_id: str) -> dict[str, Any]:
    """A stored invoice by its id or number, as it was computed, settled or edited last. Raises NotFoundError."""
    numbered = select(InvoiceRow).where(InvoiceRow.invoice_number == invoice_id).order_by(InvoiceRow.id)
    invoice = ctx.session.get(InvoiceRow, invoice_id) or (ctx.session.scalars(numbered).first() if invoice_id else None)
    if invoice is None:
        raise NotFoundError(f"invoice {invoice_id} not found", {"id": invoice_id})
    lines = [
        _line(
            ctx,
            row.derivation or {},
            computed_at=invoice.last_computed_at,
            price_id=row.price_id,
            subscription_line_item_id=row.subscription_line_item_id,
            period_start=row.period_start,
            period_end=row.period_end,
            line_item={"id": row.id, "quantity": row.quantity, "amount": row.amount},
        )
        for row in line_rows(ctx, invoice.id)
    ]
    shown = ("invoice_number", "invoice_status", "subscription_id", "customer_id", "period_start", "period_end", "finalized_at")
    about = {
        "invoice_id": invoice.id,
        **{name: getattr(invoice, name) for name in shown},
        "invoice": {name: getattr(invoice, name) for name in _TOTALS},
        "settlement": settlement(ctx, invoice),
    }
    return _explained(about, invoice.derivation or nothing_yet(invoice), lines)


def _explained(about: Mapping[str, Any], totals: Mapping[str, Any], lines: Sequence[dict[str, Any]]) -> dict[str, Any]:
    # Each line stands in `lines`, with what the invoice level did to it; repeating it under the totals would only double it.
    merged = [{**figures, **line} for line, figures in zip(lines, totals["lines"], strict=True)]
    shown = {name: value for name, value in totals.items() if name != "lines"}
    explained = plain({**about, "lines": merged, "totals": shown})
    return {**explained, "problems": problems(explained)}


def _line(ctx: Context, derivation: Mapping[str, Any], *, computed_at: datetime | None = None, **about: Any) -> dict[str, Any]:
    query = next((step["query"] for step in derivation.get("steps", ()) if step.get("kind") == "usage"), None)
    return {
        **about,
        "quantity": derivation.get("quantity"),
        "amount": derivation.get("amount"),
        "steps": derivation.get("steps", []),
        "events": counted_events(ctx, query, computed_at) if query else None,
    }
