"""More or fewer units of fixed lines (subscriptions.md §11.3): settled now for advance lines, split by seconds for arrears."""

from datetime import datetime

from flexprice_client.models.subscription_changes import ChangedInvoice, ChangedLineItem, ChangedResources, SubModifyQuantityChangeRequest
from flexprice_emulator.catalog import prices
from flexprice_emulator.rating.decimals import ZERO
from flexprice_emulator.subscriptions.modifications import changed, settlement
from flexprice_emulator.subscriptions.modifications.checks import check_in_period, check_quantity
from flexprice_emulator.subscriptions.modifications.lines import check_within, get_row, successor
from flexprice_emulator.subscriptions.tables import SubscriptionLineItemRow, SubscriptionRow
from flexprice_emulator.wire.errors import ValidationError
from flexprice_emulator.workspace.context import Context


def change_quantities(ctx: Context, row: SubscriptionRow, request: SubModifyQuantityChangeRequest) -> ChangedResources:
    """Each line ends and another with the new quantity follows; the same quantity changes nothing.

    Raises ValidationError, NotFoundError.
    """
    for item in request.line_items:
        check_quantity(item.quantity)
    if row.subscription_status != "active":
        raise ValidationError(
            "Quantities can only be changed on active subscriptions",
            {"subscription_id": row.id, "subscription_status": row.subscription_status},
        )
    lines: list[ChangedLineItem] = []
    settled: list[ChangedInvoice] = []
    for item in request.line_items:
        line = get_row(ctx, item.id)
        effective = item.effective_date or ctx.now
        _check(row, line, effective)
        if line.quantity == item.quantity:
            continue
        share = settlement.quantity_share(row, line, prices.get_row(ctx, line.price_id), item.quantity, effective)
        made = ctx.add(successor(ctx, line, effective, quantity=item.quantity))
        lines += [changed.line(line, "ended"), changed.line(made, "created", end_date=row.current_period_end)]
        if share is not None:
            settled += _settle(ctx, row, line, share)
    return changed.resources(lines, invoices=settled)


def _check(row: SubscriptionRow, line: SubscriptionLineItemRow, effective: datetime) -> None:
    details = {"line_item_id": line.id}
    if line.subscription_id != row.id:
        raise ValidationError("The line item does not belong to this subscription", details)
    if line.price_type != "FIXED":
        raise ValidationError("Quantities can only be changed on fixed line items", {**details, "price_type": line.price_type})
    check_in_period(row, effective)
    check_within(line, effective, end_field="effective_date")


def _settle(ctx: Context, row: SubscriptionRow, line: SubscriptionLineItemRow, share: settlement.Share) -> list[ChangedInvoice]:
    if share.amount > ZERO:
        return [changed.invoice(ctx, settlement.charge(ctx, row, [share], line.id))]
    entry = settlement.credit(ctx, row, -share.amount, settlement.credit_key(row, line, share.start))
    return [changed.wallet_credit(ctx, entry)] if entry is not None else []
