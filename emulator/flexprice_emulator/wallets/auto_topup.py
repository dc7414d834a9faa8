"""Auto top-up: buying credits when the real-time credits reach the threshold (wallets.md §8)."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from sqlalchemy import select

from flexprice_client.models.wallets import AutoTopup, Duration, TopUpWalletRequest
from flexprice_emulator.wallets.tables import WalletRow, WalletTransactionRow
from flexprice_emulator.wire.errors import ApiError, ValidationError
from flexprice_emulator.workspace.context import Context
from flexprice_emulator.workspace.sql import json_text

DESCRIPTION = "Auto top-up triggered for low ongoing balance"
MARK = {"auto_topup": "true"}
UNITS = {"second": timedelta(seconds=1), "minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}
# A direct top-up evaluates again when it is done. A tiny amount under a high threshold ends here instead of never.
MAX_REPEATS = 50
_OPEN_PAYMENTS = ("PENDING", "FAILED", "PROCESSING", "INITIATED")


def check(settings: AutoTopup) -> None:
    """The completeness asked of a new wallet's settings. Raises ValidationError."""
    if settings.threshold is None:
        raise ValidationError("Threshold is required")
    if settings.amount is None:
        raise ValidationError("Amount is required")
    if settings.invoicing is None:
        raise ValidationError("Invoicing boolean is required")
    if settings.cooldown is not None:
        check_cooldown(settings.cooldown)


def check_cooldown(cooldown: Duration) -> None:
    """Raises ValidationError."""
    if cooldown.value <= 0:
        raise ValidationError("Cooldown value must be a positive value")
    if cooldown.unit not in UNITS:
        raise ValidationError("Please provide a valid duration unit", {"allowed": list(UNITS), "unit": cooldown.unit})


def settings_of(wallet: WalletRow) -> AutoTopup | None:
    """The wallet's settings, as they were given."""
    return AutoTopup.model_validate(wallet.auto_topup, strict=False) if wallet.auto_topup else None


def is_enabled(wallet: WalletRow) -> bool:
    """Only an explicit true counts."""
    return bool(wallet.auto_topup) and (wallet.auto_topup or {}).get("enabled") is True


def run(ctx: Context, wallet: WalletRow, real_time_credits: Decimal, *, depth: int = 0) -> None:
    """Top up where the real-time credits are at or under the threshold and nothing holds it back.

    Settings without threshold or amount, which an update may leave, and a refused top-up change nothing.
    """
    settings = settings_of(wallet) if is_enabled(wallet) else None
    if settings is None or settings.threshold is None or settings.amount is None or depth >= MAX_REPEATS:
        return
    if real_time_credits > settings.threshold or _is_held_back(ctx, wallet, settings):
        return
    # Buying makes invoices, whose own credits come from this package.
    from flexprice_emulator.wallets.topup import top_up

    request = TopUpWalletRequest.model_construct(
        credits_to_add=settings.amount,
        transaction_reason="PURCHASED_CREDIT_INVOICED" if settings.invoicing else "PURCHASED_CREDIT_DIRECT",
        idempotency_key=ctx.new_id("wtxn"),
        description=DESCRIPTION,
        metadata=dict(MARK),
    )
    try:
        with ctx.session.begin_nested():
            top_up(ctx, wallet, request, depth=depth + 1)
    except ApiError:
        return


def _is_held_back(ctx: Context, wallet: WalletRow, settings: AutoTopup) -> bool:
    if settings.invoicing and _has_open_invoice(ctx, wallet.customer_id):
        return True
    row = WalletTransactionRow
    query = select(row).where(row.wallet_id == wallet.id, json_text(row.metadata_, "auto_topup") == "true")
    last = ctx.session.scalar(query.order_by(row.created_at.desc(), row.id.desc()).limit(1))
    if last is None:
        return False
    return last.transaction_status == "pending" or ctx.now < _ready_again(last.created_at, settings.cooldown)


def _ready_again(last: datetime, cooldown: Duration | None) -> datetime:
    """The end of time for a pause that is longer than that."""
    if cooldown is None or cooldown.unit not in UNITS:
        return last
    try:
        return last + UNITS[cooldown.unit] * cooldown.value
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)


def _has_open_invoice(ctx: Context, customer_id: str) -> bool:
    # Of the customer, whichever wallet it was for.
    from flexprice_emulator.invoices.tables import InvoiceRow

    query = select(InvoiceRow.id).where(
        InvoiceRow.customer_id == customer_id,
        InvoiceRow.billing_reason == "WALLET_AUTO_TOPUP",
        InvoiceRow.invoice_status == "FINALIZED",
        InvoiceRow.payment_status.in_(_OPEN_PAYMENTS),
    )
    return ctx.session.scalar(query.limit(1)) is not None
