"""The ledger: credits in, credits out, which credits are consumed (wallets.md §3-4).

Every change of a wallet's balances is made here, with its row, in the caller's transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

from sqlalchemy import or_, select

from flexprice_client.models.base import Metadata
from flexprice_emulator.rating.decimals import ZERO, add, divide, multiply, round_places, subtract
from flexprice_emulator.wallets.tables import WalletRow, WalletTransactionRow
from flexprice_emulator.wallets.waiting import EXPIRY, EXPIRY_GRACE, wallet_changed
from flexprice_emulator.wire.errors import AlreadyExistsError, InvalidOperationError, ValidationError
from flexprice_emulator.workspace.context import Context

MANUAL_DEBIT = "MANUAL_BALANCE_DEBIT"
PLACES = 9
# What the reference's columns hold.
TOO_MUCH = Decimal(10) ** 11
_NEVER = datetime.max.replace(tzinfo=UTC)


class InsufficientBalance(InvalidOperationError):
    """A wallet holds fewer usable credits than are asked for."""


@dataclass(frozen=True, slots=True)
class Credit:
    """Credits to add. `pending` ones wait for their invoice."""

    credits: Decimal
    reason: str
    reference_type: str = "EXTERNAL"
    reference_id: str = ""
    idempotency_key: str = ""
    description: str = ""
    metadata: Metadata = field(default_factory=dict)
    expiry_date: datetime | None = None
    priority: int | None = None
    pending: bool = False
    parent_transaction_id: str = ""


@dataclass(frozen=True, slots=True)
class Debit:
    """Credits, or an `amount` of money, to take out.

    `usable_at` decides which credits have expired; `only` names the one credit row to take from.
    """

    reason: str
    credits: Decimal = ZERO
    amount: Decimal | None = None
    reference_type: str = "REQUEST"
    reference_id: str = ""
    idempotency_key: str = ""
    description: str = ""
    metadata: Metadata = field(default_factory=dict)
    usable_at: datetime | None = None
    only: WalletTransactionRow | None = None


def stored(value: Decimal) -> Decimal:
    """A figure as the columns hold it. Raises ValidationError for one they cannot hold."""
    held = round_places(value, PLACES)
    if abs(held) >= TOO_MUCH:
        raise ValidationError(f"A wallet's figures must be less than {TOO_MUCH}", {"figure": held})
    return held


def credit(ctx: Context, wallet: WalletRow, wanted: Credit) -> WalletTransactionRow:
    """Add credits. Raises AlreadyExistsError for a used key, ValidationError for a past expiry date."""
    amount = multiply(wanted.credits, wallet.topup_conversion_rate)
    refuse_used_key(ctx, wallet, wanted.idempotency_key, "credit", amount)
    if wanted.expiry_date is not None and wanted.expiry_date < ctx.now:
        raise ValidationError("Expiry date must be in the future")
    before = wallet.credit_balance
    after = before if wanted.pending else add(before, wanted.credits)
    row = _row(ctx, wallet, wanted, "credit", amount, wanted.credits)
    row.credit_balance_after = stored(after)
    row.credits_available = stored(_available(before, after, wanted.credits) if not wanted.pending else wanted.credits)
    row.transaction_status = "pending" if wanted.pending else "completed"
    row.expiry_date, row.priority = wanted.expiry_date, wanted.priority
    row.parent_transaction_id = wanted.parent_transaction_id
    row.topup_conversion_rate = wallet.topup_conversion_rate
    if not wanted.pending:
        _set_balance(ctx, wallet, after)
        _schedule_expiry(ctx, row)
    return ctx.add(row)


def debit(ctx: Context, wallet: WalletRow, wanted: Debit) -> WalletTransactionRow:
    """Take credits out, consuming credit rows in order.

    Raises AlreadyExistsError for a used key, InvalidOperationError where credits are short (a manual debit may overdraw).
    """
    taken = wanted.credits if wanted.amount is None else divide(wanted.amount, wallet.conversion_rate)
    amount = multiply(taken, wallet.conversion_rate) if wanted.amount is None else wanted.amount
    refuse_used_key(ctx, wallet, wanted.idempotency_key, "debit", amount)
    rows = [wanted.only] if wanted.only is not None else eligible(ctx, wallet.id, wanted.usable_at or ctx.now)
    if wanted.reason != MANUAL_DEBIT and add(*(row.credits_available for row in rows)) < stored(taken):
        raise InsufficientBalance("Insufficient balance to process debit operation")
    consumed = _consume(ctx, rows, taken)
    row = _row(ctx, wallet, wanted, "debit", amount, taken)
    after = subtract(wallet.credit_balance, taken)
    row.credit_balance_after = stored(after)
    row.credits_available = ZERO
    row.conversion_rate = wallet.conversion_rate
    row.metadata_ = {**wanted.metadata, **({"consumed_credit_tx_ids": ",".join(consumed)} if consumed else {})}
    _set_balance(ctx, wallet, after)
    return ctx.add(row)


def complete(ctx: Context, wallet: WalletRow, row: WalletTransactionRow) -> None:
    """Make a pending credit count. Known oddity: `balance` grows by the money paid, at the top-up rate (wallets.md §5.4)."""
    before = wallet.credit_balance
    after = add(before, row.credit_amount)
    row.credit_balance_before, row.credit_balance_after = before, stored(after)
    row.credits_available = stored(_available(before, after, row.credit_amount))
    row.transaction_status = "completed"
    ctx.touch(row)
    wallet.credit_balance = stored(after)
    wallet.balance = stored(add(wallet.balance, row.amount))
    ctx.touch(wallet)
    ctx.session.flush()
    wallet_changed(ctx, wallet)
    _schedule_expiry(ctx, row)


def eligible(ctx: Context, wallet_id: str, usable_at: datetime) -> list[WalletTransactionRow]:
    """Credits that may be consumed, in order: priority, expiry (nulls last), larger original size, older."""
    row = WalletTransactionRow
    query = select(row).where(
        row.wallet_id == wallet_id,
        row.type == "credit",
        row.transaction_status == "completed",
        row.status == "published",
        row.credits_available != ZERO,
        or_(row.expiry_date.is_(None), row.expiry_date >= usable_at),
    )
    return sorted(ctx.session.scalars(query), key=_consumption_order)


def refuse_used_key(ctx: Context, wallet: WalletRow, key: str, kind: str, amount: Decimal) -> None:
    """Raises AlreadyExistsError where any wallet of the environment has used the key."""
    if not key:
        return
    row = WalletTransactionRow
    if ctx.session.scalar(select(row.id).where(row.idempotency_key == key, row.status == "published")) is not None:
        details = {"amount": stored(amount), "idempotency_key": key, "type": kind, "wallet_id": wallet.id}
        raise AlreadyExistsError("A wallet transaction with this idempotency key already exists", details)


def _schedule_expiry(ctx: Context, row: WalletTransactionRow) -> None:
    if row.expiry_date is not None and row.expiry_date <= _NEVER - EXPIRY_GRACE:
        ctx.schedule(EXPIRY, row.expiry_date + EXPIRY_GRACE, transaction_id=row.id)


def _consumption_order(row: WalletTransactionRow) -> tuple[object, ...]:
    priority = (row.priority is None, row.priority or 0)
    expiry = (row.expiry_date is None, row.expiry_date or _NEVER)
    return *priority, *expiry, -row.credit_amount, row.created_at, row.id


def _consume(ctx: Context, rows: Sequence[WalletTransactionRow], credits: Decimal) -> list[str]:
    left = credits
    touched: list[str] = []
    for row in rows:
        if left <= ZERO:
            break
        take = min(left, row.credits_available)
        row.credits_available = stored(subtract(row.credits_available, take))
        left = subtract(left, take)
        ctx.touch(row)
        touched.append(row.id)
    return touched


def _available(before: Decimal, after: Decimal, credits: Decimal) -> Decimal:
    # What fills an overdraft is used up at once.
    return max(ZERO, after) if before < ZERO else credits


def _set_balance(ctx: Context, wallet: WalletRow, credits: Decimal) -> None:
    wallet.credit_balance = stored(credits)
    wallet.balance = stored(multiply(credits, wallet.conversion_rate))
    ctx.touch(wallet)
    wallet_changed(ctx, wallet)


def _row(ctx: Context, wallet: WalletRow, wanted: Credit | Debit, kind: str, amount: Decimal, credits: Decimal) -> WalletTransactionRow:
    return WalletTransactionRow(
        id=ctx.new_id("wtxn"),
        wallet_id=wallet.id,
        customer_id=wallet.customer_id,
        currency=wallet.currency,
        type=kind,
        amount=stored(amount),
        credit_amount=stored(credits),
        credit_balance_before=wallet.credit_balance,
        transaction_status="completed",
        transaction_reason=wanted.reason,
        reference_type=wanted.reference_type,
        reference_id=wanted.reference_id or (ctx.new_id("wtxn") if wanted.reference_type == "REQUEST" else ""),
        idempotency_key=wanted.idempotency_key,
        description=wanted.description,
        metadata_=dict(wanted.metadata),
        **ctx.stamp(),
    )
