"""What follows when an invoice is paid (invoices.md §9.7, subscriptions.md §3.7).

Its subscription becomes active, the credits it bought count.
"""

import logging

from flexprice_emulator.grants.service import on_subscription_activated
from flexprice_emulator.invoices.tables import InvoiceRow
from flexprice_emulator.subscriptions.lifecycle.ending import share_start
from flexprice_emulator.subscriptions.lifecycle.planning import follow
from flexprice_emulator.subscriptions.tables import SubscriptionRow
from flexprice_emulator.wallets.service import complete_purchase
from flexprice_emulator.wire.errors import ApiError
from flexprice_emulator.workspace.context import Context

ACTIVATING_REASONS = ("SUBSCRIPTION_CREATE", "SUBSCRIPTION_TRIAL_END", "SUBSCRIPTION_UPDATE")

log = logging.getLogger(__name__)


def invoice_paid(ctx: Context, invoice: InvoiceRow) -> None:
    """Everything that waited for this invoice to be paid. Nothing here undoes the payment."""
    complete_bought_credits(ctx, invoice)
    if invoice.billing_reason in ACTIVATING_REASONS and invoice.subscription_id:
        subscription = ctx.session.get(SubscriptionRow, invoice.subscription_id)
        if subscription is not None and subscription.subscription_status == "incomplete":
            activate_incomplete(ctx, subscription)


def complete_bought_credits(ctx: Context, invoice: InvoiceRow) -> None:
    """Credit the pending purchase an invoice was made for; a purchase that cannot be completed stays pending."""
    transaction_id = (invoice.metadata_ or {}).get("wallet_transaction_id")
    if not transaction_id:
        return
    try:
        complete_purchase(ctx, transaction_id)
    except ApiError as refused:
        log.warning("the credits of %s stay pending: %s", invoice.id, refused.message)


def activate_incomplete(ctx: Context, subscription: SubscriptionRow) -> None:
    """An incomplete subscription starts to count, and gets the credits that waited for it."""
    subscription.subscription_status = "active"
    ctx.touch(subscription)
    ctx.session.flush()
    share_start(ctx, subscription)
    follow(ctx, subscription)
    ctx.emit("subscription.activated", subscription_id=subscription.id)
    on_subscription_activated(ctx, subscription)
