"""When a subscription's next things are due (subscriptions.md §8.2, §8.5).

Nothing is imported that performs the work, so that every domain can call `follow`.
"""

from datetime import datetime, timedelta
from typing import Final

from flexprice_emulator.invoices.tables import InvoiceRow
from flexprice_emulator.platform.settings import service as settings
from flexprice_emulator.rating.decimals import ZERO
from flexprice_emulator.rating.periods import moved
from flexprice_emulator.subscriptions.lifecycle.grouped import bills_itself
from flexprice_emulator.subscriptions.lifecycle.threshold_watch import THRESHOLD, plan_look
from flexprice_emulator.subscriptions.tables import SubscriptionRow
from flexprice_emulator.workspace.context import Context

RENEWAL: Final = "subscription.renewal"
TRIAL_END: Final = "subscription.trial_end"
RENEWAL_ALERT: Final = "subscription.renewal_alert"
AUTO_CANCELLATION: Final = "subscription.auto_cancellation"
AUTO_CANCELLATION_SCAN: Final = "subscription.auto_cancellation_scan"

# At the end of a period nothing happens; this much later it rolls.
AFTER_PERIOD_END: Final = timedelta(seconds=1)
ALERT_AHEAD: Final = timedelta(hours=24)
# How often the reference looks: what is overdue already waits for its next look.
BILLING_INTERVAL: Final = timedelta(minutes=2)
TRIAL_INTERVAL: Final = timedelta(minutes=15)
_AFTER_GRACE: Final = timedelta(seconds=1)

# Children that are billed with their parent, or not at all.
UNBILLED_TYPES: Final = ("inherited", "grouped_invoicing")


def follow(ctx: Context, row: SubscriptionRow) -> None:
    """Bring a subscription's due work in step with its status and dates. Call it after every change of either."""
    published = row.status == "published"
    live = published and row.subscription_status == "active"
    active = live and row.subscription_type not in UNBILLED_TYPES
    trialing = published and row.subscription_status == "trialing" and row.subscription_type != "inherited"
    _plan(
        ctx,
        RENEWAL,
        row,
        _overdue(ctx, moved(row.current_period_end, AFTER_PERIOD_END), BILLING_INTERVAL)
        if active or (live and bills_itself(ctx, row))
        else None,
    )
    if row.trial_end is not None:
        _plan(ctx, TRIAL_END, row, _overdue(ctx, row.current_period_end, TRIAL_INTERVAL) if trialing else None)
    alert = moved(row.current_period_end, -ALERT_AHEAD)
    _plan(ctx, RENEWAL_ALERT, row, alert if active and not row.cancel_at_period_end and alert > ctx.now else None)
    if row.auto_invoice_threshold is not None:
        if active and row.auto_invoice_threshold > ZERO:
            plan_look(ctx, row)
        else:
            _plan(ctx, THRESHOLD, row, None)


def watch_unpaid(ctx: Context, invoice: InvoiceRow) -> None:
    """Look at a finalized subscription invoice again when its grace period is over, where the setting asks for that."""
    if invoice.invoice_type != "SUBSCRIPTION" or invoice.due_date is None or invoice.amount_remaining <= ZERO:
        return
    config = settings.value(ctx, "subscription_config")
    if config.get("auto_cancellation_enabled"):
        grace = timedelta(days=int(config.get("grace_period_days", 3)))
        ctx.schedule(AUTO_CANCELLATION, invoice.due_date + grace + _AFTER_GRACE, invoice_id=invoice.id)


def _overdue(ctx: Context, moment: datetime, interval: timedelta) -> datetime:
    return moment if moment > ctx.now else ctx.now + interval


def _plan(ctx: Context, kind: str, row: SubscriptionRow, at: datetime | None) -> None:
    if at is None:
        ctx.unschedule(f"{kind}/{row.id}")
    else:
        ctx.schedule(kind, at, subscription_id=row.id)
