"""Real-time balances: what is left once running usage and unpaid invoices are taken off (wallets.md §7)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import select

from flexprice_client.models.wallets import CreditBreakdown
from flexprice_emulator.invoices.tables import InvoiceLineItemRow, InvoiceRow
from flexprice_emulator.rating.decimals import ZERO, add, divide, subtract
from flexprice_emulator.wallets import running_usage
from flexprice_emulator.wallets.tables import WalletRow, WalletTransactionRow
from flexprice_emulator.workspace.context import Context

CACHE_LIFE = timedelta(minutes=30)
# The reference looks at the newest invoices only.
INVOICES_LOOKED_AT = 50
_PURCHASED = ("PURCHASED_CREDIT_INVOICED", "PURCHASED_CREDIT_DIRECT")
_FREE = ("FREE_CREDIT_GRANT", "SUBSCRIPTION_CREDIT_GRANT")


@dataclass(frozen=True, slots=True)
class RealTime:
    """Money, but for `real_time_credit_balance`. `current_period_usage` is all that is pending, invoices included."""

    real_time_balance: Decimal
    real_time_credit_balance: Decimal
    current_period_usage: Decimal = ZERO
    unpaid_invoices_amount: Decimal | None = None
    is_cached_fallback: bool = False


def compute(ctx: Context, wallet: WalletRow) -> RealTime:
    """The balance as of now. A closed wallet has none; a postpaid one owes nothing here."""
    if wallet.wallet_status != "active":
        return RealTime(ZERO, ZERO)
    if wallet.wallet_type == "POST_PAID":
        return _of(wallet, wallet.balance, ZERO, ZERO)
    allowed = set(wallet.config.get("allowed_price_types") or ())
    invoices = _unpaid_invoices(ctx, wallet)
    unpaid_usage = _unpaid_usage(ctx, invoices)
    if allowed & {"ALL", "FIXED"}:
        pending = add(*(invoice.amount_remaining for invoice in invoices))
    else:
        pending = subtract(unpaid_usage, add(*(invoice.amount_paid for invoice in invoices)))
    if not allowed or allowed & {"ALL", "USAGE"}:
        pending = add(pending, running_usage.charges(ctx, wallet.customer_id, wallet.currency))
    return _of(wallet, subtract(wallet.balance, pending), pending, unpaid_usage)


def refresh(ctx: Context, wallet: WalletRow) -> RealTime:
    """Compute, and keep the result in the wallet's cache."""
    computed = compute(ctx, wallet)
    wallet.cached_balance, wallet.cached_at = computed.real_time_balance, ctx.now
    ctx.session.flush()
    return computed


def cached(ctx: Context, wallet: WalletRow, max_age: int | None) -> RealTime | None:
    """The cached balance where it is no older than 30 minutes and `max_age` seconds; a change of the wallet does not touch it."""
    if wallet.cached_balance is None or wallet.cached_at is None or wallet.wallet_status != "active":
        return None
    age = ctx.now - wallet.cached_at
    if age > CACHE_LIFE or (max_age is not None and age > timedelta(seconds=max_age)):
        return None
    return replace(_of(wallet, wallet.cached_balance, ZERO, ZERO), unpaid_invoices_amount=None, is_cached_fallback=True)


def forget(ctx: Context, wallet: WalletRow) -> None:
    """Drop the cached balance: the next read computes."""
    wallet.cached_balance = wallet.cached_at = None
    ctx.session.flush()


def breakdowns(ctx: Context, wallet_ids: Sequence[str]) -> dict[str, CreditBreakdown]:
    """Available credits by origin. A wallet that ever held credits of another origin has no breakdown, as in the reference."""
    row = WalletTransactionRow
    query = select(row.wallet_id, row.transaction_reason, row.credits_available).where(
        row.wallet_id.in_(wallet_ids), row.type == "credit", row.transaction_status == "completed", row.status == "published"
    )
    sums: dict[str, list[Decimal]] = {wallet_id: [ZERO, ZERO] for wallet_id in wallet_ids}
    for wallet_id, reason, available in ctx.session.execute(query):
        if reason not in _PURCHASED and reason not in _FREE:
            sums.pop(wallet_id, None)
        elif wallet_id in sums:
            index = 0 if reason in _PURCHASED else 1
            sums[wallet_id][index] = add(sums[wallet_id][index], available)
    return {wallet_id: CreditBreakdown(purchased=purchased, free=free) for wallet_id, (purchased, free) in sums.items()}


def _of(wallet: WalletRow, money: Decimal, pending: Decimal, unpaid: Decimal) -> RealTime:
    return RealTime(money, divide(money, wallet.conversion_rate), pending, unpaid)


def _unpaid_invoices(ctx: Context, wallet: WalletRow) -> list[InvoiceRow]:
    row = InvoiceRow
    query = select(row).where(
        row.customer_id == wallet.customer_id, row.status == "published", row.invoice_status.in_(("DRAFT", "FINALIZED"))
    )
    newest = ctx.session.scalars(query.order_by(row.created_at.desc(), row.id.desc()).limit(INVOICES_LOOKED_AT))
    return [
        invoice
        for invoice in newest
        if invoice.currency.lower() == wallet.currency.lower()
        and invoice.amount_remaining != ZERO
        and invoice.payment_status != "SUCCEEDED"
        and not (invoice.invoice_status == "DRAFT" and invoice.period_end is not None and invoice.period_end > ctx.now)
    ]


def _unpaid_usage(ctx: Context, invoices: Sequence[InvoiceRow]) -> Decimal:
    if not invoices:
        return ZERO
    line = InvoiceLineItemRow
    ids = [invoice.id for invoice in invoices]
    lines = ctx.session.scalars(select(line).where(line.invoice_id.in_(ids), line.price_type == "USAGE", line.status == "published"))
    return add(*(subtract(subtract(row.amount, row.prepaid_credits_applied), row.line_item_discount) for row in lines))
