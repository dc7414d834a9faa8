"""What a change within a period costs at once, and how it is settled (subscriptions.md §7, §11; rating.md §6.4).

Money due is a one-off invoice that a wallet may pay; money back goes into the payer's prepaid wallet, once per key.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from sqlalchemy import or_, select

from flexprice_client.models.invoices import CreateInvoiceLineItemRequest, CreateInvoiceRequest
from flexprice_emulator.catalog.tables import PriceRow
from flexprice_emulator.invoices.keys import generated_key
from flexprice_emulator.invoices.one_off import create_one_off
from flexprice_emulator.invoices.tables import InvoiceRow
from flexprice_emulator.payments.collection import collect
from flexprice_emulator.rating.decimals import ZERO, add, multiply, round_currency
from flexprice_emulator.rating.pricing.model import ONETIME
from flexprice_emulator.rating.proration import ProrationRequest, calculate_proration, last_second
from flexprice_emulator.subscriptions.modifications import texts
from flexprice_emulator.subscriptions.modifications.checks import TOO_BIG
from flexprice_emulator.subscriptions.tables import LineCreditRow, SubscriptionLineItemRow, SubscriptionRow
from flexprice_emulator.wallets.service import credit_proration
from flexprice_emulator.wallets.tables import WalletTransactionRow
from flexprice_emulator.wire.errors import AlreadyExistsError, DatabaseError, ValidationError
from flexprice_emulator.workspace.context import Context

BILLING_REASON = "SUBSCRIPTION_UPDATE"


@dataclass(frozen=True, slots=True)
class Share:
    """One line of a settlement: [start, end) of the period. `amount` is negative for a credit."""

    price_id: str
    display_name: str
    amount: Decimal
    quantity: Decimal
    start: datetime
    end: datetime
    description: str
    line_id: str | None = None
    plan_display_name: str | None = None


def opening_share(row: SubscriptionRow, line: SubscriptionLineItemRow, price: PriceRow, at: datetime) -> Share | None:
    """The charge for a line that opens at a moment; None for one that is not billed in advance, and for nothing due.

    A one-time charge is due in full.
    """
    if not billed_ahead(line):
        return None
    if line.billing_period == ONETIME:
        amount = round_currency(multiply(price.amount, line.quantity), row.currency)
    else:
        result = calculate_proration(
            replace(_request(row, at), action="add_item", new_quantity=line.quantity, new_unit_price=price.amount),
        )
        amount = result.net if result else ZERO
    if amount == ZERO:
        return None
    end = row.current_period_end
    return Share(
        price_id=line.price_id,
        display_name=line.display_name,
        amount=amount,
        quantity=line.quantity,
        start=at,
        end=end,
        description=texts.charge_reason(line.display_name, line.quantity, price.amount, row.currency, at, end),
        line_id=line.id,
    )


def closing_share(
    ctx: Context, row: SubscriptionRow, line: SubscriptionLineItemRow, price: PriceRow, at: datetime, paid: Mapping[str, Decimal]
) -> Share | None:
    """The credit for a line that closes at a moment; None for nothing to give back.

    `paid` is what invoices hold of the current period by line; a line on none of them counts as paid at its list price.
    """
    if not billed_ahead(line) or line.billing_period == ONETIME:
        return None
    result = calculate_proration(
        replace(
            _request(row, at),
            action="remove_item",
            old_quantity=line.quantity,
            old_unit_price=price.amount,
            original_amount_paid=paid.get(line.id),
            previous_credits_issued=credited(ctx, row, line),
        )
    )
    if result is None or result.net == ZERO:
        return None
    end = row.current_period_end
    return Share(
        price_id=line.price_id,
        display_name=line.display_name,
        amount=result.net,
        quantity=line.quantity,
        start=at,
        end=end,
        description=texts.credit_reason(line.display_name, line.quantity, price.amount, row.currency, at, end),
        line_id=line.id,
    )


def quantity_share(row: SubscriptionRow, line: SubscriptionLineItemRow, price: PriceRow, quantity: Decimal, at: datetime) -> Share | None:
    """More units (a charge for their number) or fewer (a credit); None where the line is not billed in advance."""
    if not billed_ahead(line) or line.billing_period == ONETIME:
        return None
    request = replace(
        _request(row, at),
        action="quantity_change",
        old_quantity=line.quantity,
        old_unit_price=price.amount,
        new_quantity=quantity,
        new_unit_price=price.amount,
    )
    result = calculate_proration(request)
    if result is None or result.net == ZERO:
        return None
    end = row.current_period_end
    return Share(
        price_id=line.price_id,
        display_name=texts.quantity_title(line.display_name, at, end),
        amount=result.net,
        quantity=add(quantity, -line.quantity),
        start=at,
        end=end,
        description=texts.quantity_reason(line.quantity, quantity, price.amount, row.currency, at, end),
        plan_display_name=line.plan_display_name or None,
    )


def billed_ahead(line: SubscriptionLineItemRow) -> bool:
    """Whether a line's fixed charge is billed before its period."""
    return line.price_type == "FIXED" and line.invoice_cadence == "ADVANCE"


