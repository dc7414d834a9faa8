"""Paying an invoice with the credits of a postpaid wallet (wallets.md §11.3)."""

from decimal import Decimal
from typing import Any

from flexprice_emulator.invoices.tables import InvoiceRow
from flexprice_emulator.payments.outcome import SUCCEEDED, Outcome, failed
from flexprice_emulator.payments.tables import PaymentRow
from flexprice_emulator.wallets.service import for_payment, get_row, pay_invoice
from flexprice_emulator.wallets.tables import WalletRow
from flexprice_emulator.wire.errors import ApiError, InvalidOperationError, NotFoundError, ValidationError
from flexprice_emulator.workspace.context import Context

_SHORT = "Wallet balance is less than payment amount"


def named_wallet(ctx: Context, invoice: InvoiceRow, wallet_id: str) -> WalletRow:
    """The wallet a request names; its money is looked at only when the payment is processed. Raises ValidationError, NotFoundError."""
    wallet = get_row(ctx, wallet_id)
    if wallet.wallet_type != "POST_PAID":
        raise ValidationError(
            f"Wallet '{wallet.id}' is {wallet.wallet_type} but invoice payments require POST_PAID.",
            {
                "expected_wallet_type": "POST_PAID",
                "payment_method_id": wallet_id,
                "wallet_id": wallet.id,
                "wallet_type": wallet.wallet_type,
            },
        )
    if wallet.customer_id != invoice.customer_id:
        details = {"customer_id": invoice.customer_id, "payment_method_id": wallet_id, "wallet_id": wallet.id}
        raise ValidationError("Wallet does not belong to the customer of the invoice", details)
    return wallet


def only_wallet(ctx: Context, invoice: InvoiceRow, amount: Decimal) -> WalletRow:
    """The one postpaid wallet that can pay. Raises NotFoundError for none or several, InvalidOperationError where its money is short."""
    wallets = for_payment(ctx, invoice.customer_id, invoice.currency)
    if len(wallets) != 1:
        raise NotFoundError("Customer must have at least one wallet to use credits", {"customer_id": invoice.customer_id})
    if wallets[0].balance < amount:
        details = {"amount": amount, "wallet_id": wallets[0].id}
        raise InvalidOperationError("Customer does not have an active wallet with sufficient balance", details)
    return wallets[0]


def pay(ctx: Context, payment: PaymentRow, invoice: InvoiceRow | None) -> Outcome:
    """Take the money out of the payment's wallet."""
    wallet = ctx.session.get(WalletRow, payment.payment_method_id)
    if wallet is None or invoice is None:
        return failed(NotFoundError("Wallet not found", {"payment_id": payment.id, "wallet_id": payment.payment_method_id}))
    about: dict[str, Any] = {"payment_id": payment.id, "wallet_id": wallet.id}
    if wallet.wallet_status != "active":
        return failed(InvalidOperationError("Wallet is not active", {**about, "wallet_status": wallet.wallet_status}))
    if wallet.currency.lower() != payment.currency.lower():
        details = {**about, "payment_currency": payment.currency, "wallet_currency": wallet.currency}
        return failed(InvalidOperationError("Wallet currency does not match payment currency", details))
    if wallet.balance < payment.amount:
        return failed(InvalidOperationError(_SHORT, {**about, "amount": payment.amount}))
    try:
        pay_invoice(ctx, wallet, payment.amount, invoice.id, payment.id, invoice.period_end)
    except ApiError as short:
        # Expired credits are still in the balance, but pay nothing; nothing was written.
        return failed(type(short)(short.message, {**short.details, **about}))
    return SUCCEEDED
