"""The invoice of a completed period: drafted and computed when the period rolls, finalized after the delay (invoices.md §5.7).

With `finalization_delay_seconds` 0 it is finalized at once and its payment decides the subscription's status, as the reference's
synchronous renewal does. With a delay it is finalized by due work, and an unpaid one changes no status, as its workflows do.
What cannot be finalized (credits that have expired but still count, wallets.md §11.1) stays a draft and is tried again; the
subscription goes on.
"""

from datetime import datetime, timedelta
from typing import Any, Final

from flexprice_emulator.invoices.compute import compute
from flexprice_emulator.invoices.drafts import open_subscription_draft
from flexprice_emulator.invoices.finalize import finalize
from flexprice_emulator.invoices.tables import InvoiceRow
from flexprice_emulator.payments.collection import collect
from flexprice_emulator.platform.settings import service as settings
from flexprice_emulator.subscriptions.tables import SubscriptionRow
from flexprice_emulator.wallets.ledger import InsufficientBalance
from flexprice_emulator.wallets.waiting import FINALIZATION, FINALIZATION_INTERVAL
from flexprice_emulator.wire.errors import AlreadyExistsError, ApiError
from flexprice_emulator.workspace.context import Context
from flexprice_emulator.workspace.due_kinds import Retry, due_kind
from flexprice_emulator.workspace.due_rows import default_key

CYCLE: Final = "SUBSCRIPTION_CYCLE"
# What has failed for long is looked at less often than in the reference; what waits for credits, when there is a change.
_RETRY: Final = Retry((FINALIZATION_INTERVAL, timedelta(hours=1), timedelta(days=1)), forever=True, unless=(InsufficientBalance,))


def bill_period(ctx: Context, row: SubscriptionRow, start: datetime, end: datetime) -> InvoiceRow | None:
    """Bill one completed period; None where there is nothing to bill, or it is billed already.

    An open draft of the period is computed anew, unless it was edited by hand.
    """
    invoice = draft_period(ctx, row, start, end)
    if invoice is None or invoice.invoice_status != "DRAFT":
        return None
    delay = finalization_delay(ctx)
    if delay:
        wait_for_finalization(ctx, invoice, delay)
    elif _finalized(ctx, invoice):
        collect(ctx, invoice, "renewal")
    else:
        wait_for_finalization(ctx, invoice, FINALIZATION_INTERVAL)
    return invoice


def _finalized(ctx: Context, invoice: InvoiceRow) -> bool:
    """Finalize; a refusal leaves the draft as it was."""
    try:
        with ctx.session.begin_nested():
            finalize(ctx, invoice)
    except ApiError:
        # What was derived from the rows that were taken back goes too.
        ctx.workspace.caches.clear()
        return False
    return True


def draft_period(ctx: Context, row: SubscriptionRow, start: datetime, end: datetime) -> InvoiceRow | None:
    """The computed draft of a period, SKIPPED where it bills nothing; None for an empty period and one that has its invoice."""
    if end <= start:
        return None
    try:
        invoice = open_subscription_draft(ctx, row, start, end, CYCLE)
    except AlreadyExistsError:
        return None
    if not invoice.is_manually_edited:
        compute(ctx, invoice)
    return invoice


def finalization_delay(ctx: Context) -> timedelta:
    """How long a computed draft waits."""
    return timedelta(seconds=int(settings.value(ctx, "invoice_config").get("finalization_delay_seconds", 0)))


def wait_for_finalization(ctx: Context, invoice: InvoiceRow, delay: timedelta) -> None:
    """Have a computed draft finalized when it has not been computed again for so long."""
    invoice.finalize_at = (invoice.last_computed_at or ctx.now) + delay
    ctx.session.flush()
    ctx.schedule(FINALIZATION, invoice.finalize_at, invoice_id=invoice.id)


@due_kind(FINALIZATION, retry=_RETRY)
def finalize_waiting(ctx: Context, subject: dict[str, Any]) -> None:
    """Finalize and collect a draft whose time has come; one that was computed meanwhile waits on."""
    invoice = ctx.session.get(InvoiceRow, subject["invoice_id"])
    if invoice is None or invoice.status != "published" or invoice.invoice_status != "DRAFT":
        return
    if invoice.last_computed_at is not None and not invoice.is_manually_edited:
        delay = finalization_delay(ctx)
        if invoice.last_computed_at + delay > ctx.now:
            wait_for_finalization(ctx, invoice, delay)
            return
    finalize(ctx, invoice)
    # Its own credits have moved: nothing is left to look at again.
    ctx.unschedule(default_key(FINALIZATION, subject))
    # `cancel` is the flow that changes no status: being paid late must not bring a cancelled subscription back.
    collect(ctx, invoice, "cancel")
