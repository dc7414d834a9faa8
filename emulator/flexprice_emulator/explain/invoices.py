"""Explained invoices and previews (rating/derivation.py)."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from flexprice_client.models.base import parse_time
from flexprice_client.models.invoices import GetPreviewInvoiceRequest
from flexprice_emulator.events.tables import MeterUsageRow
from flexprice_emulator.invoices.preview import preview_draft
from flexprice_emulator.invoices.tables import InvoiceLineItemRow, InvoiceRow
from flexprice_emulator.rating.derivation import to_plain
from flexprice_emulator.rating.derivation_verify import verify
from flexprice_emulator.wire.errors import NotFoundError
from flexprice_emulator.workspace.context import Context

SAMPLE = 5


def explain_preview(ctx: Context, request: GetPreviewInvoiceRequest) -> dict[str, Any]:
    """The next invoice of a subscription, each line with its derivation and events. Raises NotFoundError."""
    subscription, _, draft = preview_draft(ctx, request)
    lines = [
        _line(ctx, line.display_name, line.price_id, line.period_start, line.period_end, to_plain(line.derivation))
        for line in draft.line_items
    ]
    return _explained(None, subscription.id, to_plain(draft.derivation), lines)


def explain_invoice(ctx: Context, invoice_id: str) -> dict[str, Any]:
    """A stored invoice, as it was computed last. Raises NotFoundError."""
    invoice = ctx.session.get(InvoiceRow, invoice_id)
    if invoice is None:
        raise NotFoundError(f"invoice {invoice_id} not found", {"id": invoice_id})
    rows = ctx.session.scalars(
        select(InvoiceLineItemRow)
        .where(InvoiceLineItemRow.invoice_id == invoice_id, InvoiceLineItemRow.status == "published")
        .order_by(InvoiceLineItemRow.position)
    )
    lines = [_line(ctx, row.display_name, row.price_id, row.period_start, row.period_end, row.derivation or {}) for row in rows]
    return _explained(invoice.id, invoice.subscription_id, invoice.derivation or {}, lines)


def _explained(
    invoice_id: str | None, subscription_id: str | None, totals: Mapping[str, Any], lines: list[dict[str, Any]]
) -> dict[str, Any]:
    problems = [problem for line in lines for problem in line.pop("problems")]
    if totals.get("kind") == "invoice":
        problems += verify(totals)
    # Each line stands in `lines`, with its steps; repeating the figures under the totals would only double them.
    shown = {name: value for name, value in totals.items() if name != "lines"}
    return {"invoice_id": invoice_id, "subscription_id": subscription_id, "lines": lines, "totals": shown, "problems": problems}


def _line(ctx: Context, name: str | None, price_id: str | None, start: Any, end: Any, derivation: Mapping[str, Any]) -> dict[str, Any]:
    query = next((step["query"] for step in derivation.get("steps", ()) if step.get("kind") == "usage"), None)
    return {
        "display_name": name,
        "price_id": price_id,
        "period_start": start,
        "period_end": end,
        "quantity": derivation.get("quantity"),
        "amount": derivation.get("amount"),
        "steps": derivation.get("steps", []),
        "events": _events(ctx, query) if query else None,
        "problems": [f"{name}: {problem}" for problem in verify(derivation)] if derivation.get("kind") == "line" else [],
    }


def _events(ctx: Context, query: Mapping[str, Any]) -> dict[str, Any]:
    """How many measured events the query reads now, and the first of them."""
    start, end = (int(parse_time(query[bound]).timestamp()) for bound in ("start", "end"))
    where = (
        MeterUsageRow.meter_id == query["meter_id"],
        MeterUsageRow.external_customer_id.in_(query["customers"]),
        MeterUsageRow.timestamp >= start,
        MeterUsageRow.timestamp < end,
    )
    count = ctx.session.scalar(select(func.count()).select_from(MeterUsageRow).where(*where)) or 0
    sample = ctx.session.scalars(
        select(MeterUsageRow.event_id).where(*where).order_by(MeterUsageRow.timestamp, MeterUsageRow.event_id).limit(SAMPLE)
    )
    return {"count": count, "sample": list(sample)}
