"""The end of a trial: the first paid period starts there (subscriptions.md §5).

Usage during the trial lies before that period and is never billed. A calendar subscription loses its alignment.
"""

from datetime import datetime, timedelta
from typing import Any

from flexprice_emulator.grants.service import on_subscription_activated as apply_credit_grants
from flexprice_emulator.invoices.opening import open_invoice
from flexprice_emulator.invoices.tables import InvoiceRow
from flexprice_emulator.payments.collection import collect
from flexprice_emulator.subscriptions.lifecycle.ending import end, heirs, share_period
from flexprice_emulator.subscriptions.lifecycle.grouped import parent_of
from flexprice_emulator.subscriptions.lifecycle.periods import following_end
from flexprice_emulator.subscriptions.lifecycle.planning import TRIAL_END, follow
from flexprice_emulator.subscriptions.tables import SubscriptionRow
from flexprice_emulator.workspace.context import Context
from flexprice_emulator.workspace.due_kinds import Retry, due_kind

_RETRY = Retry((timedelta(minutes=15), timedelta(hours=1), timedelta(days=1)), forever=True)


@due_kind(TRIAL_END, retry=_RETRY)
def end_due_trial(ctx: Context, subject: dict[str, Any]) -> None:
    """The due work of `end_trial`: the trial lasts until the current period ends."""
    row = ctx.session.get(SubscriptionRow, subject["subscription_id"])
    if row is None or row.status != "published" or row.subscription_status != "trialing":
        return
    if row.current_period_end > ctx.now:
        follow(ctx, row)
        return
    end_trial(ctx, row, row.current_period_end)


def end_trial(ctx: Context, row: SubscriptionRow, moment: datetime) -> InvoiceRow | None:
    """Turn a trial into its first paid period as of a moment; the period's invoice, None where there was nothing to bill.

    Active at once when nothing is due or payment_behavior is default_active (then without an event); else when it is paid.
    """
    if row.end_date is not None and row.end_date <= moment:
        _end_with_trial(ctx, row, row.end_date)
        return None
    row.billing_anchor = row.current_period_start = moment
    row.current_period_end = following_end(row, moment)
    row.subscription_status = "incomplete"
    ctx.touch(row)
    ctx.session.flush()
    invoice = None
    parent = parent_of(ctx, row)
    if parent is None:
        invoice = open_invoice(ctx, row, "SUBSCRIPTION_TRIAL_END", row.current_period_start, row.current_period_end).invoice
    if invoice is not None:
        collect(ctx, invoice, "renewal")
    # A payment that succeeded has made it active, with event and grants, by itself.
    if row.subscription_status == "incomplete":
        settled = invoice is None or invoice.payment_status in ("SUCCEEDED", "OVERPAID")
        if settled or row.payment_behavior == "default_active":
            row.subscription_status = "active"
            ctx.session.flush()
            if settled:
                ctx.emit("subscription.activated", subscription_id=row.id)
            apply_credit_grants(ctx, row)
    if parent is not None and parent.current_period_end > moment:
        # Its first charges come with the parent's period.
        row.current_period_end = parent.current_period_end
    for heir in heirs(ctx, row):
        heir.subscription_status, heir.billing_anchor = row.subscription_status, row.billing_anchor
    share_period(ctx, row)
    follow(ctx, row)
    return invoice


def _end_with_trial(ctx: Context, row: SubscriptionRow, moment: datetime) -> None:
    """A subscription that does not outlive its trial is never billed."""
    row.subscription_status, row.cancelled_at = "cancelled", moment
    end(ctx, row, moment)
    ctx.emit("subscription.updated", subscription_id=row.id)
    ctx.emit("subscription.cancelled", subscription_id=row.id)
