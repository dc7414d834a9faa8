"""Top-ups: free and directly bought credits at once, invoiced ones when the invoice is paid (wallets.md §5)."""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from flexprice_client.models.checkout import CheckoutSessionResponse
from flexprice_client.models.invoices import CreateInvoiceLineItemRequest, CreateInvoiceRequest
from flexprice_client.models.subscriptions import CheckoutParams
from flexprice_client.models.wallets import TopUpWalletRequest
from flexprice_emulator.invoices.keys import generated_key
from flexprice_emulator.invoices.tables import InvoiceRow
from flexprice_emulator.platform.settings.service import value as setting
from flexprice_emulator.rating.decimals import ZERO, divide, multiply, to_text
from flexprice_emulator.rating.periods import BeyondCalendar, add_billing_period
from flexprice_emulator.wallets import balances, ledger, operations
from flexprice_emulator.wallets.ledger import Credit
from flexprice_emulator.wallets.tables import WalletRow, WalletTransactionRow
from flexprice_emulator.wire.errors import InvalidOperationError, ValidationError
from flexprice_emulator.workspace.context import Context

INVOICED, DIRECT = "PURCHASED_CREDIT_INVOICED", "PURCHASED_CREDIT_DIRECT"
REASONS = ("FREE_CREDIT_GRANT", INVOICED, DIRECT, "SUBSCRIPTION_CREDIT_GRANT", "CREDIT_NOTE", "INVOICE_VOID_REFUND")
_PERCENT = Decimal("0.01")
_UNITS = {"DAY": "DAILY", "WEEK": "WEEKLY", "MONTH": "MONTHLY", "YEAR": "ANNUAL"}


@dataclass(frozen=True, slots=True)
class TopUp:
    """What a top-up made; `invoice_id` only for invoiced ones, `checkout_session` only for those paid first."""

    transaction: WalletTransactionRow
    invoice_id: str | None = None
    checkout_session: CheckoutSessionResponse | None = None


def top_up(ctx: Context, wallet: WalletRow, request: TopUpWalletRequest, *, depth: int = 0) -> TopUp:
    """Add credits, in any wallet status. Raises ValidationError for the request, AlreadyExistsError for a used key."""
    bought = request.credits_to_add or ZERO
    if not bought and request.amount:
        bought = divide(request.amount, wallet.topup_conversion_rate)
    _check(ctx, request, bought)
    # Two keyless requests alike within one second are taken for one request sent twice.
    key = request.idempotency_key or generated_key(
        "credit_grant",
        wallet_id=wallet.id,
        credits=to_text(bought),
        reason=request.transaction_reason,
        timestamp=str(int(ctx.now.timestamp())),
    )
    wanted = Credit(
        bought,
        request.transaction_reason,
        reference_id=key,
        idempotency_key=key,
        description=request.description,
        metadata=request.metadata or {},
        expiry_date=request.expiry_date_utc,
        priority=request.priority,
    )
    bonus = _bonus(ctx, request, bought)
    if request.transaction_reason == INVOICED:
        return _invoiced(ctx, wallet, wanted, bonus, request.checkout)
    return TopUp(operations.credit(ctx, wallet, wanted, bonus=bonus, depth=depth))


def complete_purchase(ctx: Context, transaction_id: str) -> None:
    """The invoice of a pending purchase was paid: credit it and its bonus. A completed one stays as it is.

    Raises InvalidOperationError for any other status.
    """
    row = ctx.session.get(WalletTransactionRow, transaction_id)
    if row is None or row.transaction_status == "completed":
        return
    if row.transaction_status != "pending":
        raise InvalidOperationError("Only pending transactions can be completed", {"transaction_id": transaction_id})
    wallet = ctx.session.get_one(WalletRow, row.wallet_id)
    ledger.complete(ctx, wallet, row)
    for bonus in ctx.session.query(WalletTransactionRow).filter_by(parent_transaction_id=row.id, transaction_status="pending"):
        ledger.complete(ctx, wallet, bonus)
    ctx.emit("wallet.transaction.updated", transaction_id=row.id)
    operations.after_purchase(ctx, wallet)


def _check(ctx: Context, request: TopUpWalletRequest, credits: Decimal) -> None:
    if credits <= ZERO:
        raise ValidationError("Credits to add must be a positive value", {"credits_to_add": credits})
    reason = request.transaction_reason
    if reason not in REASONS:
        raise ValidationError("Invalid transaction reason", {"allowed_reasons": list(REASONS), "transaction_reason": reason})
    if request.expiry_date_utc is not None and request.expiry_date_utc < ctx.now:
        raise ValidationError("Expiry date must be in the future")
    if request.priority is not None and request.priority < 0:
        raise ValidationError("Priority must be a non-negative integer")
    if request.bonus_credits_to_add is not None and request.bonus_credits_to_add <= ZERO:
        raise ValidationError("To grant no bonus credits, omit bonus_credits_to_add entirely")
    if request.bonus_credits_expiry_date_utc is not None and request.bonus_credits_expiry_date_utc < ctx.now:
        raise ValidationError("Bonus credits expiry date must be in the future")
    if request.checkout is not None and reason != INVOICED:
        details = {"transaction_reason": reason}
        raise ValidationError("Omit checkout, or set transaction_reason to PURCHASED_CREDIT_INVOICED", details)


