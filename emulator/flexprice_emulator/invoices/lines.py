"""What an assembled draft leaves in storage: lines, discounts taken, totals (invoices.md §5.2)."""

from collections.abc import Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, select

from flexprice_emulator.invoices.derivation import of_draft
from flexprice_emulator.invoices.tables import CouponApplicationRow, InvoiceLineItemRow, InvoiceRow
from flexprice_emulator.rating.commitment.model import CommitmentInfo
from flexprice_emulator.rating.decimals import ZERO, round_places, to_text
from flexprice_emulator.rating.derivation import to_plain
from flexprice_emulator.rating.discount.model import Coupon, CouponApplication
from flexprice_emulator.rating.invoice.model import InvoiceDraft, InvoiceLine
from flexprice_emulator.rating.totals import amount_due, amount_remaining
from flexprice_emulator.wire.errors import DatabaseError
from flexprice_emulator.workspace.context import Context

_TEXTS = (
    "display_name",
    "currency",
    "price_type",
    "price_id",
    "meter_id",
    "meter_display_name",
    "entity_id",
    "entity_type",
    "plan_display_name",
    "price_unit",
    "price_unit_id",
    "subscription_line_item_id",
)
_STORED_PLACES = 8
# The columns hold 20 digits, 8 of them after the point (rating.md §0).
_TOO_BIG = Decimal(10) ** 12


def line_rows(ctx: Context, invoice_id: str) -> Sequence[InvoiceLineItemRow]:
    """Published lines of an invoice in the assembly's order."""
    query = select(InvoiceLineItemRow).where(InvoiceLineItemRow.invoice_id == invoice_id, InvoiceLineItemRow.status == "published")
    return ctx.session.scalars(query.order_by(InvoiceLineItemRow.position, InvoiceLineItemRow.id)).all()


def store_draft(ctx: Context, invoice: InvoiceRow, draft: InvoiceDraft) -> list[InvoiceLineItemRow]:
    """Replace an invoice's lines by those of a draft and take over its figures; earlier discounts are forgotten.

    A line for the same thing and period as before keeps its id.
    """
    is_first = invoice.last_computed_at is None
    held = {_same(row): row for row in line_rows(ctx, invoice.id)} if not is_first else {}
    rows = []
    for position, line in enumerate(draft.line_items):
        row = held.pop((line.subscription_line_item_id, line.display_name, line.period_start, line.period_end), None)
        rows.append(_write_line(ctx, invoice, line, position, row))
    for row in held.values():
        ctx.session.delete(row)
    if not is_first:
        ctx.session.execute(delete(CouponApplicationRow).where(CouponApplicationRow.invoice_id == invoice.id))
    invoice.description = draft.description
    invoice.derivation = of_draft(draft.derivation)
    set_totals(
        invoice,
        subtotal=draft.subtotal,
        total_discount=draft.total_discount,
        total_prepaid_credits_applied=draft.total_prepaid_credits_applied,
        total_tax=draft.total_tax,
        total=draft.total,
    )
    return rows


def set_totals(invoice: InvoiceRow, **figures: Decimal) -> None:
    """Write totals; what is due and what remains follow from them."""
    for name, figure in figures.items():
        setattr(invoice, name, round_places(figure, _STORED_PLACES))
    invoice.amount_due = amount_due(invoice.total, invoice.adjustment_amount)
    invoice.amount_remaining = amount_remaining(invoice.amount_due, invoice.amount_paid)


def commitment_info(info: CommitmentInfo | None) -> dict[str, Any] | None:
    """As it is shown: decimals as text; a duration only where the commitment has one."""
    if info is None:
        return None
    shown = {name: to_text(value) if isinstance(value, Decimal) else value for name, value in asdict(info).items()}
    if not shown["duration"]:
        del shown["duration"]
    return shown


def coupon_snapshot(coupon: Coupon | None, application: CouponApplication) -> dict[str, Any]:
    """What the coupon said when it was applied."""
    return {
        "type": application.discount_type,
        "amount_off": to_text((coupon.amount_off if coupon else None) or ZERO),
        "percentage_off": to_text((coupon.percentage_off if coupon else None) or ZERO),
        "applied_to": "invoice" if application.line_index is None else "line_item",
    }


def _same(row: InvoiceLineItemRow) -> tuple[object, ...]:
    return row.subscription_line_item_id, row.display_name, row.period_start, row.period_end


def _write_line(ctx: Context, invoice: InvoiceRow, line: InvoiceLine, position: int, row: InvoiceLineItemRow | None) -> InvoiceLineItemRow:
    if max(abs(line.amount), abs(line.quantity)) >= _TOO_BIG:
        raise DatabaseError("Failed to create invoice line items", {"subscription_line_item_id": line.subscription_line_item_id or ""})
    values: dict[str, Any] = {name: getattr(line, name) for name in _TEXTS}
    if row is None:
        # A line of no price (true-up, overage) is given the id of a price that does not exist.
        values["price_id"] = line.price_id or ctx.new_id("price")
        row = InvoiceLineItemRow(id=ctx.new_id("inv_line"), invoice_id=invoice.id, customer_id=invoice.customer_id, **ctx.stamp())
        ctx.session.add(row)
    else:
        values["price_id"] = line.price_id or row.price_id
        ctx.touch(row)
    values |= {
        "position": position,
        "subscription_id": line.subscription_id or invoice.subscription_id,
        "amount": line.amount,
        "quantity": round_places(line.quantity, _STORED_PLACES),
        "period_start": line.period_start,
        "period_end": line.period_end,
        "metadata_": dict(line.metadata),
        "commitment_info": commitment_info(line.commitment_info),
        "adjusted_entitlement_quantity": _stored(line.adjusted_entitlement_quantity),
        "line_item_discount": line.line_item_discount,
        "invoice_level_discount": line.invoice_level_discount,
        "prepaid_credits_applied": line.prepaid_credits_applied,
        "derivation": to_plain(line.derivation),
    }
    for name, value in values.items():
        setattr(row, name, value)
    return row


def _stored(value: Decimal | None) -> Decimal | None:
    return None if value is None else round_places(value, _STORED_PLACES)
