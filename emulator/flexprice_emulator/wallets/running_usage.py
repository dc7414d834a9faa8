"""The running period's usage charges of a customer, from the same assembly that bills them."""

from decimal import Decimal

from sqlalchemy import select

from flexprice_emulator.rating.decimals import add
from flexprice_emulator.rating.invoice.assemble import billable_usage_lines
from flexprice_emulator.subscriptions.tables import SubscriptionRow
from flexprice_emulator.workspace.context import Context

_RUNNING = ("active", "trialing")
# Children are billed with their parent, and would be counted twice.
_BILLED_ALONE = ("standalone", "parent")


def charges(ctx: Context, customer_id: str, currency: str) -> Decimal:
    """Usage charges of the running periods of the customer's subscriptions in exactly this currency (wallets.md §7.2).

    After entitlements, commitments and overage; without coupons and taxes.
    """
    row = SubscriptionRow
    query = select(row).where(
        row.customer_id == customer_id,
        row.currency == currency,
        row.subscription_status.in_(_RUNNING),
        row.subscription_type.in_(_BILLED_ALONE),
        row.status == "published",
    )
    return add(*(charges_of(ctx, subscription) for subscription in ctx.session.scalars(query).all()))


def charges_of(ctx: Context, subscription: SubscriptionRow) -> Decimal:
    """Usage charges of one subscription's running period, its children's included."""
    # Invoices spend credits, so their package needs this one first.
    from flexprice_emulator.invoices.inputs import invoice_request

    start, end = subscription.current_period_start, subscription.current_period_end
    request = invoice_request(ctx, subscription, start, end, "preview")
    return add(*(line.amount for part in (request, *request.children) for line in billable_usage_lines(part)))
