"""Billing usage before the period's end, once it is worth a threshold (subscriptions.md §8.7).

When it is looked at, `threshold_watch` says.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from flexprice_emulator.events.usage import SqlUsage
from flexprice_emulator.invoices.compute import compute
from flexprice_emulator.invoices.drafts import open_subscription_draft
from flexprice_emulator.invoices.finalize import finalize
from flexprice_emulator.payments.collection import collect
from flexprice_emulator.rating.decimals import ZERO
from flexprice_emulator.rating.invoice.gross import usage_charges
from flexprice_emulator.subscriptions.lifecycle.planning import follow
from flexprice_emulator.subscriptions.lifecycle.threshold_watch import INTERVAL, THRESHOLD, plan_next
from flexprice_emulator.subscriptions.tables import SubscriptionRow
from flexprice_emulator.subscriptions.terms import line_item_rows, rating_line_items, rating_subscription, usage_customers
from flexprice_emulator.workspace.context import Context
from flexprice_emulator.workspace.due_kinds import Retry, due_kind

REASON = "AUTO_INVOICE_THRESHOLD"


@due_kind(THRESHOLD, retry=Retry((INTERVAL, timedelta(days=1)), forever=True))
def look(ctx: Context, subject: dict[str, Any]) -> None:
    """Bill what has reached the threshold."""
    row = ctx.session.get(SubscriptionRow, subject["subscription_id"])
    if row is None or row.status != "published" or row.subscription_status != "active" or not row.auto_invoice_threshold:
        return
    if row.current_period_start < ctx.now < row.current_period_end and usage_amount(ctx, row, ctx.now) >= row.auto_invoice_threshold:
        bill_threshold(ctx, row)
    else:
        plan_next(ctx, row)


def usage_amount(ctx: Context, row: SubscriptionRow, until: datetime) -> Decimal:
    """What the usage of the period so far costs, no entitlement taken off."""
    items = rating_line_items(ctx, line_item_rows(ctx, [row.id]))
    customers = usage_customers(ctx, row)
    source = SqlUsage(ctx)
    source.prefetch([item.meter for item in items if item.meter is not None], customers, row.current_period_start, until)
    return usage_charges(rating_subscription(ctx, row), items, source, customers, row.current_period_start, until).amount


def bill_threshold(ctx: Context, row: SubscriptionRow) -> None:
    """Invoice the period up to now; the period starts anew from here, also where nothing came onto the invoice."""
    invoice = open_subscription_draft(ctx, row, row.current_period_start, ctx.now, REASON)
    if not compute(ctx, invoice):
        finalize(ctx, invoice)
        if invoice.amount_remaining > ZERO:
            collect(ctx, invoice, "cancel")
    row.current_period_start = ctx.now
    ctx.touch(row)
    ctx.session.flush()
    follow(ctx, row)
