"""More or fewer units of fixed lines (subscriptions.md §11.3): settled now for advance lines, split by seconds for arrears."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from flexprice_client.models.subscription_changes import ChangedInvoice, ChangedLineItem, ChangedResources, SubModifyQuantityChangeRequest
from flexprice_emulator.catalog import prices
from flexprice_emulator.rating.decimals import ZERO
from flexprice_emulator.subscriptions.modifications import changed, settlement
from flexprice_emulator.subscriptions.modifications.checks import check_in_period, check_quantity
from flexprice_emulator.subscriptions.modifications.lines import check_within, get_row, successor
from flexprice_emulator.subscriptions.tables import SubscriptionLineItemRow, SubscriptionRow
from flexprice_emulator.wire.errors import ValidationError
from flexprice_emulator.workspace.context import Context


@dataclass(frozen=True, slots=True)
class Change:
    """One line's new quantity, and what that costs (or gives back) in the running period."""

    line: SubscriptionLineItemRow
    quantity: Decimal
    effective: datetime
    share: settlement.Share | None


def change_quantities(ctx: Context, row: SubscriptionRow, request: SubModifyQuantityChangeRequest) -> ChangedResources:
    """Each line ends and another with the new quantity follows; the same quantity changes nothing.

    Raises ValidationError, NotFoundError.
    """
    lines: list[ChangedLineItem] = []
    settled: list[ChangedInvoice] = []
    for change in planned(ctx, row, request):
        made = replace_lines(ctx, change)
        lines += [changed.line(change.line, "ended"), changed.line(made, "created", end_date=row.current_period_end)]
        if change.share is not None:
            settled += _settle(ctx, row, change.line, change.share)
    return changed.resources(lines, invoices=settled)


def planned(ctx: Context, row: SubscriptionRow, request: SubModifyQuantityChangeRequest) -> Iterator[Change]:
    """The changes that are asked for, checked and priced; make each before the next is asked for. Raises ValidationError, NotFoundError."""
    for item in request.line_items:
        check_quantity(item.quantity)
    if row.subscription_status != "active":
        raise ValidationError(
            "Quantities can only be changed on active subscriptions",
            {"subscription_id": row.id, "subscription_status": row.subscription_status},
        )
    for item in request.line_items:
        line = get_row(ctx, item.id)
        effective = item.effective_date or ctx.now
        _check(row, line, effective)
        if line.quantity != item.quantity:
            share = settlement.quantity_share(row, line, prices.get_row(ctx, line.price_id), item.quantity, effective)
            yield Change(line, item.quantity, effective, share)


def replace_lines(ctx: Context, change: Change) -> SubscriptionLineItemRow:
    """End the line; the one that follows it."""
    return ctx.add(successor(ctx, change.line, change.effective, quantity=change.quantity))


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
