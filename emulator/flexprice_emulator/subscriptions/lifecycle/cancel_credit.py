"""What an immediate cancellation gives back of charges billed in advance (subscriptions.md §10, rating.md §6.4).

Invariant: a line never gives back more than was billed for it in the period; usage gives nothing back.
"""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import select

from flexprice_client.models.subscription_lifecycle import CancelSubscriptionRequest, ProrationDetail
from flexprice_emulator.invoices.keys import generated_key
from flexprice_emulator.invoices.tables import InvoiceLineItemRow, InvoiceRow
from flexprice_emulator.rating.decimals import ZERO, add
from flexprice_emulator.rating.invoice.model import LineItem
from flexprice_emulator.rating.proration import ProrationRequest, calculate_proration, last_second
from flexprice_emulator.subscriptions.modifications.settlement import credited
from flexprice_emulator.subscriptions.tables import SubscriptionRow
from flexprice_emulator.subscriptions.terms import active_lines, line_item_rows, rating_line_items
from flexprice_emulator.wallets.service import credit_proration
from flexprice_emulator.wire.errors import AlreadyExistsError
from flexprice_emulator.workspace.context import Context


def proration_details(ctx: Context, row: SubscriptionRow, request: CancelSubscriptionRequest, effective: datetime) -> list[ProrationDetail]:
    """One per line that is active at the date; what ended at this very moment ended before, though the clock stands still."""
    lines = active_lines(line_item_rows(ctx, [row.id]), effective)
    if request.cancel_at is None:
        lines = [line for line in lines if line.end_date != ctx.now]
    items = rating_line_items(ctx, lines)
    paid = billed(ctx, row)
    given = {line.id: credited(ctx, row, line) for line in lines}
    return [_detail(row, item, request.cancellation_type, effective, paid.get(item.id), given[item.id]) for item in items]


def give_credit(ctx: Context, row: SubscriptionRow, amount: Decimal) -> None:
    """Put it into the payer's wallet, once for a period."""
    if amount <= ZERO:
        return
    key = generated_key(
        "subscription_cancellation_credit", subscription_id=row.id, period_start=row.current_period_start.isoformat(timespec="seconds")
    )
    try:
        credit_proration(ctx, row.invoicing_customer_id or row.customer_id, row.currency, amount, key)
    except AlreadyExistsError:
        return


def _detail(
    row: SubscriptionRow, item: LineItem, cancellation_type: str, effective: datetime, paid: Decimal | None, given: Decimal
) -> ProrationDetail:
    credit, price = ZERO, item.price
    if price.type == "FIXED":
        result = calculate_proration(
            ProrationRequest(
                action="cancellation",
                period_start=row.current_period_start,
                period_end=last_second(row.current_period_end),
                proration_date=effective,
                currency=row.currency,
                pay_in_advance=price.invoice_cadence == "ADVANCE" and price.billing_period == row.billing_period,
                old_quantity=item.quantity,
                old_unit_price=price.amount,
                original_amount_paid=paid,
                previous_credits_issued=given,
                cancellation_type=cancellation_type,
                refund_eligible=cancellation_type == "immediate",
            )
        )
        credit = -add(*result.credits) if result else ZERO
    left = max(int((last_second(row.current_period_end) - effective).total_seconds() // 86_400), 0)
    return ProrationDetail.model_construct(
        line_item_id=item.id,
        price_id=price.id,
        plan_name=item.plan_display_name,
        original_amount=credit,
        credit_amount=credit,
        charge_amount=ZERO,
        proration_days=left if price.type == "FIXED" else 0,
        description=f"Credit for unused time on {item.display_name}" if credit else "",
    )


def billed(ctx: Context, row: SubscriptionRow) -> dict[str, Decimal]:
    """What invoices hold of the current period, by subscription line."""
    line = InvoiceLineItemRow
    query = (
        select(line.subscription_line_item_id, line.amount)
        .join(InvoiceRow, InvoiceRow.id == line.invoice_id)
        .where(
            line.subscription_id == row.id,
            line.status == "published",
            line.subscription_line_item_id.is_not(None),
            line.price_type == "FIXED",
            line.period_start < row.current_period_end,
            line.period_end > row.current_period_start,
            InvoiceRow.status == "published",
            InvoiceRow.invoice_status.in_(("DRAFT", "FINALIZED")),
        )
    )
    found: dict[str, Decimal] = {}
    for line_id, amount in ctx.session.execute(query):
        found[line_id or ""] = add(found.get(line_id or "", ZERO), amount)
    return found
