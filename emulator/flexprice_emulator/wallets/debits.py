"""Debits by hand, for payments and for invoices (wallets.md §6.1, §11)."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import select

from flexprice_client.models.wallets import ManualBalanceDebitRequest
from flexprice_emulator.rating.decimals import ZERO, add
from flexprice_emulator.wallets import operations
from flexprice_emulator.wallets.ledger import MANUAL_DEBIT, Debit
from flexprice_emulator.wallets.tables import WalletRow, WalletTransactionRow
from flexprice_emulator.wire.errors import InvalidOperationError, ValidationError
from flexprice_emulator.workspace.context import Context

ADJUSTMENT = "CREDIT_ADJUSTMENT"


def manual_debit(ctx: Context, wallet: WalletRow, request: ManualBalanceDebitRequest) -> WalletTransactionRow:
    """Take credits out of an active wallet, below zero if need be. Raises ValidationError, InvalidOperationError, AlreadyExistsError."""
    if request.credits is None or request.credits <= ZERO:
        raise ValidationError("Credits to debit must be a positive value", {"credits": request.credits or ZERO})
    if request.transaction_reason != MANUAL_DEBIT:
        details = {"allowed_reasons": [MANUAL_DEBIT], "transaction_reason": request.transaction_reason}
        raise ValidationError("Invalid transaction reason", details)
    if wallet.wallet_status != "active":
        raise InvalidOperationError("Wallet is not active")
    return operations.debit(
        ctx,
        wallet,
        Debit(
            MANUAL_DEBIT,
            request.credits,
            idempotency_key=request.idempotency_key,
            description=request.description,
            metadata=request.metadata or {},
        ),
    )


def pay_invoice(
    ctx: Context, wallet: WalletRow, amount: Decimal, invoice_id: str, payment_id: str, period_end: datetime | None = None
) -> WalletTransactionRow:
    """Money for a payment by CREDITS. Credits that expired after the invoice's period still pay it."""
    metadata = {"invoice_id": invoice_id, "payment_id": payment_id, "payment_method": "CREDITS", "wallet_type": wallet.wallet_type}
    return operations.debit(
        ctx,
        wallet,
        Debit(
            "INVOICE_PAYMENT",
            amount=amount,
            reference_type="PAYMENT",
            reference_id=payment_id,
            description=f"Payment for invoice {invoice_id}",
            metadata=metadata,
            usable_at=period_end,
        ),
    )


def adjust_invoice(ctx: Context, wallet: WalletRow, amount: Decimal, invoice_id: str, customer_id: str) -> WalletTransactionRow:
    """Money that lowers an invoice's usage lines."""
    return operations.debit(
        ctx,
        wallet,
        Debit(
            ADJUSTMENT,
            amount=amount,
            reference_type="INVOICE",
            reference_id=invoice_id,
            description=f"Amount applied as credit adjustment to invoice {invoice_id} from wallet {wallet.id}",
            metadata={
                "invoice_id": invoice_id,
                "customer_id": customer_id,
                "wallet_type": wallet.wallet_type,
                "adjustment_type": "amount_application",
            },
        ),
    )


def adjustments_of(ctx: Context, invoice_id: str, customer_id: str) -> dict[str, Decimal]:
    """By wallet, the money that an invoice took with adjust_invoice and has not given back."""
    row = WalletTransactionRow
    query = select(row).where(
        row.wallet_id.in_(select(WalletRow.id).where(WalletRow.customer_id == customer_id)),
        row.reference_type == "INVOICE",
        row.reference_id == invoice_id,
        row.transaction_reason == ADJUSTMENT,
        row.status == "published",
    )
    found: dict[str, Decimal] = {}
    for entry in ctx.session.scalars(query.order_by(row.created_at, row.id)):
        metadata = entry.metadata_ or {}
        wallet_id, amount = entry.wallet_id, entry.amount
        if entry.type == "credit":
            # It may have gone to another wallet, or at another rate.
            wallet_id, amount = metadata["from_wallet_id"], -Decimal(metadata["amount"])
        found[wallet_id] = add(found.get(wallet_id, ZERO), amount)
    return {wallet_id: amount for wallet_id, amount in found.items() if amount > ZERO}