def total(shares: Sequence[Share]) -> Decimal:
    """What the payer owes; negative for money back."""
    return add(*(share.amount for share in shares))


def charge(ctx: Context, row: SubscriptionRow, shares: Sequence[Share], key: str) -> InvoiceRow:
    """A finalized one-off invoice of the shares, collected where a wallet can pay. Raises as `_bill`."""
    invoice = _bill(ctx, row, shares, key)
    collect(ctx, invoice, "manual")
    return invoice


def draft(ctx: Context, row: SubscriptionRow, shares: Sequence[Share], key: str) -> InvoiceRow:
    """The one-off invoice of the shares left a draft, to be paid first. Raises ValidationError where nothing is due, and as `_bill`."""
    if total(shares) <= ZERO:
        raise ValidationError("checkout requires a non-zero invoice", {"subscription_id": row.id})
    return _bill(ctx, row, shares, key, stays_draft=True)


def _bill(ctx: Context, row: SubscriptionRow, shares: Sequence[Share], key: str, *, stays_draft: bool = False) -> InvoiceRow:
    """Raises AlreadyExistsError for a used key, and DatabaseError, as the reference does, for an amount that no column holds."""
    due = total(shares)
    if any(abs(share.amount) >= TOO_BIG for share in shares):
        raise DatabaseError("Failed to create invoice line items", {"subscription_id": row.id})
    start = min(share.start for share in shares)
    return create_one_off(
        ctx,
        CreateInvoiceRequest(
            customer_id=row.invoicing_customer_id or row.customer_id,
            subscription_id=row.id,
            invoice_type="ONE_OFF",
            currency=row.currency,
            billing_reason=BILLING_REASON,
            billing_period=row.billing_period,
            period_start=start,
            period_end=row.current_period_end,
            amount_due=due,
            subtotal=due,
            total=due,
            idempotency_key=charge_key(row, key),
            line_items=[_invoice_line(share) for share in shares],
        ),
        stays_draft=stays_draft,
    )


def charge_key(row: SubscriptionRow, key: str) -> str:
    """The idempotency key of a proration invoice."""
    return generated_key("proration_charge", subscription_id=row.id, key=key)


def credit(ctx: Context, row: SubscriptionRow, amount: Decimal, key: str) -> WalletTransactionRow | None:
    """Money back into the payer's prepaid wallet; None for a key that has been credited."""
    try:
        return credit_proration(ctx, row.invoicing_customer_id or row.customer_id, row.currency, amount, key)
    except AlreadyExistsError:
        return None


def credit_deletion(ctx: Context, row: SubscriptionRow, line: SubscriptionLineItemRow, amount: Decimal) -> None:
    """Money back for a line that was deleted; its key names nothing (observed), so it is noted whose it was."""
    entry = credit(ctx, row, amount, ctx.new_id("proration_del"))
    if entry is not None:
        ctx.add(LineCreditRow(transaction_id=entry.id, line_id=line.id))


def credit_key(row: SubscriptionRow, line: SubscriptionLineItemRow, at: datetime) -> str:
    """One per line and second, as observed."""
    return f"{_credit_prefix(row, line)}{at:%Y-%m-%dT%H:%M:%SZ}"


def credited(ctx: Context, row: SubscriptionRow, line: SubscriptionLineItemRow) -> Decimal:
    """What has been given back for a line already."""
    prefix = _credit_prefix(row, line)
    noted = select(LineCreditRow.transaction_id).where(LineCreditRow.line_id == line.id)
    query = select(WalletTransactionRow.amount).where(
        or_(WalletTransactionRow.idempotency_key.startswith(prefix, autoescape=True), WalletTransactionRow.id.in_(noted))
    )
    return add(*ctx.session.scalars(query))


def _credit_prefix(row: SubscriptionRow, line: SubscriptionLineItemRow) -> str:
    return f"proration_credit_{row.id}_{line.id}_"


def _request(row: SubscriptionRow, at: datetime) -> ProrationRequest:
    return ProrationRequest(
        action="add_item",
        period_start=row.current_period_start,
        period_end=last_second(row.current_period_end),
        proration_date=at,
        currency=row.currency,
    )


def _invoice_line(share: Share) -> CreateInvoiceLineItemRequest:
    return CreateInvoiceLineItemRequest(
        price_id=share.price_id,
        price_type="FIXED",
        display_name=share.display_name,
        plan_display_name=share.plan_display_name,
        amount=share.amount,
        quantity=share.quantity,
        subscription_line_item_id=share.line_id,
        period_start=share.start,
        period_end=share.end,
        metadata={"description": share.description},
    )
