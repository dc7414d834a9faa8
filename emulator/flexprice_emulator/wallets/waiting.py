"""What waits for a change elsewhere: credits that an open invoice holds back, and drafts that their wallets cannot pay.

The reference looks at both again and again (wallets.md §4.6; invoices.md §5.7). Here a look is planned when something has changed that
may let it succeed, at the time of the reference's next one; nobody looks in vain, so a long history costs no more than a short one.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select

from flexprice_emulator.invoices.tables import InvoiceRow
from flexprice_emulator.rating.decimals import ZERO
from flexprice_emulator.wallets.tables import WalletRow, WalletTransactionRow
from flexprice_emulator.workspace.context import Context
from flexprice_emulator.workspace.due_rows import default_key, is_waiting

EXPIRY: Final = "wallets.credit_expiry"
# How long expired credits are still counted, though not usable, before they are swept; how often they are looked at.
EXPIRY_GRACE: Final = timedelta(hours=6)
EXPIRY_INTERVAL: Final = timedelta(minutes=15)
FINALIZATION: Final = "invoice.finalization"
# How often drafts are looked at whose time has come.
FINALIZATION_INTERVAL: Final = timedelta(minutes=30)
OPEN: Final = ("DRAFT", "FINALIZED")


def invoice_changed(ctx: Context, invoice: InvoiceRow) -> None:
    """A draft that could not be finalized may be so now; an invoice that closes lets go of the credits it held back."""
    if invoice.invoice_type != "SUBSCRIPTION":
        return
    if invoice.invoice_status == "DRAFT":
        _finalize_again(ctx, invoice.id, invoice.finalize_at)
    if invoice.invoice_status not in OPEN or invoice.amount_remaining == ZERO:
        _sweep_again(ctx, invoice)


def wallet_changed(ctx: Context, wallet: WalletRow) -> None:
    """Its customer's drafts that could not be finalized may be so now."""
    row = InvoiceRow
    drafts = select(row.id, row.finalize_at).where(
        row.customer_id == wallet.customer_id,
        row.finalize_at < ctx.now,
        row.invoice_status == "DRAFT",
        row.status == "published",
    )
    for invoice_id, finalize_at in ctx.session.execute(drafts.order_by(row.finalize_at, row.id)).all():
        _finalize_again(ctx, invoice_id, finalize_at)


def _finalize_again(ctx: Context, invoice_id: str, finalize_at: datetime | None) -> None:
    if finalize_at is not None and finalize_at < ctx.now:
        _look(ctx, FINALIZATION, _next_look(finalize_at, FINALIZATION_INTERVAL, ctx.now), invoice_id=invoice_id)


def _sweep_again(ctx: Context, invoice: InvoiceRow) -> None:
    if invoice.period_start is None or invoice.period_end is None or invoice.period_end + EXPIRY_GRACE > ctx.now:
        return
    row = WalletTransactionRow
    held = select(row.id, row.expiry_date).where(
        row.wallet_id.in_(select(WalletRow.id).where(WalletRow.customer_id == invoice.customer_id)),
        row.type == "credit",
        row.transaction_status == "completed",
        row.credits_available != ZERO,
        row.created_at.between(invoice.period_start, invoice.period_end),
        row.expiry_date.between(invoice.period_end, ctx.now - EXPIRY_GRACE),
    )
    for transaction_id, expiry_date in ctx.session.execute(held.order_by(row.expiry_date, row.id)).all():
        if expiry_date is not None:
            _look(ctx, EXPIRY, _next_look(expiry_date + EXPIRY_GRACE, EXPIRY_INTERVAL, ctx.now), transaction_id=transaction_id)


def _look(ctx: Context, kind: str, at: datetime, **subject: str) -> None:
    # A look that is planned already stays where it is: it may be overdue, or wait for something else.
    if not is_waiting(ctx.session, default_key(kind, subject)):
        ctx.schedule(kind, at, **subject)


def _next_look(first: datetime, interval: timedelta, now: datetime) -> datetime:
    """The first of the moments `first`, `first` + `interval`, … that is not past."""
    return first + -((first - now) // interval) * interval
