"""Credits that expire: swept six hours after (wallets.md §4.6).

Later while a renewal is outstanding, or an invoice of their own period is open. Until then they cannot be used
but still count in the balances.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from flexprice_client.models.base import time_text
from flexprice_emulator.invoices.tables import InvoiceRow
from flexprice_emulator.rating.decimals import ZERO
from flexprice_emulator.subscriptions.tables import SubscriptionRow
from flexprice_emulator.wallets import operations
from flexprice_emulator.wallets.ledger import Debit
from flexprice_emulator.wallets.tables import WalletRow, WalletTransactionRow
from flexprice_emulator.wallets.waiting import EXPIRY, EXPIRY_GRACE, EXPIRY_INTERVAL, OPEN
from flexprice_emulator.wire.errors import InvalidOperationError
from flexprice_emulator.workspace.context import Context
from flexprice_emulator.workspace.due_kinds import due_kind

# A renewal that is outstanding for a day is looked at less often than in the reference, so that a year can pass quickly.
PATIENT_AFTER, PATIENT_INTERVAL = timedelta(days=1), timedelta(days=1)


def expire(ctx: Context, row: WalletTransactionRow) -> WalletTransactionRow:
    """Take what an expired credit row still holds. Raises InvalidOperationError where there is nothing to expire."""
    if row.type != "credit":
        raise InvalidOperationError("Transaction must be a credit to be expired")
    if row.expiry_date is None:
        raise InvalidOperationError("Transaction must have an expiry date to be expired")
    if row.expiry_date > ctx.now:
        raise InvalidOperationError("Transaction must have expired to be expired")
    if row.credits_available <= ZERO:
        raise InvalidOperationError("Transaction has no credits available to expire")
    expired_on = time_text(row.expiry_date)
    return operations.debit(
        ctx,
        ctx.session.get_one(WalletRow, row.wallet_id),
        Debit(
            "CREDIT_EXPIRED",
            row.credits_available,
            reference_id=row.id,
            idempotency_key=row.id,
            description=f"Credits expired on {expired_on}",
            metadata={"expired_transaction_id": row.id, "expiry_date": expired_on},
            only=row,
        ),
    )


@due_kind(EXPIRY)
def sweep(ctx: Context, subject: dict[str, Any]) -> None:
    """A credit row's grace is over."""
    row = ctx.session.get(WalletTransactionRow, subject["transaction_id"])
    if row is None or row.expiry_date is None or row.transaction_status != "completed" or row.credits_available <= ZERO:
        return
    if _awaits_renewal(ctx, row.customer_id):
        waited = ctx.now - (row.expiry_date + EXPIRY_GRACE)
        ctx.schedule(EXPIRY, ctx.now + (EXPIRY_INTERVAL if waited < PATIENT_AFTER else PATIENT_INTERVAL), transaction_id=row.id)
    # Where an invoice holds them back, the next look is planned when that invoice closes.
    elif not _has_open_invoice(ctx, row):
        expire(ctx, row)


def _awaits_renewal(ctx: Context, customer_id: str) -> bool:
    row = SubscriptionRow
    query = select(row.id).where(
        row.customer_id == customer_id,
        row.subscription_status == "active",
        row.subscription_type.in_(("standalone", "parent")),
        row.current_period_end <= ctx.now,
        row.status == "published",
    )
    return ctx.session.scalar(query.limit(1)) is not None


def _has_open_invoice(ctx: Context, credit: WalletTransactionRow) -> bool:
    """Whether an invoice of the credits' own period could still draw on them."""
    row = InvoiceRow
    query = select(row.id).where(
        row.customer_id == credit.customer_id,
        row.invoice_type == "SUBSCRIPTION",
        row.currency == credit.currency,
        row.invoice_status.in_(OPEN),
        row.amount_remaining != ZERO,
        row.period_start <= credit.created_at,
        row.period_end >= credit.created_at,
        row.period_end <= credit.expiry_date,
        row.status == "published",
    )
    return ctx.session.scalar(query.limit(1)) is not None