def _bonus(ctx: Context, request: TopUpWalletRequest, credits: Decimal) -> Credit | None:
    """The bonus asked for, or that of the first slab whose threshold is reached (wallets.md §5.5)."""
    expiry = request.bonus_credits_expiry_date_utc
    if request.bonus_credits_to_add is not None:
        return Credit(request.bonus_credits_to_add, "", expiry_date=expiry)
    if request.transaction_reason not in (INVOICED, DIRECT):
        return None
    config = setting(ctx, "bonus_credits_topup_config")
    if not config.get("enabled"):
        return None
    for slab in config.get("slabs") or ():
        if credits >= Decimal(slab["threshold"]):
            value = Decimal(slab["bonus"]["value"])
            won = value if slab["bonus"]["type"] == "flat" else multiply(credits, value, _PERCENT)
            return Credit(won, "", expiry_date=expiry or _slab_expiry(ctx.now, slab))
    return None


def _slab_expiry(now: datetime, slab: dict[str, Any]) -> datetime | None:
    """None never, as for a date beyond the calendar."""
    count = slab.get("expiration_duration")
    unit = str(slab.get("expiration_duration_unit") or "").upper()
    if not count or unit not in _UNITS:
        return None
    try:
        return add_billing_period(now, _UNITS[unit], count)
    except BeyondCalendar:
        return None


def _invoiced(ctx: Context, wallet: WalletRow, wanted: Credit, bonus: Credit | None, checkout: CheckoutParams | None) -> TopUp:
    """A one-off invoice for the credits: they count when it is paid, or at once where the setting says so (wallets.md §5.3-5.4, §5.6)."""
    at_once = checkout is None and bool(setting(ctx, "invoice_config").get("auto_complete_purchased_credit_transaction"))
    described = wanted.description or ("Purchased credits - auto-completed" if at_once else "Purchased credits - pending payment")
    row = ledger.credit(ctx, wallet, replace(wanted, description=described, pending=True))
    operations.add_bonus(ctx, wallet, row, bonus)
    if at_once:
        # Both count from the start, so neither was ever pending; alerts and auto top-up are not looked at on this path.
        for part in [row, *ctx.session.query(WalletTransactionRow).filter_by(parent_transaction_id=row.id)]:
            ledger.complete(ctx, wallet, part)
        balances.forget(ctx, wallet)
    if checkout is not None:
        # A checkout completes purchases in its turn.
        from flexprice_emulator.checkout.topups import check_open, open_for

        check_open(ctx, wallet, checkout)
        waiting = _invoice(ctx, wallet, wanted, row, at_once, stays_draft=True)
        return TopUp(row, waiting.id, open_for(ctx, wallet, row, waiting, checkout))
    invoice_id = _invoice(ctx, wallet, wanted, row, at_once).id
    if at_once:
        ctx.emit("wallet.transaction.created", transaction_id=row.id)
    return TopUp(row, invoice_id)


def _invoice(
    ctx: Context, wallet: WalletRow, wanted: Credit, row: WalletTransactionRow, at_once: bool, *, stays_draft: bool = False
) -> InvoiceRow:
    # Finalizing spends credits, so the invoices' package needs this one first.
    from flexprice_emulator.invoices.one_off import create_one_off
    from flexprice_emulator.taxes.service import rates_to_apply

    amount = multiply(wanted.credits, wallet.topup_conversion_rate)
    automatic = wanted.metadata.get("auto_topup") == "true"
    metadata = {
        **wanted.metadata,
        "wallet_transaction_id": row.id,
        "wallet_id": wallet.id,
        "credits_amount": to_text(wanted.credits),
        "auto_completed": "true" if at_once else "false",
        "auto_topup": "true" if automatic else "",
        **({"description": wanted.description} if wanted.description else {}),
    }
    line = CreateInvoiceLineItemRequest(display_name=f"Purchase {to_text(wanted.credits)} Credits", amount=amount, quantity=Decimal(1))
    request = CreateInvoiceRequest(
        customer_id=wallet.customer_id,
        invoice_type="ONE_OFF",
        currency=wallet.currency,
        amount_due=amount,
        total=amount,
        subtotal=amount,
        due_date=ctx.now,
        idempotency_key=wanted.idempotency_key,
        billing_reason="WALLET_AUTO_TOPUP" if automatic else "",
        metadata=metadata,
        line_items=[line],
        tax_rates=[rate.id for rate in rates_to_apply(ctx, "customer", wallet.customer_id)],
    )
    return create_one_off(ctx, request, stays_draft=stays_draft)
