"""Invoice rows at their beginning: a draft with nothing on it (invoices.md §5.1)."""

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select

from flexprice_emulator.invoices.keys import generated_key
from flexprice_emulator.invoices.numbers import due_date
from flexprice_emulator.invoices.tables import InvoiceRow
from flexprice_emulator.rating.decimals import ZERO
from flexprice_emulator.subscriptions.tables import SubscriptionRow
from flexprice_emulator.wallets.waiting import invoice_changed
from flexprice_emulator.wire.errors import AlreadyExistsError, NotFoundError
from flexprice_emulator.workspace.context import Context

_BY_KEY = select(InvoiceRow).where(
    InvoiceRow.idempotency_key == bindparam("key"), InvoiceRow.status == "published", InvoiceRow.invoice_status != "VOIDED"
)


def get_row(ctx: Context, invoice_id: str) -> InvoiceRow:
    """A published invoice. Raises NotFoundError."""
    row = ctx.session.get(InvoiceRow, invoice_id)
    if row is None or row.status != "published":
        raise NotFoundError(f"invoice {invoice_id} not found", {"id": invoice_id})
    return row


def new_draft(ctx: Context, *, idempotency_key: str, is_first: bool = False, **fields: Any) -> InvoiceRow:
    """An empty draft, or the DRAFT or SKIPPED one that has the key. Raises AlreadyExistsError for any other but a voided one.

    `is_first`: its subscription was made just now and has no invoice yet.
    """
    existing = None if is_first else ctx.session.scalar(_BY_KEY, {"key": idempotency_key})
    if existing is not None:
        if existing.invoice_status in ("DRAFT", "SKIPPED"):
            return existing
        raise AlreadyExistsError("invoice already exists")
    zeros = dict.fromkeys(
        (
            "amount_due",
            "amount_paid",
            "amount_remaining",
            "subtotal",
            "total",
            "total_discount",
            "total_tax",
            "total_prepaid_credits_applied",
            "adjustment_amount",
            "refunded_amount",
        ),
        ZERO,
    )
    subscription_id = fields.get("subscription_id")
    values: dict[str, Any] = {
        **zeros,
        "invoice_status": "DRAFT",
        "payment_status": "PENDING",
        "issue_date": ctx.now,
        "billing_sequence": 1 if is_first else next_billing_sequence(ctx, subscription_id) if subscription_id else 0,
        **fields,
    }
    return ctx.add(InvoiceRow(id=ctx.new_id("inv"), idempotency_key=idempotency_key, **values, **ctx.stamp()))


def open_subscription_draft(
    ctx: Context,
    subscription: SubscriptionRow,
    period_start: datetime,
    period_end: datetime,
    billing_reason: str,
    *,
    is_first: bool = False,
) -> InvoiceRow:
    """The draft of a subscription's period and reason; at most one that is not voided."""
    key = generated_key(
        "subscription_invoice",
        tenant_id=ctx.tenant_id,
        # The environment's id, but that a fork and its original know the same draft by the same key.
        environment_id=ctx.workspace.lineage,
        customer_id=subscription.customer_id,
        subscription_id=subscription.id,
        billing_reason=billing_reason,
        period_start=period_start.replace(second=0, microsecond=0).isoformat(),
        period_end=period_end.replace(second=0, microsecond=0).isoformat(),
    )
    return new_draft(
        ctx,
        idempotency_key=key,
        is_first=is_first,
        customer_id=subscription.invoicing_customer_id or subscription.customer_id,
        subscription_id=subscription.id,
        subscription_customer_id=subscription.customer_id,
        invoice_type="SUBSCRIPTION",
        currency=subscription.currency,
        billing_period=subscription.billing_period,
        billing_reason=billing_reason,
        period_start=period_start,
        period_end=period_end,
        due_date=due_date(ctx, period_end, subscription.payment_terms),
    )


def next_billing_sequence(ctx: Context, subscription_id: str) -> int:
    """1, 2, 3… per subscription; a skipped or voided invoice keeps its own."""
    last = ctx.session.scalar(select(func.max(InvoiceRow.billing_sequence)).where(InvoiceRow.subscription_id == subscription_id))
    return (last or 0) + 1


def changed(ctx: Context, row: InvoiceRow) -> None:
    """Note a write: `version` counts them. What is written together goes to the database together."""
    row.version += 1
    ctx.touch(row)
    invoice_changed(ctx, row)
